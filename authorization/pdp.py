"""The policy decision point: pure functions from policy and request to a decision.

Whatever is not permitted is refused: an unknown caller, an attribute that no caller can
have, an error on the way.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import AttributeValue
from authorization.compiler import (
    SUBJECT_IDS,
    CompiledPolicy,
    Grant,
    SubjectAttribute,
    SubjectPredicate,
)
from authorization.evaluator import Attributes, Outcome, Request, evaluate
from authorization.obligations import minimum_levels
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind

Codes = Callable[[], frozenset[str]]


def no_codes() -> frozenset[str]:
    """Return nothing: what a caller has who was given no package."""
    return frozenset()


# Asked for in every decision, and finding a member in its class is slow.
_UNKNOWN, _SYSTEM_USER = PrincipalKind.UNKNOWN, PrincipalKind.SYSTEM_USER
_ROLE = SubjectAttribute.ROLE


class Reason(enum.Enum):
    """Why a decision is as it is."""

    PERMIT = "permit"
    NOT_APPLICABLE = "not-applicable"
    DENY = "deny"
    INDETERMINATE = "indeterminate"
    LEVEL_TOO_LOW = "level-too-low"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is permitted.

    ``required_level`` is set if, and only if, the rules permit it and the caller's
    authentication level does not suffice.
    """

    permitted: bool
    reason: Reason
    required_level: int | None = None


PERMIT = Decision(permitted=True, reason=Reason.PERMIT)
NOT_APPLICABLE = Decision(permitted=False, reason=Reason.NOT_APPLICABLE)
DENY = Decision(permitted=False, reason=Reason.DENY)
INDETERMINATE = Decision(permitted=False, reason=Reason.INDETERMINATE)


def decide(
    compiled: CompiledPolicy,
    *,
    principal: Principal,
    resource: Resource,
    action: str,
    roles: Codes,
    packages: Codes = no_codes,
) -> Decision:
    """Decide whether the principal may do the action on the resource.

    ``roles`` and ``packages`` give the codes that the principal holds for the party
    that owns the resource. Each is called at most once, and only where one of them can
    make the difference.
    """
    if (
        resource.org != compiled.org
        or resource.app != compiled.app
        or principal.kind is _UNKNOWN
    ):
        return NOT_APPLICABLE
    if compiled.slow:
        return _decide_slowly(
            compiled, principal, resource, action, roles=roles, packages=packages
        )
    conditional = []
    for grant in compiled.grants(action):
        if grant.selector.selects(task=resource.task, end_event=resource.end_event):
            wanted = wanted_of(grant, principal)
            if wanted is None:
                continue
            if not wanted:
                return permit(principal, compiled.min_level, compiled.min_level_org)
            conditional.append(wanted)
    if conditional and resource.party_id is not None:
        held = _Held(roles, packages)
        if any(all(map(held.satisfies, wanted)) for wanted in conditional):
            return permit(principal, compiled.min_level, compiled.min_level_org)
    return NOT_APPLICABLE


class _Held:
    """The codes that the principal holds, folded, each kind asked for at need."""

    def __init__(self, roles: Codes, packages: Codes) -> None:
        self._ask = {
            SubjectAttribute.ROLE: lambda: _folded(roles()),
            SubjectAttribute.PACKAGE: packages,
        }
        self._held: dict[SubjectAttribute, frozenset[str]] = {}

    def satisfies(self, predicate: SubjectPredicate) -> bool:
        """Whether the principal holds one of the codes."""
        if predicate.attribute not in self._held:
            self._held[predicate.attribute] = self._ask[predicate.attribute]()
        return not self._held[predicate.attribute].isdisjoint(predicate.values)


def wanted_of(
    grant: Grant, principal: Principal
) -> tuple[SubjectPredicate, ...] | None:
    """Return which roles and packages the grant asks of the principal.

    Its own attributes are known. For the party that owns the instance it must hold a
    code out of each predicate; both kinds are held in lower case. None at all: the
    grant permits whatever the party. None: it never permits anything to this principal.
    The state is not looked at.
    """
    if principal.kind is _UNKNOWN:
        return None
    wanted: tuple[SubjectPredicate, ...] = ()
    for predicate in grant.all_of:
        if predicate.attribute is _ROLE:
            if not _can_hold_roles(principal):
                return None
            wanted += (predicate,)
        elif predicate.attribute is SubjectAttribute.PACKAGE:
            if not can_receive(principal):
                return None
            wanted += (predicate,)
        elif not predicate.holds(subject_value(principal, predicate.attribute)):
            return None
    return wanted


def lacking_level(
    principal: Principal, *, min_level: int, min_level_org: int | None
) -> int | None:
    """Return the authentication level that the principal needs and has not.

    None if it suffices. The service owner's level only ever relaxes the other.
    """
    if principal.level >= min_level:
        return None
    if not principal.org or min_level_org is None:
        return min_level
    return None if principal.level >= min_level_org else min_level_org


def subject_value(principal: Principal, attribute: SubjectAttribute) -> str:
    """Return the principal's value of an attribute other than roles and packages.

    Empty if there is none. A system user has its own id and nothing else, whatever the
    token says besides.
    """
    if principal.kind is _UNKNOWN:
        return ""
    if _is_system_user(principal):
        return (
            principal.system_user_id
            if attribute is SubjectAttribute.SYSTEM_USER
            else ""
        )
    return _VALUES[attribute](principal)


