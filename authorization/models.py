"""Tables of the authorization room."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from authorization.querysets import RoleAssignmentQuerySet
from parties.models import Party, Profile


class RoleAssignment(models.Model):
    """A role that a user of the register holds for a party."""

    user = models.ForeignKey(
        Profile,
        on_delete=models.CASCADE,
        related_name="role_assignments",
        db_index=False,  # both indexes of the table begin with it
        help_text="Who holds the role.",
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="role_assignments",
        help_text="For whom the role acts.",
    )
    role_code = models.CharField(
        max_length=64, help_text="The role in lower case: dagl, regna, priv."
    )

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["user", "party", "role_code"]
        constraints = [
            # Its index also answers "the roles of a user for a party".
            models.UniqueConstraint(
                name="role_assignment_unique",
                fields=["user", "party", "role_code"],
                violation_error_message="The user holds this role for the party"
                " already.",
            ),
            models.CheckConstraint(
                name="role_assignment_code_lower_case",
                condition=Q(role_code=Lower("role_code")) & ~Q(role_code=""),
                violation_error_message="A role code is written in lower case.",
            ),
        ]
        indexes = [
            # "The parties for which a user holds one of these roles": lists.
            models.Index(
                fields=["user", "role_code", "party"], name="role_assignment_parties"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_code}: user {self.user_id} for party {self.party_id}"
