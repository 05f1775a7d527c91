"""Tables of the register, and the accounts of the admin."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from parties.choices import PartyType, UserType
from parties.querysets import PartyQuerySet, ProfileQuerySet


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


class User(AbstractUser):
    """An account for the admin; it has nothing to do with the users of the register."""
