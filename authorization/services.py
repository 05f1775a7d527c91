"""Decisions: for one resource, for several actions at once, as grants for a list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

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
from authorization.models import RoleAssignment
from authorization.pdp import Decision
from authorization.resources import Resource
from parties.identity import Principal

__all__ = [
    "Decision",
    "ListGrant",
    "RoleLookup",
    "decide",
    "decide_many",
    "list_grants",
]


# A superseded definition holds all files of its app: nothing here keeps it alive.
_compiled: WeakKeyDictionary[AppDefinition, CompiledPolicy] = WeakKeyDictionary()
_compiling = Lock()


@dataclass(slots=True)
class RoleLookup:
    """The caller's roles, each party's asked for once while one request is answered."""

    principal: Principal
    _held: dict[int, frozenset[str]] = field(default_factory=dict)

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

    Raises AppNotFound when there is no such app.
    """
    definition = catalogue.definition_of(resource.org, resource.app)
    return pdp.decide(
        compiled_policy(definition),
        principal=roles.principal,
        resource=resource,
        action=action,
        roles=lambda: roles.roles_for(resource.party_id or 0),
    )


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

    An instance is visible if, and only if, one of these grants covers it; ``decide``
    works from the same compiled grants. ``app_ids`` narrows the apps; None asks all.
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


def _selector(grant: Grant) -> StateSelector | None:
    return None if grant.selector.kind is StateKind.ANY else grant.selector
