"""Tables of the authorization room."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from authorization.choices import ClientRole, SystemUserKind
from authorization.querysets import (
    ClientDelegationManager,
    DelegationQuerySet,
    PackageAssignmentQuerySet,
    RoleAssignmentQuerySet,
)
from parties.models import Party, Profile

_RECIPIENTS = ("user", "to_party", "system_user")


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
    kind = models.CharField(
        max_length=16,
        choices=SystemUserKind.choices,
        default=SystemUserKind.STANDARD,
        db_default=SystemUserKind.STANDARD,
        help_text="For whom it acts: its organisation, or clients of that.",
    )

    class Meta:
        ordering = ["system_id", "id"]

    def __str__(self) -> str:
        return f"{self.name or self.system_id} for party {self.party_id}"


def _given_once(
    table: str, *fields: str, condition: Q | None = None
) -> list[models.BaseConstraint]:
    """Return a constraint for each kind of recipient: a null is never a duplicate."""
    return [
        models.UniqueConstraint(
            name=f"{table}_to_{_short(recipient)}_unique",
            fields=[recipient, "from_party", *fields],
            condition=condition,
            violation_error_message="The recipient has this already.",
        )
        for recipient in _RECIPIENTS
    ]


def _one_recipient(name: str) -> models.CheckConstraint:
    """Return the constraint that exactly one recipient is named."""
    condition = Q()
    for given in _RECIPIENTS:
        condition |= Q(
            **{f"{recipient}__isnull": recipient != given for recipient in _RECIPIENTS}
        )
    return models.CheckConstraint(
        name=name,
        condition=condition,
        violation_error_message="Name exactly one recipient: a user, a party or a"
        " system user.",
    )


def _short(recipient: str) -> str:
    return recipient.removeprefix("to_")


def _to_each(table: str, *fields: str) -> list[models.Index]:
    """Return an index for each kind of recipient: "what was given to me".

    Without the rows of the other kinds, whose nulls would have it look useless.
    """
    return [
        models.Index(
            fields=[recipient, "from_party", *fields],
            name=f"{table}_to_{_short(recipient)}",
            condition=Q(**{f"{recipient}__isnull": False}),
        )
        for recipient in _RECIPIENTS
    ]


class Given(models.Model):
    """What a party gave to a user, a party or a system user, until it is revoked.

    Deleting the row revokes it, for the very next request. What a party received is
    used by persons who hold a key role for it, and by itself.
    """

    user = models.ForeignKey(
        Profile,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # an index of the table begins with it
        help_text="The user who receives it.",
    )
    to_party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # as above
        help_text="The party that receives it; holders of its key roles use it.",
    )
    system_user = models.ForeignKey(
        SystemUser,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        db_index=False,  # as above
        help_text="The system user that receives it.",
    )
    from_party = models.ForeignKey(
        Party,
        on_delete=models.CASCADE,
        related_name="%(class)ss",
        db_index=False,  # as above
        help_text="Whose instances it is for; sub-units' are among them.",
    )
    expires = models.DateTimeField(
        null=True, blank=True, help_text="When it ends; empty for never."
    )
    performed_by = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Who gave it on the party's behalf: an application or an account.",
    )

    class Meta:
        abstract = True

    @property
    def recipient(self) -> str:
        """Name who received it."""
        if self.user_id is not None:
            return f"user {self.user_id}"
        if self.to_party_id is not None:
            return f"party {self.to_party_id}"
        return f"system user {self.system_user_id}"


class Delegation(Given):
    """A right that a party gave: one action in an app, in an instance, in a task."""

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
    task = models.CharField(
        max_length=128,
        blank=True,
        default="",
        db_default="",
        help_text="The task outside of which the right rests; empty for every state.",
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["from_party", "app_id", "action", "id"]
        constraints = [
            # Two of each, because a unique constraint takes nulls for different.
            *_given_once(
                "delegation",
                *("app_id", "action", "task"),
                condition=Q(instance_guid__isnull=True),
            ),
            *_given_once(
                "delegation_of_instance", "app_id", "action", "task", "instance_guid"
            ),
            _one_recipient("delegation_to_one_recipient"),
            models.CheckConstraint(
                name="delegation_action_given",
                condition=~Q(action=""),
                violation_error_message="A delegation names an action.",
            ),
            models.CheckConstraint(
                name="delegation_of_instance_names_app",
                condition=Q(instance_guid__isnull=True) & Q(task="") | ~Q(app_id=""),
                violation_error_message="A right to an instance or in a task names its"
                " application.",
            ),
        ]
        indexes = [
            *_to_each("delegation", "app_id"),
            # "What this party gave in this app, or for this instance": decisions and
            # lists.
            models.Index(
                fields=["from_party", "app_id", "instance_guid"],
                name="delegation_from_party",
            ),
        ]

    def __str__(self) -> str:
        where = self.instance_guid or self.app_id or "every application"
        return f"{self.action} on {where}: {self.recipient}"


class PackageAssignment(Given):
    """An access package that a party gave.

    ``via`` makes it a client delegation: an organisation passes on to an agent of its
    own what a client gave to the organisation. It ends with what it was passed on from.
    """

    package = models.CharField(
        max_length=128, help_text="The package: jordbruk, regnskapsforer-lonn."
    )
    client_role = models.CharField(
        max_length=8,
        blank=True,
        default="",
        choices=ClientRole.choices,
        help_text="What the receiving organisation is for the party, if that gave it.",
    )
    via = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="passed_on",
        help_text="What the client gave to the agent's organisation.",
    )

    objects = PackageAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["from_party", "package", "id"]
        constraints = [
            # An agent may have a client's package from two organisations, and besides
            # them from the client.
            *_given_once("package", "package", condition=Q(via__isnull=True)),
            *_given_once("package_passed_on", "package", "via"),
            _one_recipient("package_to_one_recipient"),
            models.CheckConstraint(
                name="package_code_lower_case",
                condition=Q(package=Lower("package")) & ~Q(package=""),
                violation_error_message="A package is written in lower case.",
            ),
            models.CheckConstraint(
                name="package_passed_on_to_an_agent",
                condition=Q(via__isnull=True) | Q(to_party__isnull=True),
                violation_error_message="An agent is a user or a system user.",
            ),
            models.CheckConstraint(
                name="package_of_client_role_to_party",
                condition=Q(client_role="") | Q(to_party__isnull=False, via=None),
                violation_error_message="A client's role is held by an organisation.",
            ),
        ]
        indexes = [
            *_to_each("package", "package"),  # lists
            models.Index(
                fields=["from_party", "package"], name="package_from_party"
            ),  # decisions
        ]

    def __str__(self) -> str:
        return f"{self.package} for party {self.from_party_id}: {self.recipient}"


class ClientDelegation(PackageAssignment):
    """A package of a client that an organisation passed on to an agent of its own."""

    objects = ClientDelegationManager()  # type: ignore[assignment, misc]  # of fewer rows

    class Meta:
        proxy = True
