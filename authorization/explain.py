"""Explains a decision: which ways the compiled policy has to permit an action.

The policy of an application is public; which state an instance stands in, and whether
there is one, is not, and is told to nobody by this module unless he asks with it.
"""

from dataclasses import dataclass

from apps_registry import xacml_ast as ast
from authorization import pdp
from authorization.choices import with_implied
from authorization.compiler import (
    CompiledPolicy,
    Grant,
    StateKind,
    SubjectAttribute,
)
from authorization.pdp import Decision, Reason
from authorization.resources import Resource
from parties.identity import Principal


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the policy permits an action; all that it names must hold.

    ``wanted`` maps what the caller needs to the values of which one suffices, such as
    ``role`` to ``dagl, lede``. ``task`` or ``end_event`` is where the instance must
    stand; both are empty for anywhere.
    """

    wanted: tuple[tuple[str, tuple[str, ...]], ...]
    task: str = ""
    end_event: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What permits an action in an application.

    ``listable`` is false for a policy with conditions, whose ways no list can tell. A
    service owner needs ``min_level_org`` alone where that is given and lower.
    """

    ways: tuple[Way, ...]
    listable: bool
    min_level: int
    min_level_org: int | None


def explain(
    compiled: CompiledPolicy, action: str, *, state: Resource | None = None
) -> Explanation:
    """Return what permits the action; in the state of the resource, if one is given."""
    grants = [
        grant
        for grant in compiled.grants(action)
        if state is None
        or grant.selector.selects(task=state.task, end_event=state.end_event)
    ]
    return Explanation(
        ways=tuple(map(_way, grants)),
        listable=not compiled.slow,
        min_level=compiled.min_level,
        min_level_org=compiled.min_level_org,
    )


def _way(grant: Grant) -> Way:
    kind, place = grant.selector.kind, grant.selector.id
    return Way(
        wanted=tuple(
            (p.attribute.value, tuple(sorted(p.values))) for p in grant.all_of
        ),
        task=place if kind is StateKind.TASK else "",
        end_event=place if kind is StateKind.END else "",
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody made up: a caller with roles and packages, and delegated actions."""

    principal: Principal
    roles: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    delegated: frozenset[str] = frozenset()


def decide_for(
    compiled: CompiledPolicy, subject: Subject, resource: Resource, action: str
) -> Decision:
    """Decide as for a real caller who holds these roles and delegations."""
    decision = pdp.decide(
        compiled,
        principal=subject.principal,
        resource=resource,
        action=action,
        roles=lambda: with_implied(subject.roles),
        packages=lambda: subject.packages,
    )
    if decision.reason is Reason.NOT_APPLICABLE and action in subject.delegated:
        return pdp.permit(subject.principal, compiled.min_level, compiled.min_level_org)
    return decision


def permitted_actions(
    compiled: CompiledPolicy, subject: Subject, resource: Resource
) -> list[str]:
    """Return which of the actions that the policy names are permitted."""
    return [
        action
        for action in sorted(compiled.actions | subject.delegated)
        if decide_for(compiled, subject, resource, action).permitted
    ]


def roles_with_access(compiled: CompiledPolicy) -> list[str]:
    """Return the codes of the roles to which the policy can permit anything."""
    if compiled.slow:
        return _roles_mentioned(compiled.policy)
    tables = (*compiled.exact.values(), *compiled.ignoring_case.values())
    grants = [grant for table in (*tables, compiled.any_action) for grant in table]
    return sorted(
        {
            role
            for grant in grants
            for predicate in grant.all_of
            if predicate.attribute is SubjectAttribute.ROLE
            for role in predicate.values
        }
    )


def _roles_mentioned(policy: ast.Policy) -> list[str]:
    """Return the roles of the permitting rules' targets; conditions may take more."""
    return sorted(
        {
            ast.fold(match.literal.value)
            for rule in policy.rules
            if rule.effect is ast.Effect.PERMIT
            for match in ast.matches(rule.target)
            if match.designator.category == ast.SUBJECT
            and match.designator.attribute_id == ast.ROLE_CODE
        }
    )
