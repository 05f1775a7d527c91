"""A policy's syntax tree: what ``xacml.py`` reads and ``authorization`` decides by.

Everything is frozen and comparable; a line number never counts in a comparison. Types
and functions are checked by the parser, so that an evaluator may rely on them. A match
that a policy repeats is one object in many places.
"""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

Semantics = Literal["standard", "altinn"]
Comparable = str | int | Fraction

NAMESPACE = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"

SUBJECT = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
RESOURCE = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
ACTION = "urn:oasis:names:tc:xacml:3.0:attribute-category:action"

ACTION_ID = "urn:oasis:names:tc:xacml:1.0:action:action-id"
ROLE_CODE = "urn:altinn:rolecode"
ACCESS_PACKAGE = "urn:altinn:accesspackage"
DELEGATING_RESOURCE = "urn:altinn:resource:delegation"
ORG = "urn:altinn:org"
APP = "urn:altinn:app"
TASK = "urn:altinn:task"
END_EVENT = "urn:altinn:end-event"
RESOURCE_ID = "urn:altinn:resource"
PARTY_ID = "urn:altinn:partyid"
INSTANCE_ID = "urn:altinn:instance-id"

MINIMUM_LEVEL = "urn:altinn:minimum-authenticationlevel"
MINIMUM_LEVEL_ORG = "urn:altinn:minimum-authenticationlevel-org"

_XSD = "http://www.w3.org/2001/XMLSchema#"
STRING = _XSD + "string"
ANY_URI = _XSD + "anyURI"
INTEGER = _XSD + "integer"
BOOLEAN = _XSD + "boolean"
DATE = _XSD + "date"
TIME = _XSD + "time"
DATE_TIME = _XSD + "dateTime"
DATA_TYPES = frozenset({STRING, ANY_URI, INTEGER, BOOLEAN, DATE, TIME, DATE_TIME})


class Effect(enum.Enum):
    """What a rule gives when it applies."""

    PERMIT = "Permit"
    DENY = "Deny"


class Combining(enum.Enum):
    """How the results of a policy's rules become one."""

    DENY_OVERRIDES = "deny-overrides"
    ORDERED_DENY_OVERRIDES = "ordered-deny-overrides"
    PERMIT_OVERRIDES = "permit-overrides"
    ORDERED_PERMIT_OVERRIDES = "ordered-permit-overrides"
    FIRST_APPLICABLE = "first-applicable"
    DENY_UNLESS_PERMIT = "deny-unless-permit"
    PERMIT_UNLESS_DENY = "permit-unless-deny"


_RULE_1 = "urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:"
_RULE_3 = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:"
_POLICY_3 = "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:"
ALGORITHMS = {
    **{_RULE_3 + c.value: c for c in Combining if c is not Combining.FIRST_APPLICABLE},
    _RULE_1 + "first-applicable": Combining.FIRST_APPLICABLE,
    _RULE_1 + "deny-overrides": Combining.DENY_OVERRIDES,
    _RULE_1 + "permit-overrides": Combining.PERMIT_OVERRIDES,
    # Delegation policies name the policy algorithm where a rule algorithm belongs.
    _POLICY_3 + "deny-overrides": Combining.DENY_OVERRIDES,
    _POLICY_3 + "permit-overrides": Combining.PERMIT_OVERRIDES,
}


class Operation(enum.Enum):
    """What a function does with its arguments."""

    EQUAL = "equal"
    EQUAL_IGNORE_CASE = "equal-ignore-case"
    IS_IN = "is-in"
    ONE_AND_ONLY = "one-and-only"


@dataclass(frozen=True, slots=True)
class ValueType:
    """The type of an expression; a bag is what a designator gives."""

    data_type: str
    is_bag: bool = False

    def __str__(self) -> str:
        return f"a bag of {self.data_type}" if self.is_bag else self.data_type


