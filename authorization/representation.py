"""Whom a caller can represent (authorization.md §3.5): one statement an answer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from authorization.choices import KEY_ROLES
from authorization.models import RoleAssignment
from authorization.received import givers_to
from parties.identity import Principal, PrincipalKind
from parties.models import Party


@dataclass(frozen=True, slots=True)
class ListedParty:
    """A party in a list, with those of its sub-units that the list has.

    ``only_hierarchy`` marks one that stands there for its sub-units' sake alone and
    gives no right itself.
    """

    party: Party
    only_hierarchy: bool = False
    sub_units: tuple[Party, ...] = ()


def representable_parties(principal: Principal) -> QuerySet[Party]:
    """Return the parties that the caller can represent.

    A user can represent a party if, and only if,

    - it is the user's own, or
    - the user holds a role for it, or
    - it is a sub-unit of an organisation for which the user holds a key role, or
    - it, or the organisation of which it is a sub-unit, gave the user, or a party for
      which the user holds a key role, an access package or a right to all instances, or
    - it gave one of them a right to a single instance, or
    - it is a client, and the user is an agent to whom a package of it was passed on.

    An organisation, a service owner and a system user can represent the organisation
    of their token, and nobody else.
    """
    if principal.kind is PrincipalKind.UNKNOWN:
        return Party.objects.none()
    if principal.user_id is None:
        return Party.objects.with_org_number(principal.org_number)
    held = RoleAssignment.objects.held_by(principal.user_id).order_by()
    main_units = held.with_role_in(KEY_ROLES).values("party_id")
    own = Party.objects.filter(pk=principal.party_id or 0)
    sub_units = Party.objects.filter(parent__in=main_units)
    # A union, because no database finds rows by several OR-ed sub-queries through
    # indexes: it would look at every party of the register.
    return Party.objects.filter(
        pk__in=own.order_by()
        .values("pk")
        .union(
            held.values("party_id"),
            sub_units.order_by().values("pk"),
            *givers_to(principal, moment=timezone.now()),
        )
    )


def organisations_led_by(
    principal: Principal, *, org_numbers: Collection[str]
) -> QuerySet[Party]:
    """Return those of the organisations whose key roles the caller holds one of.

    One that is a sub-unit counts with its organisation. Nobody but a user holds roles.
    """
    if principal.user_id is None:
        return Party.objects.none()
    held = RoleAssignment.objects.held_by(principal.user_id).order_by()
    main_units = held.with_role_in(KEY_ROLES).values("party_id")
    named = Party.objects.with_number_in(org_numbers=org_numbers)
    return named.filter(Q(pk__in=main_units) | Q(parent__in=main_units))


def can_represent(principal: Principal, *, party_id: int) -> bool:
    """Whether the caller can represent the party; one that is unknown, nobody can."""
    return representable_parties(principal).filter(pk=party_id).exists()


def own_party(principal: Principal) -> Party | None:
    """Return the caller's own party.

    None where the register does not have it, and for an unknown caller.
    """
    if principal.user_id is None:
        return representable_parties(principal).first()
    return Party.objects.filter(pk=principal.party_id or 0).first()


def party_list(principal: Principal) -> list[ListedParty]:
    """Return whom the caller can represent, sub-units below their organisations.

    The caller's own party comes first. An organisation that the caller can represent
    only sub-units of is there as an element of the hierarchy.
    """
    rows = list(representable_parties(principal).select_related("parent"))
    represented = {row.pk for row in rows}
    top = {row.pk: row for row in rows if row.parent is None}
    sub_units: dict[int, list[Party]] = {}
    for row in rows:
        if row.parent is not None:
            top.setdefault(row.parent.pk, row.parent)
            sub_units.setdefault(row.parent.pk, []).append(row)
    ordered = sorted(top.values(), key=lambda p: (p.pk != principal.party_id, p.pk))
    return [
        ListedParty(
            party,
            only_hierarchy=party.pk not in represented,
            sub_units=tuple(sub_units.get(party.pk, ())),
        )
        for party in ordered
    ]
