"""Compiles a policy into a decision table: action → grants (authorization.md §5.12).

A grant is a state and what the caller must be. A single decision and the predicate of a
list are both made from the same grants: the caller's own attributes decide most of them
at once, and what remains is roles, which depend on the party that owns the instance.
"""

import enum
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Combining, Effect, Operation

MOST_TERMS = 4096

_OVERRIDES = frozenset(
    {
        Combining.DENY_OVERRIDES,
        Combining.ORDERED_DENY_OVERRIDES,
        Combining.PERMIT_OVERRIDES,
        Combining.ORDERED_PERMIT_OVERRIDES,
    }
)
_EQUALITY = frozenset({Operation.EQUAL, Operation.EQUAL_IGNORE_CASE})


class SubjectAttribute(enum.Enum):
    """The subject attributes that a caller can have; any beyond them never matches."""

    ROLE = "role"
    USER_ID = "user-id"
    PARTY_ID = "party-id"
    PERSON_UUID = "person-uuid"
    ORG = "org"
    ORG_NUMBER = "org-number"
    SYSTEM_USER = "system-user"
    LEVEL = "level"
    SCOPE = "scope"
    SESSION = "session"


SUBJECT_IDS: Mapping[str, SubjectAttribute] = MappingProxyType(
    {
        ast.ROLE_CODE: SubjectAttribute.ROLE,
        "urn:altinn:userid": SubjectAttribute.USER_ID,
        "urn:altinn:partyid": SubjectAttribute.PARTY_ID,
        "urn:altinn:person:uuid": SubjectAttribute.PERSON_UUID,
        "urn:altinn:org": SubjectAttribute.ORG,
        # Two names of one number; policies use either.
        "urn:altinn:organization:identifier-no": SubjectAttribute.ORG_NUMBER,
        "urn:altinn:organizationnumber": SubjectAttribute.ORG_NUMBER,
        "urn:altinn:systemuser:uuid": SubjectAttribute.SYSTEM_USER,
        "urn:altinn:authlevel": SubjectAttribute.LEVEL,
        "urn:scope": SubjectAttribute.SCOPE,
        "urn:altinn:sessionid": SubjectAttribute.SESSION,
    }
)


class StateKind(enum.Enum):
    """Which states of an instance are selected; NEVER is in no grant of a table."""

    ANY = "any"
    TASK = "task"
    END = "end"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class StateSelector:
    """Selects every state, a task or an end event; ``ignore_case`` folds ``id``."""

    kind: StateKind
    id: str = ""
    ignore_case: bool = False

    def selects(self, *, task: str, end_event: str) -> bool:
        """Tell whether the state is selected; an empty id means that there is none."""
        if self.kind is StateKind.ANY:
            return True
        if self.kind is StateKind.NEVER:
            return False
        state = task if self.kind is StateKind.TASK else end_event
        return self.id == (ast.fold(state) if self.ignore_case else state)

    def narrowed(self, other: "StateSelector") -> "StateSelector":
        """Return the selector of the states that both select."""
        if StateKind.ANY in (self.kind, other.kind):
            return other if self.kind is StateKind.ANY else self
        both = _meet((self.id, self.ignore_case), (other.id, other.ignore_case))
        if both is None or self.kind is not other.kind:
            return NEVER
        return StateSelector(self.kind, *both)


ANY = StateSelector(StateKind.ANY)
NEVER = StateSelector(StateKind.NEVER)


@dataclass(frozen=True, slots=True)
class SubjectPredicate:
    """Holds if a value that the caller has of ``attribute`` is among ``values``.

    Under ``ignore_case`` the values are folded, and the caller's must be. Roles always
    ignore case.
    """

    attribute: SubjectAttribute
    values: frozenset[str]
    ignore_case: bool = False

    def holds(self, value: str) -> bool:
        """Tell whether ``value`` is among the values."""
        return (ast.fold(value) if self.ignore_case else value) in self.values


