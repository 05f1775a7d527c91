"""Decisions: for one resource, for several actions at once, as grants for a list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary

from django.utils import timezone

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from authorization import pdp
from authorization.compiler import (
    CompiledPolicy,
    Grant,
    StateKind,
    StateSelector,
    compile_policy,
)
from authorization.models import Delegation, RoleAssignment
from authorization.pdp import Decision, Reason
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind

__all__ = [
    "Decision",
    "ListGrant",
    "RoleLookup",
    "decide",
    "decide_many",
    "delegable_apps",
    "list_grants",
]


# A superseded definition holds all files of its app: nothing here keeps it alive.
_compiled: WeakKeyDictionary[AppDefinition, CompiledPolicy] = WeakKeyDictionary()
_compiling = Lock()


@dataclass(slots=True)
class RoleLookup:
    """What the caller was given: roles, and to a system user delegated actions.

    Each party's and each instance's are asked for once while one request is answered.
    """

    principal: Principal
    _held: dict[int, frozenset[str]] = field(default_factory=dict)
    _delegated: dict[Resource, frozenset[str]] = field(default_factory=dict)

    def roles_for(self, party_id: int) -> frozenset[str]:
        """Return the codes of the roles that the caller holds for the party."""
        if self.principal.user_id is None:
            return frozenset()
        if party_id not in self._held:
            rows = RoleAssignment.objects.held_by(self.principal.user_id).for_party(
                party_id
            )
            self._held[party_id] = frozenset(rows.values_list("role_code", flat=True))
        return self._held[party_id]

    def delegated_on(self, resource: Resource) -> frozenset[str]:
        """Return the actions that are delegated to the caller on the resource."""
        if resource.party_id is None or not _can_have_delegations(self.principal):
            return frozenset()
        if resource not in self._delegated:
            guid = resource.instance_id.rpartition("/")[2]
            rows = (
                Delegation.objects.to_system_user(self.principal.system_user_id)
                .in_force(timezone.now())
                .given_by(resource.party_id)
                .covering(
                    f"{resource.org}/{resource.app}",
                    instance_guid=UUID(guid) if guid else None,
                )
            )
            self._delegated[resource] = frozenset(rows.values_list("action", flat=True))
        return self._delegated[resource]


@dataclass(frozen=True, slots=True)
class ListGrant:
    """Which instances of some apps a caller may see; made from the apps' read grants.

    ``selector`` is None for every state. For the owner party the caller must hold a
    role out of each set in ``roles``; with none the party does not matter.
    """

    app_ids: tuple[str, ...]
    selector: StateSelector | None
    roles: tuple[frozenset[str], ...]


def decide(roles: RoleLookup, *, resource: Resource, action: str) -> Decision:
    """Decide whether the caller may do the action on the resource, by its app's policy.

    Where the policy says neither yes nor no, a delegation permits it, under the
    policy's own obligations. Raises AppNotFound when there is no such app.
    """
    compiled = compiled_policy(catalogue.definition_of(resource.org, resource.app))
    decision = pdp.decide(
        compiled,
        principal=roles.principal,
        resource=resource,
        action=action,
        roles=lambda: roles.roles_for(resource.party_id or 0),
    )
    if decision.reason is Reason.NOT_APPLICABLE and action in roles.delegated_on(
        resource
    ):
        return pdp.permit(roles.principal, compiled.min_level, compiled.min_level_org)
    return decision


def decide_many(
    roles: RoleLookup, *, resource: Resource, actions: Iterable[str]
) -> Mapping[str, bool]:
    """Decide several actions on one resource."""
    return {
        action: decide(roles, resource=resource, action=action).permitted
        for action in actions
    }


def list_grants(
    principal: Principal, *, action: str, app_ids: Collection[str] | None = None
) -> list[ListGrant]:
    """Return what the caller may see in a list, with the apps of equal policy together.

    An instance is visible if, and only if, one of these grants covers it or a
    delegation in one of ``delegable_apps``; ``decide`` works from the same compiled
    grants. ``app_ids`` narrows the apps; None asks all.
    """
    apps: dict[tuple[StateSelector | None, tuple[frozenset[str], ...]], list[str]] = {}
    for app_id, definition in _definitions(app_ids):
        compiled = compiled_policy(definition)
        if _lacks_level(principal, compiled):
            continue
        for grant in compiled.grants(action):
            wanted = pdp.wanted_roles(grant, principal)
            if wanted is not None:
                apps.setdefault((_selector(grant), wanted), []).append(app_id)
    return [
        ListGrant(tuple(sorted(ids)), selector, roles)
        for (selector, roles), ids in apps.items()
    ]


def delegable_apps(
    principal: Principal, *, app_ids: Collection[str] | None = None
) -> list[str]:
    """Return the apps in whose lists delegations to the caller count.

    None for a caller who cannot have any. ``app_ids`` narrows the apps; None asks all.
    """
    if not _can_have_delegations(principal):
        return []
    compiled = {
        app_id: compiled_policy(definition)
        for app_id, definition in _definitions(app_ids)
    }
    return sorted(
        app_id
        for app_id, policy in compiled.items()
        if not policy.slow and not _lacks_level(principal, policy)
    )


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


def _can_have_delegations(principal: Principal) -> bool:
    return principal.kind is PrincipalKind.SYSTEM_USER and bool(
        principal.system_user_id
    )


def _lacks_level(principal: Principal, compiled: CompiledPolicy) -> bool:
    lacking = pdp.lacking_level(
        principal, min_level=compiled.min_level, min_level_org=compiled.min_level_org
    )
    return lacking is not None


def _selector(grant: Grant) -> StateSelector | None:
    return None if grant.selector.kind is StateKind.ANY else grant.selector