@dataclass(frozen=True, slots=True)
class Function:
    """A function on values of one data type."""

    id: str
    operation: Operation
    data_type: str

    @property
    def takes(self) -> tuple[ValueType, ...]:
        """The types of the arguments in an Apply."""
        single, bag = ValueType(self.data_type), ValueType(self.data_type, is_bag=True)
        if self.operation is Operation.ONE_AND_ONLY:
            return (bag,)
        return (single, bag if self.operation is Operation.IS_IN else single)

    @property
    def gives(self) -> ValueType:
        """The type of the result."""
        compares = self.operation is not Operation.ONE_AND_ONLY
        return ValueType(BOOLEAN if compares else self.data_type)


def app_attributes(org: str, app: str) -> dict[str, str]:
    """Return what names an app among the attributes of a resource."""
    return {ORG: org, APP: app, RESOURCE_ID: f"app_{org}_{app}"}


def _functions() -> Iterator[Function]:
    prefix = "urn:oasis:names:tc:xacml:1.0:function:"
    for data_type in sorted(DATA_TYPES):
        name = prefix + data_type.removeprefix(_XSD)
        yield Function(name + "-equal", Operation.EQUAL, data_type)
        yield Function(name + "-one-and-only", Operation.ONE_AND_ONLY, data_type)
    yield Function(prefix + "string-is-in", Operation.IS_IN, STRING)
    ignore_case = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
    yield Function(ignore_case, Operation.EQUAL_IGNORE_CASE, STRING)


FUNCTIONS = {function.id: function for function in _functions()}


class AttributeValue(NamedTuple):
    """A typed value, of a policy or of a request; only a request's has an issuer."""

    data_type: str
    value: str
    issuer: str = ""


class Designator(NamedTuple):
    """Names the bag of a request's values.

    An empty ``issuer`` takes those of any issuer.
    """

    category: str
    attribute_id: str
    data_type: str
    must_be_present: bool = False
    issuer: str = ""


class Match(NamedTuple):
    """True if any value of the designated bag satisfies the function."""

    function: Function
    literal: AttributeValue
    designator: Designator

    @property
    def ignore_case(self) -> bool:
        """Whether case counts for nothing: by the function, or for a role code.

        Policies and registers spell role codes both ways, and no two codes differ by
        case.
        """
        return self.function.operation is Operation.EQUAL_IGNORE_CASE or (
            self.designator.category == SUBJECT
            and self.designator.attribute_id == ROLE_CODE
        )


# True if all of its matches are, if any of its alternatives is, and if all are.
AllOf = tuple[Match, ...]
AnyOf = tuple[AllOf, ...]
Target = tuple[AnyOf, ...]


@dataclass(frozen=True, slots=True)
class Apply:
    """A function applied to expressions."""

    function: Function
    arguments: tuple["Expression", ...]


Expression = AttributeValue | Designator | Apply


@dataclass(frozen=True, slots=True)
class Condition:
    """A Boolean expression that must hold besides the target."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Assignment:
    """One value that an obligation carries; its category says what the value means."""

    attribute_id: str
    category: str
    value: AttributeValue


@dataclass(frozen=True, slots=True)
class Obligation:
    """What must be fulfilled before a ``fulfill_on`` decision is acted on."""

    id: str
    fulfill_on: Effect
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An effect for the requests that its target and its condition select.

    ``written`` is the target before any projection; its matches stand on ``lines``.
    """

    id: str
    effect: Effect
    target: Target = ()
    condition: Condition | None = None
    obligations: tuple[Obligation, ...] = ()
    written: Target = field(default=(), compare=False)
    lines: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules and how their results combine.

    Under ``altinn`` semantics the targets are already projected, so that an evaluator
    of the standard's semantics gives Altinn's answers.
    """

    id: str
    algorithm: Combining
    rules: tuple[Rule, ...]
    target: Target = ()
    obligations: tuple[Obligation, ...] = ()
    semantics: Semantics = "standard"
    target_line: int = field(default=0, compare=False)


def matches(target: Target) -> Iterator[Match]:
    """Yield every match of a target."""
    for any_of in target:
        for all_of in any_of:
            yield from all_of


def designators(policy: Policy) -> Iterator[Designator]:
    """Yield every designator of a policy's targets and conditions."""
    for target in (policy.target, *(rule.target for rule in policy.rules)):
        yield from (match.designator for match in matches(target))
    pending = [
        rule.condition.expression for rule in policy.rules if rule.condition is not None
    ]
    while pending:
        expression = pending.pop()
        if isinstance(expression, Designator):
            yield expression
        elif isinstance(expression, Apply):
            pending += expression.arguments


