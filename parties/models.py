"""Tables of the register, and the accounts of the admin."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from parties.choices import OrgRole, PartyType, UserType
from parties.querysets import (
    IssuerKeySetQuerySet,
    LookUpAttemptQuerySet,
    PartyQuerySet,
    ProfileQuerySet,
)


class Party(models.Model):
    """A person, organisation or sub-unit that can own instances."""

    id = models.IntegerField(primary_key=True, help_text="The register's own party id.")
    uuid = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        help_text="The register's own UUID of the party.",
    )
    type = models.PositiveSmallIntegerField(
        choices=PartyType.choices, help_text="What the party is."
    )
    name = models.CharField(max_length=255, help_text="Full name.")
    org_number = models.CharField(
        max_length=9,
        blank=True,
        default="",
        help_text="Organisation number; empty for persons.",
    )
    ssn = models.CharField(
        max_length=11,
        blank=True,
        default="",
        help_text="National identity number; empty for organisations.",
    )
    unit_type = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="Organisation form in the business register: AS, ENK, BEDR.",
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sub_units",
        help_text="The organisation of which this is a sub-unit.",
    )
    is_deleted = models.BooleanField(
        default=False, help_text="Whether the register has deleted the party."
    )
    external_urn = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="The party's URN in an outside register.",
    )
    register_details = models.JSONField(
        default=dict,
        blank=True,
        help_text=(
            "Other members of the register's document by wire name: person or"
            " organization (without the number, which has its own column) and the times"
            " of change."
        ),
    )

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                name="party_org_number_unique",
                fields=["org_number"],
                condition=~Q(org_number=""),
                violation_error_message="Another party has this organisation number.",
            ),
            models.UniqueConstraint(
                name="party_ssn_unique",
                fields=["ssn"],
                condition=~Q(ssn=""),
                violation_error_message="Another party has this national identity"
                " number.",
            ),
            models.UniqueConstraint(
                name="party_external_urn_unique",
                fields=["external_urn"],
                condition=~Q(external_urn=""),
                violation_error_message="Another party has this external URN.",
            ),
            models.CheckConstraint(
                name="party_not_person_and_organisation",
                condition=Q(org_number="") | Q(ssn=""),
                violation_error_message=(
                    "A party has an organisation number or a national identity number,"
                    " not both."
                ),
            ),
            models.CheckConstraint(
                name="party_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message="A party is not a sub-unit of itself.",
            ),
        ]
        indexes = [
            # SQLite cannot tell that `number = ?` implies the condition of the unique
            # indexes above, and would read every row.
            models.Index(
                fields=["org_number"], name="party_org_number"
            ),  # with_org_number
            models.Index(fields=["ssn"], name="party_ssn"),  # with_ssn, Profile's too
            models.Index(
                fields=["external_urn"], name="party_external_urn"
            ),  # with_external_urn
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class Profile(models.Model):
    """A user of the register: somebody who can log in and act for parties."""

    id = models.IntegerField(primary_key=True, help_text="The register's own user id.")
    uuid = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        help_text="The register's own UUID of the user.",
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        related_name="profiles",
        help_text="The user's own party.",
    )
    user_name = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="The name a user logs in with.",
    )
    user_type = models.PositiveSmallIntegerField(
        choices=UserType.choices,
        default=UserType.NONE,
        help_text="How the register identified the user.",
    )
    external_identity = models.CharField(
        max_length=255,
        blank=True,
        default="",
        help_text="The user's id at an outside log-in.",
    )
    is_reserved = models.BooleanField(
        default=False, help_text="Whether the user has declined digital communication."
    )
    email = models.CharField(
        max_length=254,
        blank=True,
        default="",
        help_text="As the register has it; not checked.",
    )
    phone = models.CharField(
        max_length=40,
        blank=True,
        default="",
        help_text="As the register has it; not checked.",
    )
    language = models.CharField(
        max_length=8,
        default="nb",
        help_text="The language the user has chosen: nb, nn or en.",
    )
    settings = models.JSONField(
        default=dict,
        blank=True,
        help_text="Other members of profileSettingPreference, by wire name.",
    )

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="profile_user_name_unique",
                fields=["user_name"],
                condition=~Q(user_name=""),
                violation_error_message="Another user has this name.",
            ),
        ]
        indexes = [
            # with_user_name; full for the same reason as on Party
            models.Index(fields=["user_name"], name="profile_user_name"),
        ]

    def __str__(self) -> str:
        return self.user_name or str(self.pk)


class IssuerKeySet(models.Model):
    """The last good key set of an issuer whose keys are fetched, for every process.

    With it a server starts while the issuer is out of reach, and of many processes one
    fetches.
    """

    iss = models.CharField(
        "issuer",
        max_length=255,
        unique=True,
        help_text="The issuer, by its exact name.",
    )
    source = models.CharField(
        max_length=2048,
        blank=True,
        default="",
        help_text="Where the set was fetched; one of another place does not count.",
    )
    document = models.TextField(
        blank=True, default="", help_text="The key set as it was fetched."
    )
    fetched_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was fetched."
    )
    attempted_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last tried to fetch one."
    )
    is_pending = models.BooleanField(
        default=False, help_text="Whether somebody is fetching, since the last attempt."
    )
    failure = models.CharField(
        max_length=500,
        blank=True,
        default="",
        help_text="Why the last attempt failed; empty when it did not.",
    )

    objects = IssuerKeySetQuerySet.as_manager()

    class Meta:
        ordering = ["iss"]
        constraints = [
            models.CheckConstraint(
                name="issuer_key_set_has_a_time",
                condition=Q(document="") | Q(fetched_at__isnull=False),
                violation_error_message="A key set was fetched at some time.",
            ),
        ]

    def __str__(self) -> str:
        return self.iss


class LookUpAttempt(models.Model):
    """A look-up in the register that found nobody, or that is not answered yet.

    An hour later it counts no more, and is deleted.
    """

    subject = models.CharField(
        max_length=80, help_text="Whose it is: user:1337, address:192.0.2.1."
    )
    at = models.DateTimeField(help_text="When it began.")

    objects = LookUpAttemptQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "failed look-up"
        indexes = [
            # by_subject: how many in the last hour
            models.Index(fields=["subject", "at"], name="look_up_attempt_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.at:%H:%M:%S}"


class User(AbstractUser):
    """An account for the admin; it has nothing to do with the users of the register.

    Somebody who signs in by OpenID Connect is known by issuer and subject alone: a name
    or an address could be anybody's at another provider.
    """

    oidc_issuer = models.CharField(
        "issuer",
        max_length=255,
        blank=True,
        default="",
        help_text="The provider by which the person signs in; empty for a password.",
    )
    oidc_subject = models.CharField(
        "subject",
        max_length=255,
        blank=True,
        default="",
        help_text="Who the person is to that provider.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                name="user_oidc_identity_unique",
                fields=["oidc_issuer", "oidc_subject"],
                condition=~Q(oidc_subject=""),
                violation_error_message="Another account has this identity.",
            ),
        ]


class Membership(models.Model):
    """What a person with an account does for an organisation.

    Who has one may enter the admin. Those that claims gave are renewed at every sign-in
    by OpenID Connect; the others stay until they are taken away here.
    """

    user = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="memberships",
        help_text="Whose membership it is.",
    )
    org = models.CharField(
        max_length=40, help_text="The organisation's code, as in addresses: nav."
    )
    role = models.CharField(
        max_length=20, choices=OrgRole.choices, help_text="What the person does there."
    )
    from_claims = models.BooleanField(
        default=False, help_text="Whether a sign-in gave it, so that one takes it away."
    )

    class Meta:
        ordering = ["org", "role", "user_id"]
        constraints = [
            models.UniqueConstraint(
                name="membership_unique",
                fields=["user", "org", "role"],
                violation_error_message="The person has this role there already.",
            ),
            models.CheckConstraint(
                name="membership_role_known",
                condition=Q(role__in=OrgRole.values),
                violation_error_message="There is no such role.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.org}"
