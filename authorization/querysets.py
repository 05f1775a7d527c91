"""Who holds which role for whom, and who was given which right or package."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from authorization.choices import KEY_ROLES, SystemUserKind, that_imply
from parties.models import Party, Profile

if TYPE_CHECKING:
    from authorization.models import (  # noqa: F401  two of them only in a subscript
        Delegation,
        PackageAssignment,
        RoleAssignment,
    )

_M = TypeVar("_M", bound=models.Model)


def of_party_or_main_unit(column: str, party_id: int | OuterRef) -> Q:
    """Say that the column has the party, or the organisation of which it is a sub-unit.

    Two equations, each with a value of the row that asks, which an index answers.
    """
    inner = OuterRef(party_id) if isinstance(party_id, OuterRef) else party_id
    main_unit = Party.objects.filter(pk=inner).order_by().values("parent_id")
    return Q(**{column: party_id}) | Q(**{column: Subquery(main_unit)})


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Role assignments. Role codes are given in any case."""

    def held_by_any(self, user_ids: Collection[int]) -> Self:
        """Keep the roles of any of these users."""
        return self.filter(user_id__in=user_ids)

    def for_any_party(self, party_ids: Collection[int]) -> Self:
        """Keep the roles that act for any of these parties."""
        return self.filter(party_id__in=party_ids)

    def held_by(self, user_id: int | None) -> Self:
        """Keep the roles of one user of the register; who is no user holds none."""
        return self.none() if user_id is None else self.filter(user_id=user_id)

    def for_party(self, party_id: int) -> Self:
        """Keep the roles that act for one party.

        Those are the roles that name it, and the key roles for the organisation of
        which it is a sub-unit.
        """
        return self.filter(
            Q(party_id=party_id) | Q(role_code__in=sorted(KEY_ROLES)),
            of_party_or_main_unit("party_id", party_id),
        )

    def with_role_in(self, role_codes: Collection[str]) -> Self:
        """Keep the assignments of any of these roles, or of one that implies them."""
        codes = that_imply({code.casefold() for code in role_codes})
        return self.filter(role_code__in=sorted(codes))


class GivenQuerySet(models.QuerySet[_M]):
    """What parties gave. What a list asks of each of its rows is an OuterRef."""

    def received_by_any(
        self, *, users: Collection[int], systems: Collection[str]
    ) -> Self:
        """Keep what any of these was given, and all that any party was given."""
        to_one = Q(user_id__in=users) | Q(system_user_id__in=systems)
        return self.filter(to_one | Q(to_party_id__isnull=False))

    def in_force(self, moment: datetime) -> Self:
        """Keep what has not ended."""
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=moment))

    def ended(self, moment: datetime) -> Self:
        """Keep what was for a time that is over."""
        return self.filter(expires__lte=moment)

    def given_by_any(self, party_ids: Collection[int]) -> Self:
        """Keep what any of the parties gave, without their main units."""
        return self.filter(from_party_id__in=party_ids)

    def given_by(self, party_id: int | OuterRef) -> Self:
        """Keep what the party gave, or the organisation of which it is a sub-unit."""
        return self.filter(of_party_or_main_unit("from_party_id", party_id))


class DelegationQuerySet(GivenQuerySet["Delegation"]):
    """Delegations of single rights."""

    def covering(
        self, app_id: str | OuterRef, *, instance_guid: UUID | OuterRef | None
    ) -> Self:
        """Keep what is for the app, or for the instance when there is one."""
        scope = Q(instance_guid__isnull=True)
        if instance_guid is not None:
            scope |= Q(instance_guid=instance_guid)
        return self.filter(scope, app_id__in=["", app_id])

    def in_task(self, task: OuterRef) -> Self:
        """Keep what does not rest in the task."""
        return self.filter(Q(task="") | Q(task=task))


class PackageAssignmentQuerySet(GivenQuerySet["PackageAssignment"]):
    """Assignments of access packages."""

    def in_force(self, moment: datetime) -> Self:
        """Keep what has not ended.

        What was passed on ends with what it was passed on from, and for whoever is no
        agent of the organisation any more: a user without a role for it, a system user
        of another one or of another kind.
        """
        employed = Profile.objects.filter(
            pk=OuterRef("user_id"),
            role_assignments__party_id=OuterRef("via__to_party_id"),
        )
        lasting = Q(via__expires__isnull=True) | Q(via__expires__gt=moment)
        let_in = Party.objects.filter(
            pk=OuterRef("via__to_party_id"),
            system_users__pk=OuterRef("system_user_id"),
            system_users__kind=SystemUserKind.AGENT,
        )
        agent = Q(Exists(employed)) | Q(Exists(let_in))
        rows = super().in_force(moment)
        return rows.filter(Q(via__isnull=True) | (lasting & agent))

    def of_packages(self, codes: Collection[str]) -> Self:
        """Keep the assignments of any of these packages."""
        return self.filter(package__in=sorted(codes))


class ClientDelegationManager(models.Manager["PackageAssignment"]):
    """Assignments of packages that were passed on, and no others."""

    def get_queryset(self) -> models.QuerySet["PackageAssignment"]:
        """Keep what was passed on."""
        return super().get_queryset().filter(via__isnull=False)
