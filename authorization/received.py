"""What a caller was given: by roles, packages and single rights, himself or for whom.

A decision and the predicate of a list are both made from these sub-queries; none of
them grows with the number of parties that the caller acts for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    Field,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
)
from django.db.models.expressions import RawSQL

from authorization.choices import KEY_ROLES, that_imply
from authorization.compiler import SubjectAttribute, SubjectPredicate
from authorization.models import Delegation, PackageAssignment, RoleAssignment
from authorization.pdp import can_receive
from authorization.querysets import GivenQuerySet, of_party_or_main_unit
from common.prepared import Prepared
from parties.identity import Principal, PrincipalKind
from parties.models import Party

# Which of its values identify a caller, by the kind of caller; and their stand-ins.
CALLER_KINDS: Mapping[str, tuple["Field[Any, Any]", object]] = {
    "user_id": (IntegerField(), 2_147_000_001),
    "party_id": (IntegerField(), 2_147_000_002),
    "org_number": (CharField(), "the caller's number"),
    "system_user_id": (UUIDField(), "b5b1a9c2-0000-4000-8000-000000000001"),
}
MOMENT: tuple["Field[Any, Any]", object] = (
    DateTimeField(),
    datetime(1970, 1, 2, 3, 4, 5, tzinfo=UTC),
)
_IDENTIFYING: Mapping[PrincipalKind, tuple[str, ...]] = {
    PrincipalKind.USER: ("user_id", "party_id"),
    PrincipalKind.ORGANISATION: ("org_number",),
    PrincipalKind.SYSTEM_USER: ("system_user_id",),
}

_M = TypeVar("_M", bound=Model)
Ids = QuerySet[Any, Any]  # a sub-query of party ids; the row type says nothing


def kinds_of_caller(
    kind: PrincipalKind,
) -> dict[str, tuple["Field[Any, Any]", object]]:
    """Return what a prepared query takes that is about a caller of the kind."""
    return {name: CALLER_KINDS[name] for name in _IDENTIFYING.get(kind, ())}


def caller_values(principal: Principal) -> dict[str, Any]:
    """Return the caller's values for such a query."""
    names = _IDENTIFYING.get(principal.kind, ())
    return {name: getattr(principal, name) or 0 for name in names}


def usable_by(principal: Principal) -> Q:
    """Return the condition that the caller may use what is given.

    A user uses what was given to him, to his own party, and to parties for which he
    holds a key role; an organisation and a system user what was given to them. To be
    asked of rows that are found by who gave: it looks at each by itself.
    """
    if not can_receive(principal):
        return Q(pk__in=[])
    if principal.kind is PrincipalKind.SYSTEM_USER:
        return Q(system_user_id=principal.system_user_id)
    if principal.user_id is None:
        return Q(to_party_id__in=_itself(principal))
    holds_key_role = _key_roles(principal.user_id).filter(
        of_party_or_main_unit("party_id", OuterRef("to_party_id"))
    )
    own = Q(user_id=principal.user_id) | Q(to_party_id=principal.party_id or 0)
    return own | Q(Exists(holds_key_role))


def usable_in_list(principal: Principal) -> Q:
    """Return what ``usable_by`` says, to be asked of many rows by one statement."""
    if principal.kind is not PrincipalKind.USER or not can_receive(principal):
        return usable_by(principal)
    values = caller_values(principal)
    acts_as = _acts_as_prepared().subquery(**values)
    return Q(user_id=principal.user_id) | Q(to_party_id__in=acts_as)


@cache
def _acts_as_prepared() -> Prepared:
    return Prepared(_acts_as, **kinds_of_caller(PrincipalKind.USER))


def _acts_as(user_id: int, party_id: int) -> Ids:
    """Return a user's own party, and those for which the user holds a key role."""
    own = Party.objects.filter(pk=party_id).order_by().values("pk")
    main_units = _key_roles(user_id).values("party_id")
    return _union(own, main_units, _below(main_units))


def parties_with(
    principal: Principal, predicate: SubjectPredicate, *, moment: datetime
) -> RawSQL:
    """Return the parties for which the caller holds a code of the predicate."""
    codes = tuple(sorted(predicate.values))
    if predicate.attribute is SubjectAttribute.ROLE:
        return _by_role(codes).subquery(user_id=principal.user_id)
    return _by_package(codes, principal.kind).subquery(
        **caller_values(principal), moment=moment
    )


@lru_cache(maxsize=1024)
def _by_role(role_codes: tuple[str, ...]) -> Prepared:
    """Prepare what ``RoleAssignment.objects.for_party`` says of all parties."""
    codes = that_imply(frozenset(role_codes))

    def build(user_id: int) -> Ids:
        held = RoleAssignment.objects.held_by(user_id).order_by()
        named = held.with_role_in(codes).values("party_id")
        if inherited := codes & KEY_ROLES:
            main_units = held.with_role_in(inherited).values("party_id")
            return _union(named, _below(main_units))
        return named

    return Prepared(build, user_id=CALLER_KINDS["user_id"])


@lru_cache(maxsize=1024)
def _by_package(codes: tuple[str, ...], kind: PrincipalKind) -> Prepared:
    def build(moment: datetime, **values: Any) -> Ids:
        rows = PackageAssignment.objects.in_force(moment).of_packages(codes)
        arms: list[Ids] = []
        for received in _received_by(Principal(kind, **values), rows):
            givers = received.values("from_party")
            arms += [givers, _below(givers)]
        return _union(*arms)

    return Prepared(build, **kinds_of_caller(kind), moment=MOMENT)


def givers_to(principal: Principal, *, moment: datetime) -> list[Ids]:
    """Return, apart, the parties that gave anything to the caller, and sub-units.

    A right to a single instance reaches no sub-unit.
    """
    arms: list[Ids] = []
    for rights in _received_by(principal, Delegation.objects.in_force(moment)):
        whole = rights.filter(instance_guid__isnull=True)
        arms += [rights.values("from_party"), _below(whole.values("from_party"))]
    packages = PackageAssignment.objects.in_force(moment)
    for received in _received_by(principal, packages):
        givers = received.values("from_party")
        arms += [givers, _below(givers)]
    return arms


def _received_by(principal: Principal, rows: GivenQuerySet[_M]) -> list[QuerySet[_M]]:
    """Return what ``usable_by`` says of all rows, to be found by who received.

    Apart by the column of the recipient, because each has an index of its own.
    """
    rows = rows.order_by()
    if not can_receive(principal):
        return []
    if principal.kind is PrincipalKind.SYSTEM_USER:
        return [rows.filter(system_user_id=principal.system_user_id)]
    if principal.user_id is None:
        return [rows.filter(to_party_id__in=_itself(principal))]
    acts_as = _acts_as(principal.user_id, principal.party_id or 0)
    return [
        rows.filter(user_id=principal.user_id),
        rows.filter(to_party_id__in=acts_as),
    ]


def _itself(principal: Principal) -> Ids:
    named = Party.objects.with_org_number(principal.org_number)
    return named.order_by().values("pk")


def _key_roles(user_id: int) -> QuerySet[RoleAssignment]:
    held = RoleAssignment.objects.held_by(user_id)
    return held.with_role_in(KEY_ROLES).order_by()


def _below(main_units: Ids) -> Ids:
    return Party.objects.filter(parent__in=main_units).order_by().values("pk")


def _union(first: Ids, *others: Ids) -> Ids:
    # A union, because no database finds rows by several OR-ed sub-queries through
    # indexes: it would look at every row.
    return first.union(*others)