_VALUES: Mapping[SubjectAttribute, Callable[[Principal], str]] = {
    SubjectAttribute.ROLE: lambda principal: "",
    SubjectAttribute.PACKAGE: lambda principal: "",
    SubjectAttribute.SYSTEM_USER: lambda principal: "",
    SubjectAttribute.USER_ID: lambda principal: _number(principal.user_id),
    SubjectAttribute.PARTY_ID: lambda principal: _number(principal.party_id),
    SubjectAttribute.PERSON_UUID: lambda principal: (
        principal.party_uuid if principal.kind is PrincipalKind.USER else ""
    ),
    SubjectAttribute.ORG: lambda principal: principal.org,
    SubjectAttribute.ORG_NUMBER: lambda principal: principal.org_number,
    SubjectAttribute.LEVEL: lambda principal: str(principal.level),
    # A policy can only compare the whole claim, whose order the principal does not
    # keep.
    SubjectAttribute.SCOPE: lambda principal: " ".join(sorted(principal.scopes)),
    SubjectAttribute.SESSION: lambda principal: principal.session_id,
}


def subject_attributes(
    principal: Principal, roles: frozenset[str], packages: frozenset[str] = frozenset()
) -> Attributes:
    """Return the subject's attributes of a request: only authorization.md §5.7's."""
    attributes = {
        (ast.SUBJECT, attribute_id): _strings(value)
        for attribute_id, attribute in SUBJECT_IDS.items()
        if (value := subject_value(principal, attribute))
    }
    if roles - {""} and _can_hold_roles(principal):
        attributes[ast.SUBJECT, ast.ROLE_CODE] = _strings(*sorted(roles - {""}))
    if packages and can_receive(principal):
        attributes[ast.SUBJECT, ast.ACCESS_PACKAGE] = _strings(*sorted(packages))
    return attributes


def build_request(
    *,
    principal: Principal,
    resource: Resource,
    action: str,
    roles: frozenset[str],
    packages: frozenset[str] = frozenset(),
) -> Request:
    """Return the request that the slow path evaluates.

    Roles and packages need a party to be held for.
    """
    if resource.party_id is None:
        roles = packages = frozenset()
    subject = subject_attributes(principal, roles, packages)
    return _request(subject, resource, action)


def is_delegable(compiled: CompiledPolicy, *, resource: Resource, action: str) -> bool:
    """Whether the policy lets its app give others this right.

    To the rule the app is the subject, by the one attribute that no caller has.
    """
    app = ast.app_attributes(compiled.org, compiled.app)[ast.RESOURCE_ID]
    subject = {(ast.SUBJECT, ast.DELEGATING_RESOURCE): _strings(app)}
    request = _request(subject, resource, action)
    return evaluate(compiled.policy, request).outcome is Outcome.PERMIT


def _request(subject: Attributes, resource: Resource, action: str) -> Request:
    values = {
        **ast.app_attributes(resource.org, resource.app),
        ast.PARTY_ID: _number(resource.party_id),
        ast.INSTANCE_ID: resource.instance_id,
        ast.TASK: resource.task,
        ast.END_EVENT: resource.end_event,
    }
    return Request(
        {
            **subject,
            **{
                (ast.RESOURCE, name): _strings(value)
                for name, value in values.items()
                if value
            },
            (ast.ACTION, ast.ACTION_ID): _strings(action),
        }
    )


def _decide_slowly(
    compiled: CompiledPolicy,
    principal: Principal,
    resource: Resource,
    action: str,
    *,
    roles: Codes,
    packages: Codes,
) -> Decision:
    for_party = resource.party_id is not None
    asks_roles = compiled.uses_roles and for_party and _can_hold_roles(principal)
    asks_packages = compiled.uses_packages and for_party and can_receive(principal)
    request = build_request(
        principal=principal,
        resource=resource,
        action=action,
        roles=roles() if asks_roles else frozenset(),
        packages=packages() if asks_packages else frozenset(),
    )
    evaluation = evaluate(compiled.policy, request)
    if evaluation.outcome is Outcome.PERMIT:
        return permit(principal, *minimum_levels(evaluation.obligations))
    return {Outcome.NOT_APPLICABLE: NOT_APPLICABLE, Outcome.DENY: DENY}.get(
        evaluation.outcome, INDETERMINATE
    )


def permit(principal: Principal, min_level: int, min_level_org: int | None) -> Decision:
    """Return the decision where the rules permit: the levels are still to be had."""
    required = lacking_level(
        principal, min_level=min_level, min_level_org=min_level_org
    )
    if required is None:
        return PERMIT
    return Decision(
        permitted=False, reason=Reason.LEVEL_TOO_LOW, required_level=required
    )


def can_receive(principal: Principal) -> bool:
    """Whether the caller is of a kind that can be given a right or a package."""
    match principal.kind:
        case PrincipalKind.SYSTEM_USER:
            return principal.system_user_id != ""
        case PrincipalKind.USER:
            return principal.user_id is not None and not principal.system_user_id
        case PrincipalKind.ORGANISATION:
            return principal.org_number != "" and not principal.system_user_id
        case _:
            return False


def _can_hold_roles(principal: Principal) -> bool:
    return (
        principal.user_id is not None
        and not _is_system_user(principal)
        and principal.kind is not _UNKNOWN
    )


def _is_system_user(principal: Principal) -> bool:
    return principal.kind is _SYSTEM_USER or principal.system_user_id != ""


def _folded(roles: frozenset[str]) -> frozenset[str]:
    return frozenset(map(ast.fold, roles))


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _strings(*values: str) -> tuple[AttributeValue, ...]:
    return tuple(AttributeValue(ast.STRING, value) for value in values)
