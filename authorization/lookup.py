"""What the caller of one request was given: roles, packages and single rights."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, IntegerField, QuerySet, UUIDField, Value
from django.utils import timezone

from authorization.choices import with_implied
from authorization.models import Delegation, PackageAssignment, RoleAssignment
from authorization.pdp import can_receive
from authorization.received import (
    MOMENT,
    caller_values,
    kinds_of_caller,
    usable_by,
)
from authorization.resources import Resource
from common.prepared import Prepared
from parties.identity import Principal, PrincipalKind

_ROLE, _PACKAGE = "role", "package"
_Right = tuple[str, str]  # action, and the task that it is bound to or ""
_NOBODY = 0  # no party has this id
_NOTHING: frozenset[str] = frozenset()
_PARTY = (IntegerField(), 2_147_000_003)
_NO_INSTANCE = "00000000-0000-0000-0000-000000000000"  # no instance has it


@dataclass(frozen=True, slots=True)
class Question:
    """A resource, and which kinds of codes its app's policy asks for."""

    resource: Resource
    roles: bool
    packages: bool

    @property
    def party_id(self) -> int:
        """The instance owner, 0 for nobody."""
        return self.resource.party_id or 0


@dataclass(slots=True)
class RoleLookup:
    """What the caller was given, read for every request and remembered within one.

    The codes that a policy asks for, of one kind or of both, take one statement a
    party. The rights that are delegated take another, which only a caller needs to whom
    the policy says neither yes nor no. ``relied_on`` are the rights without which the
    request would have been refused, and ``scopes_relied_on`` the scopes, of which any
    suffices: they are asked anew before its answer is repeated.
    """

    principal: Principal
    relied_on: list[tuple[Resource, str]] = field(default_factory=list)
    scopes_relied_on: list[tuple[str, ...]] = field(default_factory=list)
    _codes: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    _rights: dict[Resource, frozenset[_Right]] = field(default_factory=dict)

    def roles_for(self, party_id: int) -> frozenset[str]:
        """Return the codes of the roles that the caller holds for the party."""
        self._read(party_id, {_ROLE})
        return self._codes[_ROLE, party_id]

    def roles_on(self, question: Question) -> frozenset[str]:
        """Return the caller's roles for the owner of the resource."""
        return self._codes_on(question, _ROLE)

    def packages_on(self, question: Question) -> frozenset[str]:
        """Return the caller's access packages for the owner of the resource."""
        return self._codes_on(question, _PACKAGE)

    def is_delegated(self, resource: Resource, *, action: str) -> bool:
        """Whether the action is delegated to the caller, in the resource's state."""
        if resource.party_id is None or not can_receive(self.principal):
            return False
        place = replace(resource, task="", end_event="")
        if place not in self._rights:
            self._rights[place] = frozenset(
                _rights(self.principal.kind).rows(
                    **caller_values(self.principal),
                    moment=timezone.now(),
                    party_id_of_owner=resource.party_id,
                    app_id=f"{place.org}/{place.app}",
                    guid=UUID(place.instance_id.rpartition("/")[2] or _NO_INSTANCE),
                )
            )
        in_state = {(action, ""), (action, resource.task)}
        return not self._rights[place].isdisjoint(in_state)

    @property
    def asked_delegations(self) -> bool:
        """Whether rights were looked up that the request itself may have taken back."""
        return bool(self._rights)

    def look_up_nobody(self) -> None:
        """Look up what a decision does: so an unknown instance takes as long."""
        self.roles_for(_NOBODY)
        self.is_delegated(Resource(org="", app="", party_id=_NOBODY), action="")

    def _codes_on(self, question: Question, kind: str) -> frozenset[str]:
        party_id = question.party_id
        if (known := self._codes.get((kind, party_id))) is not None:
            return known
        self._read(party_id, _kinds(question))
        return self._codes.get((kind, party_id), _NOTHING)

    def _read(self, party_id: int, kinds: Set[str]) -> None:
        """Read the codes of these kinds that are not remembered yet."""
        missing = sorted(kind for kind in kinds if (kind, party_id) not in self._codes)
        codes: dict[str, set[str]] = {kind: set() for kind in missing}
        if self.principal.kind is PrincipalKind.USER:
            asked = missing
        else:
            asked = [kind for kind in missing if kind != _ROLE]
        if asked and can_receive(self.principal):
            statement = _codes(tuple(asked), self.principal.kind)
            for kind, code in statement.rows(
                **caller_values(self.principal),
                moment=timezone.now(),
                party_id_of_owner=party_id,
            ):
                codes[kind].add(code)
        for kind, found in codes.items():
            held = with_implied(found) if kind == _ROLE else frozenset(found)
            self._codes[kind, party_id] = held


def _kinds(question: Question) -> set[str]:
    asked = {_ROLE: question.roles, _PACKAGE: question.packages}
    return {kind for kind, is_asked in asked.items() if is_asked}


@cache
def _codes(kinds: tuple[str, ...], caller: PrincipalKind) -> Prepared:
    """Prepare the codes of these kinds that a caller holds for a party."""

    def build(party_id_of_owner: int, moment: datetime, **values: Any) -> QuerySet[Any]:
        principal = Principal(caller, **values)
        given = PackageAssignment.objects.in_force(moment).filter(usable_by(principal))
        held = RoleAssignment.objects.held_by(principal.user_id)
        parts = {
            _ROLE: (held.for_party(party_id_of_owner), "role_code"),
            _PACKAGE: (given.given_by(party_id_of_owner), "package"),
        }
        first, *others = [
            rows.order_by().values_list(Value(kind, CharField()), code)
            for kind, (rows, code) in parts.items()
            if kind in kinds
        ]
        return first.union(*others, all=True) if others else first

    return Prepared(
        build, **kinds_of_caller(caller), moment=MOMENT, party_id_of_owner=_PARTY
    )


@cache
def _rights(caller: PrincipalKind) -> Prepared:
    """Prepare the rights, action and task, that a caller has on an instance."""

    def build(
        party_id_of_owner: int, app_id: str, guid: UUID, moment: datetime, **values: Any
    ) -> QuerySet[Any]:
        return (
            Delegation.objects.in_force(moment)
            .filter(usable_by(Principal(caller, **values)))
            .given_by(party_id_of_owner)
            .covering(app_id, instance_guid=guid)
            .order_by()
            .values_list("action", "task")
        )

    return Prepared(
        build,
        **kinds_of_caller(caller),
        moment=MOMENT,
        party_id_of_owner=_PARTY,
        app_id=(CharField(), "the app's id"),
        guid=(UUIDField(), UUID("b5b1a9c2-0000-4000-8000-000000000002")),
    )