@dataclass(frozen=True, slots=True)
class Grant:
    """Permits an action in the selected states to callers for whom all predicates hold.

    Without a predicate it permits any caller. Where two predicates are about roles, the
    caller must hold a role out of each.
    """

    selector: StateSelector
    all_of: tuple[SubjectPredicate, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """The policy of one app, ready to decide; never changed.

    A ``slow`` policy has no table: ``grants`` is empty, so that a list of such an app's
    instances shows nothing by role or by org, and a single decision goes through
    ``policy``. ``min_level`` and ``min_level_org`` are the policy's own obligations; a
    rule with obligations of its own makes the policy slow.
    """

    org: str
    app: str
    policy: ast.Policy
    slow: bool
    min_level: int
    min_level_org: int | None
    actions: frozenset[str]
    tasks: frozenset[str]
    uses_roles: bool
    exact: Mapping[str, tuple[Grant, ...]]
    ignoring_case: Mapping[str, tuple[Grant, ...]]
    any_action: tuple[Grant, ...]

    def grants(self, action: str) -> tuple[Grant, ...]:
        """Return all grants of the action.

        It is permitted if, and only if, one of them permits. A grant of an action that
        the policy compares ignoring case is found under any spelling.
        """
        return (
            self.exact.get(action, ())
            + self.ignoring_case.get(ast.fold(action), ())
            + self.any_action
        )


def compile_policy(policy: ast.Policy, *, org: str, app: str) -> CompiledPolicy:
    """Compile the policy for the app ``org``/``app``, on which alone it can grant."""
    table = _Table()
    slow = not _has_table(policy) or not table.fill(policy.rules, org=org, app=app)
    if slow:
        table = _Table()
    min_level, min_level_org = minimum_levels(policy.obligations)
    matches = [match for rule in policy.rules for match in ast.matches(rule.target)]
    return CompiledPolicy(
        org=org,
        app=app,
        policy=policy,
        slow=slow,
        min_level=min_level,
        min_level_org=min_level_org,
        actions=_literals(matches, category=ast.ACTION, attribute_id=ast.ACTION_ID),
        tasks=_literals(matches, category=ast.RESOURCE, attribute_id=ast.TASK),
        uses_roles=_reads_roles(policy) if slow else table.uses_roles,
        exact=_merged(table.exact),
        ignoring_case=_merged(table.ignoring_case),
        any_action=_grants(table.any_action),
    )


def minimum_levels(obligations: Iterable[ast.Obligation]) -> tuple[int, int | None]:
    """Return the levels that a permit demands: of anyone, and of a service owner.

    An obligation is known by the category of its assignments alone; its ids are free
    text. Of several the highest counts, for each must be fulfilled.
    """
    levels: dict[str, int] = {}
    for obligation in obligations:
        for assignment in obligation.assignments:
            if obligation.fulfill_on is Effect.PERMIT:
                level = int(assignment.value.value)
                levels[assignment.category] = max(
                    level, levels.get(assignment.category, level)
                )
    return levels.get(ast.MINIMUM_LEVEL, 0), levels.get(ast.MINIMUM_LEVEL_ORG)


@dataclass(frozen=True, slots=True)
class _Term:
    """One conjunction of literals, with what is known of the app already taken out."""

    action: tuple[str, bool] | None = None
    selector: StateSelector = ANY
    predicates: frozenset[SubjectPredicate] = frozenset()


class _Table:
    """The terms by action, while a policy is compiled."""

    def __init__(self) -> None:
        self.exact: dict[str, list[_Term]] = {}
        self.ignoring_case: dict[str, list[_Term]] = {}
        self.any_action: list[_Term] = []
        self.uses_roles = False

    def fill(self, rules: Sequence[ast.Rule], *, org: str, app: str) -> bool:
        """Add the rules' terms; False, half filled, when one has no place there."""
        constants = ast.app_attributes(org, app)
        for rule in rules:
            for all_ofs in itertools.product(
                *(any_of.all_ofs for any_of in rule.target)
            ):
                literals = [match for all_of in all_ofs for match in all_of.matches]
                if not all(_can_match(match, constants) for match in literals):
                    continue
                if any(_is_about_one_instance(match) for match in literals):
                    return False
                if (term := _term(literals)) is not None:
                    self._add(term)
        return True

    def _add(self, term: _Term) -> None:
        self.uses_roles |= any(
            p.attribute is SubjectAttribute.ROLE for p in term.predicates
        )
        if term.action is None:
            self.any_action.append(term)
        else:
            action, ignore_case = term.action
            by_action = self.ignoring_case if ignore_case else self.exact
            by_action.setdefault(action, []).append(term)


def _has_table(policy: ast.Policy) -> bool:
    terms = sum(math.prod(len(a.all_ofs) for a in rule.target) for rule in policy.rules)
    return (
        policy.algorithm in _OVERRIDES
        and not policy.target
        and terms <= MOST_TERMS
        and all(
            rule.effect is Effect.PERMIT
            and rule.condition is None
            and not rule.obligations
            for rule in policy.rules
        )
        and all(
            match.function.operation in _EQUALITY
            and not match.designator.must_be_present
            and not match.designator.issuer
            for rule in policy.rules
            for match in ast.matches(rule.target)
        )
    )


def _can_match(match: ast.Match, constants: Mapping[str, str]) -> bool:
    # Every attribute that a decision builds is a string, and none of them is empty but,
    # perhaps, the action.
    designated, text = match.designator, match.literal.value
    if designated.data_type != ast.STRING:
        return False
    if designated.category == ast.ACTION:
        return designated.attribute_id == ast.ACTION_ID
    if designated.category == ast.SUBJECT:
        return designated.attribute_id in SUBJECT_IDS and text != ""
    if designated.category != ast.RESOURCE:
        return False
    if (own := constants.get(designated.attribute_id)) is not None:
        return _text(match) == (
            (ast.fold(own) if match.ignore_case else own),
            match.ignore_case,
        )
    return designated.attribute_id in _STATES or _is_about_one_instance(match)


_STATES = {ast.TASK: StateKind.TASK, ast.END_EVENT: StateKind.END}


def _is_about_one_instance(match: ast.Match) -> bool:
    designated = match.designator
    return designated.category == ast.RESOURCE and designated.attribute_id in (
        ast.PARTY_ID,
        ast.INSTANCE_ID,
    )


def _term(literals: Iterable[ast.Match]) -> _Term | None:
    action: tuple[str, bool] | None = None
    selector = ANY
    predicates: set[SubjectPredicate] = set()
    for match in literals:
        designated, text = match.designator, _text(match)
        if designated.category == ast.ACTION:
            action = text if action is None else _meet(action, text)
            if action is None:
                return None
        elif designated.category == ast.SUBJECT:
            attribute = SUBJECT_IDS[designated.attribute_id]
            predicates.add(SubjectPredicate(attribute, frozenset({text[0]}), text[1]))
        elif designated.attribute_id in _STATES:
            state = _STATES[designated.attribute_id]
            selector = selector.narrowed(
                StateSelector(state, *text) if text[0] else NEVER
            )
    return None if selector == NEVER else _Term(action, selector, frozenset(predicates))


def _text(match: ast.Match) -> tuple[str, bool]:
    value = match.literal.value
    return (ast.fold(value) if match.ignore_case else value), match.ignore_case


def _meet(one: tuple[str, bool], other: tuple[str, bool]) -> tuple[str, bool] | None:
    """Return the literal that one value satisfies exactly when it satisfies both."""
    narrow, broad = sorted((one, other), key=lambda literal: literal[1])
    text = ast.fold(narrow[0]) if broad[1] else narrow[0]
    return narrow if text == broad[0] else None


def _merged(terms: Mapping[str, Sequence[_Term]]) -> Mapping[str, tuple[Grant, ...]]:
    return MappingProxyType({action: _grants(found) for action, found in terms.items()})


def _grants(terms: Iterable[_Term]) -> tuple[Grant, ...]:
    alternatives: dict[tuple[StateSelector, SubjectAttribute, bool], set[str]] = {}
    grants: dict[Grant, None] = {}
    for term in terms:
        if len(term.predicates) == 1:
            (predicate,) = term.predicates
            key = (term.selector, predicate.attribute, predicate.ignore_case)
            alternatives.setdefault(key, set()).update(predicate.values)
        else:
            in_order = sorted(term.predicates, key=_order)
            grants[Grant(term.selector, tuple(in_order))] = None
    for (selector, attribute, ignore_case), values in alternatives.items():
        if selector != ANY:
            # Who is granted it in every state needs no grant for one.
            values = values - alternatives.get((ANY, attribute, ignore_case), set())
        if values:
            predicate = SubjectPredicate(attribute, frozenset(values), ignore_case)
            grants[Grant(selector, (predicate,))] = None
    return tuple(grants)


def _order(predicate: SubjectPredicate) -> tuple[str, bool, list[str]]:
    return predicate.attribute.value, predicate.ignore_case, sorted(predicate.values)


def _literals(
    matches: Iterable[ast.Match], *, category: str, attribute_id: str
) -> frozenset[str]:
    return frozenset(
        match.literal.value
        for match in matches
        if match.designator.category == category
        and match.designator.attribute_id == attribute_id
    )


def _reads_roles(policy: ast.Policy) -> bool:
    return any(
        designated.category == ast.SUBJECT and designated.attribute_id == ast.ROLE_CODE
        for designated in _designators(policy)
    )


def _designators(policy: ast.Policy) -> Iterator[ast.Designator]:
    for target in (policy.target, *(rule.target for rule in policy.rules)):
        yield from (match.designator for match in ast.matches(target))
    pending = [
        rule.condition.expression for rule in policy.rules if rule.condition is not None
    ]
    while pending:
        expression = pending.pop()
        if isinstance(expression, ast.Designator):
            yield expression
        elif isinstance(expression, ast.Apply):
            pending += expression.arguments
