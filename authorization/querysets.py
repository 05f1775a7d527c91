"""Who holds which role for whom."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from authorization.models import RoleAssignment


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
