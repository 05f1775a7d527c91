"""Decisions: for one resource, for several actions at once, as grants for a list."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from authorization import pdp
from authorization.compiler import (
    ANY,
    CompiledPolicy,
    Grant,
    StateSelector,
    SubjectPredicate,
    compile_policy,
)
from authorization.lookup import Question, RoleLookup
from authorization.pdp import Decision, Reason
from authorization.resources import Resource
from common.memory import Memory
from parties.identity import Principal

__all__ = [
    "Decision",
    "ListGrant",
    "RoleLookup",
    "decide",
    "decide_many",
    "is_delegable",
    "list_grants",
]


# A superseded definition holds all files of its app: nothing here keeps it alive.
_compiled: WeakKeyDictionary[AppDefinition, CompiledPolicy] = WeakKeyDictionary()
_compiling = Lock()


@dataclass(frozen=True, slots=True)
class Alternative:
    """States, none meaning every state, and what the caller must hold in them.

    For the owner party a code out of each predicate; with none the party does not
    matter.
    """

    states: tuple[StateSelector, ...]
    wanted: tuple[SubjectPredicate, ...]

    @property
    def covers_all(self) -> bool:
        """Whether nothing is asked."""
        return not self.states and not self.wanted


@dataclass(frozen=True, slots=True)
class ListGrant:
    """Which instances of some apps a caller may see, by the policy that they share.

    ``by_delegation`` says whether delegations to the caller count besides.
    """

    app_ids: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    by_delegation: bool


def decide(roles: RoleLookup, *, resource: Resource, action: str) -> Decision:
    """Decide whether the caller may do the action on the resource, by its app's policy.

    Where the policy says neither yes nor no, a delegation permits it, under the
    policy's own obligations. Raises AppNotFound when there is no such app.
    """
    return _decider(roles, resource)(action)


def decide_many(
    roles: RoleLookup, *, resource: Resource, actions: Iterable[str]
) -> Mapping[str, bool]:
    """Decide several actions on one resource, as ``decide`` does each."""
    decided = _decider(roles, resource)
    return {action: decided(action).permitted for action in actions}


def _decider(roles: RoleLookup, resource: Resource) -> Callable[[str], Decision]:
    """Return what decides an action on the resource: its policy is found once."""
    compiled = compiled_policy(catalogue.definition_of(resource.org, resource.app))
    question = Question(
        resource, roles=compiled.uses_roles, packages=compiled.uses_packages
    )

    def decided(action: str) -> Decision:
        decision = pdp.decide(
            compiled,
            principal=roles.principal,
            resource=resource,
            action=action,
            roles=lambda: roles.roles_on(question),
            packages=lambda: roles.packages_on(question),
        )
        if decision.reason is Reason.NOT_APPLICABLE and roles.is_delegated(
            resource, action=action
        ):
            return pdp.permit(
                roles.principal, compiled.min_level, compiled.min_level_org
            )
        return decision

    return decided


def list_grants(
    principal: Principal, *, action: str, app_ids: Collection[str] | None = None
) -> tuple[ListGrant, ...]:
    """Return what the caller may see in a list, with the apps of equal policy together.

    An instance is visible if, and only if, the grant of its app covers it; ``decide``
    works from the same compiled grants. ``app_ids`` narrows the apps; None asks all.
    """
    apps = None if app_ids is None else tuple(app_ids)
    generation, asked = catalogue.generation(), (principal, action, apps)
    known = _list_grants.recall(asked, generation=generation)
    if known is not None:
        return known
    grants = _grants_of(principal, action, apps)
    return _list_grants.remember(asked, grants, generation=generation)


def _grants_of(
    principal: Principal, action: str, app_ids: tuple[str, ...] | None
) -> tuple[ListGrant, ...]:
    receives = pdp.can_receive(principal)
    apps: dict[tuple[tuple[Alternative, ...], bool], list[str]] = {}
    for app_id, definition in _definitions(app_ids):
        compiled = compiled_policy(definition)
        if _lacks_level(principal, compiled):
            continue
        alternatives = _alternatives(compiled.grants(action), principal)
        by_delegation = receives and not compiled.slow
        if alternatives or by_delegation:
            apps.setdefault((alternatives, by_delegation), []).append(app_id)
    return tuple(
        ListGrant(tuple(sorted(ids)), alternatives, by_delegation)
        for (alternatives, by_delegation), ids in apps.items()
    )


def is_delegable(resource: Resource, *, action: str) -> bool:
    """Whether the resource's app may give others the right, by its own policy.

    Raises AppNotFound when there is no such app.
    """
    definition = catalogue.definition_of(resource.org, resource.app)
    compiled = compiled_policy(definition)
    return pdp.is_delegable(compiled, resource=resource, action=action)


# The grants of all apps take milliseconds where there are hundreds of them.
_list_grants: Memory[
    tuple[Principal, str, tuple[str, ...] | None], tuple[ListGrant, ...]
] = Memory(1000)


def compiled_policy(definition: AppDefinition) -> CompiledPolicy:
    """Return the app's policy as a decision table, compiled once a deployment."""
    with _compiling:
        compiled = _compiled.get(definition)
        if compiled is None:
            compiled = compile_policy(
                definition.policy, org=definition.org, app=definition.app
            )
            _compiled[definition] = compiled
        return compiled


def _definitions(
    app_ids: Collection[str] | None,
) -> Iterable[tuple[str, AppDefinition]]:
    definitions = catalogue.all_definitions()
    if app_ids is None:
        return definitions.items()
    return [
        (app_id, definitions[app_id]) for app_id in app_ids if app_id in definitions
    ]


def _lacks_level(principal: Principal, compiled: CompiledPolicy) -> bool:
    lacking = pdp.lacking_level(
        principal, min_level=compiled.min_level, min_level_org=compiled.min_level_org
    )
    return lacking is not None


def _alternatives(
    grants: Iterable[Grant], principal: Principal
) -> tuple[Alternative, ...]:
    """Return what the grants ask of the caller, each question once, in a fixed order.

    So that apps whose policies say the same can be asked for together.
    """
    states: dict[tuple[SubjectPredicate, ...], set[StateSelector]] = {}
    for grant in grants:
        wanted = pdp.wanted_of(grant, principal)
        if wanted is not None:
            states.setdefault(wanted, set()).add(grant.selector)
    found = [
        Alternative(
            () if ANY in selectors else tuple(sorted(selectors, key=repr)), wanted
        )
        for wanted, selectors in states.items()
    ]
    return tuple(sorted(found, key=_order))


def _order(alternative: Alternative) -> tuple[str, list[list[str]]]:
    return repr(alternative.states), [sorted(p.values) for p in alternative.wanted]