def ambiguity(target: Target) -> str | None:
    """Say where Altinn's engine and the standard can read the target differently.

    Altinn's engine judges each category by itself: one alternative is enough, in
    whichever AnyOf it stands. AnyOfs that say the same count once, as both readings
    agree on them.
    """
    if _has_a_category_each(target):
        return None
    distinct = dict.fromkeys(frozenset(any_of) for any_of in target)
    seen: set[str] = set()
    for all_ofs in distinct:
        per_all_of = {
            frozenset(match.designator.category for match in all_of)
            for all_of in all_ofs
        }
        categories = frozenset().union(*per_all_of)
        if len(all_ofs) > 1 and len(categories) > 1:
            return (
                "has an AnyOf with alternatives about more than one category: the "
                "standard keeps the parts of each alternative together, Altinn "
                "combines them freely."
            )
        if shared := categories & seen:
            return (
                f"has two AnyOf about {min(shared)}: the standard demands both, for "
                "Altinn one is enough."
            )
        seen |= categories
    return None


def _has_a_category_each(target: Target) -> bool:
    """Whether each AnyOf is about a category of its own, as in nearly every policy."""
    seen: set[str] = set()
    for any_of in target:
        own = {m.designator.category for all_of in any_of for m in all_of}
        if len(own) != 1 or not seen.isdisjoint(own):
            return False
        seen |= own
    return True


def project(target: Target) -> Target:
    """Return what means to the standard what ``target`` means to Altinn's engine."""
    if _has_a_category_each(target):
        return target
    by_category: dict[str, list[AllOf]] = {}
    for any_of in target:
        for all_of in any_of:
            parts: dict[str, list[Match]] = {}
            for match in all_of:
                parts.setdefault(match.designator.category, []).append(match)
            for category, part in parts.items():
                by_category.setdefault(category, []).append(tuple(part))
    return tuple(map(tuple, by_category.values()))


# The form in which texts are compared that differ by case alone.
fold = str.lower


_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_BOOLEANS = {"true": 1, "1": 1, "false": 0, "0": 0}
_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_TIME = r"(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?P<fraction>\.[0-9]{1,12})?"
_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_MOMENTS = {
    DATE: re.compile(_DATE + _ZONE),
    TIME: re.compile(_TIME + _ZONE),
    DATE_TIME: re.compile(_DATE + "T" + _TIME + _ZONE),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def comparable(data_type: str, text: str) -> Comparable:
    """Return what equality of the data type compares.

    Raises ValueError when it is no such value. Moments become seconds in UTC, which
    they are in already when they name no zone.
    """
    if data_type in (STRING, ANY_URI):
        return text
    text = text.strip(" \t\r\n")
    if data_type == INTEGER and _INTEGER.fullmatch(text):
        return int(text)
    if data_type == BOOLEAN and text in _BOOLEANS:
        return _BOOLEANS[text]
    if data_type in _MOMENTS and (found := _MOMENTS[data_type].fullmatch(text)):
        parts = {
            "date": "1972-12-31",
            "time": "00:00:00",
            "fraction": None,
        } | found.groupdict()
        moment = datetime.fromisoformat(
            f"{parts['date']}T{parts['time']}{parts['zone'] or 'Z'}"
        )
        return (moment - _EPOCH) // timedelta(seconds=1) + Fraction(
            parts["fraction"] or 0
        )
    raise ValueError(f"{text!r} is no {data_type}")
