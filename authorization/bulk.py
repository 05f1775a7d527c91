"""What many callers were given for many parties, in a fixed number of statements.

The decision endpoint asks for up to a thousand callers and resources at once. What
comes out is what ``RoleLookup`` finds for each of them; a test holds the two together.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from authorization.choices import KEY_ROLES, with_implied
from authorization.models import Delegation, PackageAssignment, RoleAssignment
from authorization.pdp import can_receive
from authorization.querysets import GivenQuerySet
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile

_NOBODY: Final = 0  # no user and no party has this id
_RECIPIENT = ("user_id", "system_user_id", "to_party_id", "to_party__parent_id")
_RIGHT = ("action", "task", "app_id", "instance_guid")


class _Recipient(NamedTuple):
    """Who received something: one of the first three, and the party's main unit."""

    user_id: int | None
    system_user_id: UUID | None
    party_id: int | None
    main_unit: int | None


@dataclass(frozen=True, slots=True)
class _Right:
    recipient: _Recipient
    action: str
    task: str
    app_id: str
    instance_guid: UUID | None

    def covers(self, resource: Resource, action: str) -> bool:
        guid = resource.instance_id.rpartition("/")[2]
        return (
            self.action == action
            and self.task in ("", resource.task)
            and self.app_id in ("", f"{resource.org}/{resource.app}")
            and (self.instance_guid is None or str(self.instance_guid) == guid)
        )


@dataclass(slots=True)
class Given:
    """Everything that may count for these callers at these parties; see ``read``."""

    main_units: dict[int, int]
    own_parties: dict[int, int] = field(default_factory=dict)
    organisations: dict[str, set[int]] = field(default_factory=dict)
    roles: dict[int, dict[int, set[str]]] = field(default_factory=dict)
    packages: dict[int, list[tuple[_Recipient, str]]] = field(default_factory=dict)
    rights: dict[int, list[_Right]] = field(default_factory=dict)

    def roles_for(self, caller: Principal, party_id: int) -> frozenset[str]:
        """Return the roles that the caller holds for the party."""
        if caller.kind is not PrincipalKind.USER or caller.user_id is None:
            return frozenset()
        held = self.roles.get(caller.user_id, {})
        codes = held.get(party_id, set()) | self._key_roles(caller.user_id, party_id)
        return with_implied(codes)

    def packages_for(self, caller: Principal, party_id: int) -> frozenset[str]:
        """Return the access packages that the caller can use for the party."""
        return frozenset(
            code
            for giver in self._givers(party_id)
            for recipient, code in self.packages.get(giver, ())
            if self._is_used_by(caller, recipient)
        )

    def is_delegated(self, caller: Principal, resource: Resource, action: str) -> bool:
        """Whether the action is delegated to the caller, in the resource's state."""
        if resource.party_id is None:
            return False
        return any(
            right.covers(resource, action) and self._is_used_by(caller, right.recipient)
            for giver in self._givers(resource.party_id)
            for right in self.rights.get(giver, ())
        )

    def recipients(self) -> Iterator[int]:
        """Yield the parties that received anything, and their main units."""
        rights = (right.recipient for given in self.rights.values() for right in given)
        packages = (to for given in self.packages.values() for to, _ in given)
        for recipient in (*rights, *packages):
            if recipient.party_id is not None:
                yield recipient.party_id
                yield recipient.main_unit or recipient.party_id

    def _givers(self, party_id: int) -> set[int]:
        return {party_id, self.main_units.get(party_id, party_id)}

    def _key_roles(self, user_id: int, party_id: int) -> set[str]:
        """Return the key roles that the user holds for the party's main unit."""
        main_unit = self.main_units.get(party_id)
        if main_unit is None:
            return set()
        return self.roles.get(user_id, {}).get(main_unit, set()) & KEY_ROLES

    def _is_used_by(self, caller: Principal, recipient: _Recipient) -> bool:
        if caller.kind is PrincipalKind.UNKNOWN and caller.party_id is not None:
            # No token is of a party as such, but a request may be about one.
            return recipient.party_id == caller.party_id
        if not can_receive(caller):
            return False
        if caller.kind is PrincipalKind.SYSTEM_USER:
            return str(recipient.system_user_id) == caller.system_user_id
        if caller.user_id is None:
            named = self.organisations.get(caller.org_number, set())
            return recipient.party_id in named
        if recipient.party_id is None:
            return recipient.user_id == caller.user_id
        held = self.roles.get(caller.user_id, {})
        units = {recipient.party_id, recipient.main_unit or recipient.party_id}
        return recipient.party_id == self.own_parties.get(caller.user_id) or any(
            not KEY_ROLES.isdisjoint(held.get(unit, ())) for unit in units
        )


def read(
    callers: Collection[Principal],
    parties: Collection[int],
    *,
    moment: datetime,
    packages: bool,
    nobody: bool = False,
) -> Given:
    """Read what was given to any of the callers by any of the parties.

    ``packages`` says whether access packages are asked for. ``nobody`` looks for a user
    and a party that are not there as well, so that it takes the same statements whether
    or not somebody was found before. At most six statements.
    """
    users = {c.user_id for c in callers if c.user_id is not None}
    if nobody:
        users, parties = {*users, _NOBODY}, {*parties, _NOBODY}
    systems = {c.system_user_id for c in callers if c.system_user_id}
    numbers = {c.org_number for c in callers if c.user_id is None and c.org_number}
    given = Given(Party.objects.main_units_of(parties))
    givers = set(parties) | set(given.main_units.values())

    def received(rows: GivenQuerySet[Any], *columns: str) -> Iterable[tuple[Any, ...]]:
        rows = rows.in_force(moment).given_by_any(givers)
        rows = rows.received_by_any(users=users, systems=systems)
        return rows.order_by().values_list("from_party_id", *_RECIPIENT, *columns)

    for giver, *row in received(Delegation.objects.all(), *_RIGHT):
        right = _Right(_Recipient(*row[:4]), *row[4:])
        given.rights.setdefault(giver, []).append(right)
    if packages:
        for giver, *row in received(PackageAssignment.objects.all(), "package"):
            to = (_Recipient(*row[:4]), row[4])
            given.packages.setdefault(giver, []).append(to)
    for number, party_id in _organisations(numbers):
        given.organisations.setdefault(number, set()).add(party_id)
    if users:
        given.own_parties = dict(
            Profile.objects.filter(pk__in=users).values_list("pk", "party_id")
        )
        given.roles = _roles(users, givers | set(given.recipients()))
    return given


def _organisations(numbers: Collection[str]) -> Iterable[tuple[str, int]]:
    if not numbers:
        return ()
    rows = Party.objects.with_number_in(org_numbers=numbers).order_by()
    return rows.values_list("org_number", "pk")


def _roles(
    users: Collection[int], parties: Collection[int]
) -> dict[int, dict[int, set[str]]]:
    roles: dict[int, dict[int, set[str]]] = {}
    rows = RoleAssignment.objects.held_by_any(users).for_any_party(parties).order_by()
    for user_id, party_id, code in rows.values_list("user_id", "party_id", "role_code"):
        roles.setdefault(user_id, {}).setdefault(party_id, set()).add(code)
    return roles
