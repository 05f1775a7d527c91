"""Who holds which role for whom, and who was given which right."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Q

from parties.models import Party

if TYPE_CHECKING:
    from authorization.models import Delegation, RoleAssignment


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Role assignments. Role codes are given in any case."""

    def held_by(self, user_id: int) -> Self:
        """Keep the roles of one user of the register."""
        return self.filter(user_id=user_id)

    def for_party(self, party_id: int) -> Self:
        """Keep the roles that act for one party."""
        return self.filter(party_id=party_id)

    def with_role_in(self, role_codes: Collection[str]) -> Self:
        """Keep the assignments of any of these roles."""
        return self.filter(role_code__in={code.casefold() for code in role_codes})


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations. What a list asks of each of its rows is given as an OuterRef."""

    def to_system_user(self, system_user_id: str) -> Self:
        """Keep what one system user was given."""
        return self.filter(system_user_id=system_user_id)

    def in_force(self, moment: datetime) -> Self:
        """Keep what has not ended."""
        return self.filter(Q(expires__isnull=True) | Q(expires__gt=moment))

    def given_by(self, party_id: int | OuterRef) -> Self:
        """Keep what the party gave, or the organisation of which it is a sub-unit."""
        inner = OuterRef(party_id) if isinstance(party_id, OuterRef) else party_id
        main_unit = Party.objects.filter(pk=inner).values("parent_id")
        return self.filter(Q(from_party_id=party_id) | Q(from_party_id__in=main_unit))

    def covering(
        self, app_id: str | OuterRef, *, instance_guid: UUID | OuterRef | None
    ) -> Self:
        """Keep what is for the app, or for the instance when there is one."""
        scope = Q(instance_guid__isnull=True)
        if instance_guid is not None:
            scope |= Q(instance_guid=instance_guid)
        return self.filter(scope, Q(app_id="") | Q(app_id=app_id))
