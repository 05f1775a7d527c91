"""Tables of the authorization room."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from authorization.querysets import DelegationQuerySet, RoleAssignmentQuerySet
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


class SystemUser(models.Model):
    """A vendor's system, let in by an organisation to act in its name.

    It holds no roles; what it may do is delegated to it.
    """

    id = models.UUIDField(
        primary_key=True, help_text="The id that the system's tokens carry."
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="system_users",
        help_text="The organisation that let the system in.",
    )
    system_id = models.CharField(
        max_length=255,
        help_text="The system: the vendor's organisation number, _ and a name.",
    )
    name = models.CharField(
        max_length=255, blank=True, default="", help_text="The system's title."
    )

    class Meta:
        ordering = ["system_id", "id"]

    def __str__(self) -> str:
        return f"{self.name or self.system_id} for party {self.party_id}"


class Delegation(models.Model):
    """A right that a party gives to a system user: one action, until it is revoked.

    Deleting the row revokes it, for the very next request.
    """

    system_user = models.ForeignKey(
        SystemUser,
        on_delete=models.CASCADE,
        related_name="delegations",
        db_index=False,  # the indexes of the table begin with it
        help_text="Who receives the right.",
    )
    from_party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="delegations",
        help_text="Whose instances the right is for; sub-units' are among them.",
    )
    app_id = models.CharField(
        max_length=121,
        blank=True,
        default="",
        help_text="The application as org/app; empty for every application.",
    )
    action = models.CharField(
        max_length=64, help_text="The action as requests name it: read, write, sign."
    )
    instance_guid = models.UUIDField(
        null=True,
        blank=True,
        help_text="The one instance that the right is for; empty for all of them.",
    )
    expires = models.DateTimeField(
        null=True, blank=True, help_text="When the right ends; empty for never."
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["system_user", "from_party", "app_id", "action", "id"]
        constraints = [
            # Two, because a unique constraint takes nulls for different.
            models.UniqueConstraint(
                name="delegation_unique",
                fields=["system_user", "from_party", "app_id", "action"],
                condition=Q(instance_guid__isnull=True),
                violation_error_message="The system user has this right already.",
            ),
            models.UniqueConstraint(
                name="delegation_of_instance_unique",
                fields=[
                    "system_user",
                    "from_party",
                    "app_id",
                    "action",
                    "instance_guid",
                ],
                condition=Q(instance_guid__isnull=False),
                violation_error_message="The system user has this right already.",
            ),
            models.CheckConstraint(
                name="delegation_action_given",
                condition=~Q(action=""),
                violation_error_message="A delegation names an action.",
            ),
            models.CheckConstraint(
                name="delegation_of_instance_names_app",
                condition=Q(instance_guid__isnull=True) | ~Q(app_id=""),
                violation_error_message="A right to an instance names its application.",
            ),
        ]
        indexes = [
            # "What a party lets a system user do in an app": decisions and lists.
            models.Index(
                fields=["system_user", "from_party", "app_id"],
                name="delegation_to_system_user",
            ),
        ]

    def __str__(self) -> str:
        where = self.instance_guid or self.app_id or "every application"
        return f"{self.action} on {where}: {self.system_user_id}"
