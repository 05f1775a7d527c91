"""Compiles a policy into a decision table: action → grants (authorization.md §5.12).

A grant is a state and what the caller must be. A single decision and the predicate of a
list are both made from the same grants: the caller's own attributes decide most of them
at once, and what remains is roles and access packages, which depend on the party that
owns the instance.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from apps_registry import xacml_ast as ast
from authorization.obligations import minimum_levels
from authorization.tabular import has_table


class SubjectAttribute(enum.Enum):
    """The subject attributes that a caller can have; any beyond them never matches."""

    __hash__ = object.__hash__  # a member is one object; Enum hashes its name, slowly

    ROLE = "role"
    PACKAGE = "package"
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
        ast.ACCESS_PACKAGE: SubjectAttribute.PACKAGE,
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

    __hash__ = object.__hash__

    ANY = "any"
    TASK = "task"
    END = "end"
    NEVER = "never"


class StateSelector(NamedTuple):
    """Selects every state, a task or an end event; ``ignore_case`` folds ``id``."""

    kind: StateKind
    id: str = ""
    ignore_case: bool = False

    def selects(self, *, task: str, end_event: str) -> bool:
        """Tell whether the state is selected; an empty id means that there is none."""
        kind = self.kind
        if kind is _ANY_STATE:
            return True
        if kind is _NO_STATE:
            return False
        state = task if kind is _IN_TASK else end_event
        return self.id == (ast.fold(state) if self.ignore_case else state)

    def narrowed(self, other: "StateSelector") -> "StateSelector":
        """Return the selector of the states that both select."""
        if other.kind is _ANY_STATE:
            return self
        if self.kind is _ANY_STATE:
            return other
        both = _meet((self.id, self.ignore_case), (other.id, other.ignore_case))
        if both is None or self.kind is not other.kind:
            return NEVER
        return StateSelector(self.kind, *both)


ANY = StateSelector(StateKind.ANY)
NEVER = StateSelector(StateKind.NEVER)
# Asked for in every decision, and finding a member in its class is slow.
_ANY_STATE, _NO_STATE, _IN_TASK = StateKind.ANY, StateKind.NEVER, StateKind.TASK


class SubjectPredicate(NamedTuple):
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


class Grant(NamedTuple):
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
    uses_packages: bool
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
    # A match that a policy repeats is one object, and looked at once.
    by_id = {
        id(match): match
        for rule in policy.rules
        for any_of in rule.target
        for all_of in any_of
        for match in all_of
    }
    matches = by_id.values()
    constants = ast.app_attributes(org, app)
    literals = {key: _literal(match, constants) for key, match in by_id.items()}
    table = _Table()
    slow = not has_table(policy, matches) or not table.fill(policy.rules, literals)
    if slow:
        table = _Table()
    exact, ignoring_case = _merged(table.exact), _merged(table.ignoring_case)
    any_action = _grants(table.any_action)
    granted = (any_action, *exact.values(), *ignoring_case.values())
    used = attributes_read(policy) if slow else _attributes(granted)
    min_level, min_level_org = minimum_levels(policy.obligations)
    return CompiledPolicy(
        org=org,
        app=app,
        policy=policy,
        slow=slow,
        min_level=min_level,
        min_level_org=min_level_org,
        actions=_literals(matches, category=ast.ACTION, attribute_id=ast.ACTION_ID),
        tasks=_literals(matches, category=ast.RESOURCE, attribute_id=ast.TASK),
        uses_roles=SubjectAttribute.ROLE in used,
        uses_packages=SubjectAttribute.PACKAGE in used,
        exact=exact,
        ignoring_case=ignoring_case,
        any_action=any_action,
    )


# A text, folded if case counts for nothing; and whether it does.
_Text = tuple[str, bool]


# One conjunction of literals, with what is known of the app already taken out: the
# action or any, the states, what the caller must be, and whether it is about one party
# or one instance. Plain, because compiling makes many and keeps none.
_Term = tuple[_Text | None, StateSelector, frozenset[SubjectPredicate], bool]
_NO_PREDICATE: frozenset[SubjectPredicate] = frozenset()

# Alternatives, of which one is enough: a term that always holds, and none at all.
_ANYTHING: _Term = (None, ANY, _NO_PREDICATE, False)
_ALWAYS: Sequence[_Term] = (_ANYTHING,)
_NEVER: Sequence[_Term] = ()


def _narrowed(one: _Term, other: _Term) -> _Term | None:
    """Return the term that holds where both do; None if that is nowhere."""
    action, selector, predicates, one_instance = one
    other_action, other_selector, other_predicates, other_instance = other
    if action is None:
        action = other_action
    elif other_action is not None:
        action = _meet(action, other_action)
        if action is None:
            return None
    selector = selector.narrowed(other_selector)
    if selector is NEVER:
        return None
    if other_predicates:
        predicates = predicates | other_predicates
    return action, selector, predicates, one_instance or other_instance


def _product(ones: Sequence[_Term], others: Sequence[_Term]) -> Sequence[_Term]:
    """Return the alternatives that hold where one out of each does."""
    if ones is _ALWAYS:
        return others
    if others is _ALWAYS:
        return ones
    return [
        both
        for one in ones
        for other in others
        if (both := _narrowed(one, other)) is not None
    ]


class _Table:
    """The terms by action, while a policy is compiled."""

    def __init__(self) -> None:
        self.exact: dict[str, list[_Term]] = {}
        self.ignoring_case: dict[str, list[_Term]] = {}
        self.any_action: list[_Term] = []

    def fill(
        self, rules: Iterable[ast.Rule], literals: Mapping[int, Sequence[_Term]]
    ) -> bool:
        """Add the rules' terms; False, half filled, when one has no place there.

        ``literals`` are the terms of every match, by its identity.
        """
        for rule in rules:
            terms: Sequence[_Term] = _ALWAYS
            for any_of in rule.target:
                alternatives: list[_Term] = []
                for all_of in any_of:
                    together: Sequence[_Term] = _ALWAYS
                    for match in all_of:
                        together = _product(together, literals[id(match)])
                    alternatives += together
                # Beside one that always holds the others make no difference.
                always = _ANYTHING in alternatives
                terms = _product(terms, _ALWAYS if always else alternatives)
            for term in terms:
                action, _, _, one_instance = term
                if one_instance:
                    return False
                self._of(action).append(term)
        return True

    def _of(self, action: _Text | None) -> list[_Term]:
        if action is None:
            return self.any_action
        text, ignore_case = action
        by_action = self.ignoring_case if ignore_case else self.exact
        return by_action.setdefault(text, [])


_STATES = {ast.TASK: StateKind.TASK, ast.END_EVENT: StateKind.END}
_OF_ONE_INSTANCE = frozenset({ast.PARTY_ID, ast.INSTANCE_ID})


def _literal(match: ast.Match, constants: Mapping[str, str]) -> Sequence[_Term]:
    """Return what a match demands, as alternatives: at most one.

    Every attribute that a decision builds is a string, and none of them is empty but,
    perhaps, the action.
    """
    designated, ignore_case = match.designator, match.ignore_case
    name, value = designated.attribute_id, match.literal.value
    text = ast.fold(value) if ignore_case else value
    if designated.data_type != ast.STRING:
        return _NEVER
    if designated.category == ast.ACTION and name == ast.ACTION_ID:
        return (((text, ignore_case), ANY, _NO_PREDICATE, False),)
    if designated.category == ast.SUBJECT and name in SUBJECT_IDS and text:
        who = SubjectPredicate(SUBJECT_IDS[name], frozenset({text}), ignore_case)
        return ((None, ANY, frozenset({who}), False),)
    if designated.category != ast.RESOURCE:
        return _NEVER
    if (own := constants.get(name)) is not None:
        return _ALWAYS if text == (ast.fold(own) if ignore_case else own) else _NEVER
    if name in _STATES and text:
        selector = StateSelector(_STATES[name], text, ignore_case)
        return ((None, selector, _NO_PREDICATE, False),)
    if name in _OF_ONE_INSTANCE:
        return ((None, ANY, _NO_PREDICATE, True),)
    return _NEVER


def _meet(one: _Text, other: _Text) -> _Text | None:
    """Return the literal that one value satisfies exactly when it satisfies both."""
    narrow, broad = sorted((one, other), key=lambda literal: literal[1])
    text = ast.fold(narrow[0]) if broad[1] else narrow[0]
    return narrow if text == broad[0] else None


def _merged(terms: Mapping[str, Sequence[_Term]]) -> Mapping[str, tuple[Grant, ...]]:
    return MappingProxyType({action: _grants(found) for action, found in terms.items()})


def _grants(terms: Iterable[_Term]) -> tuple[Grant, ...]:
    alternatives: dict[tuple[StateSelector, SubjectAttribute, bool], set[str]] = {}
    grants: dict[Grant, None] = {}
    for _, selector, predicates, _ in terms:
        if len(predicates) == 1:
            ((attribute, codes, ignore_case),) = predicates
            key = selector, attribute, ignore_case
            alternatives.setdefault(key, set()).update(codes)
        else:
            in_order = sorted(predicates, key=_order)
            grants[Grant(selector, tuple(in_order))] = None
    for (selector, attribute, ignore_case), values in alternatives.items():
        if selector != ANY:
            # Who is granted it in every state needs no grant for one.
            values = values - alternatives.get((ANY, attribute, ignore_case), set())
        if values:
            predicate = SubjectPredicate(attribute, frozenset(values), ignore_case)
            grants[Grant(selector, (predicate,))] = None
    return tuple(grants)


def _attributes(granted: Iterable[Sequence[Grant]]) -> frozenset[SubjectAttribute]:
    return frozenset(
        p.attribute for grants in granted for g in grants for p in g.all_of
    )


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


def attributes_read(policy: ast.Policy) -> frozenset[SubjectAttribute]:
    """Return what the policy looks at of the caller, in whichever rule."""
    return frozenset(
        SUBJECT_IDS[designated.attribute_id]
        for designated in ast.designators(policy)
        if designated.category == ast.SUBJECT and designated.attribute_id in SUBJECT_IDS
    )
