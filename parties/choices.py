"""Kinds of party and user, with the register's own numbers as values."""

from django.db import models


class PartyType(models.IntegerChoices):
    """What a party is (the wire's ``partyTypeName``)."""

    PERSON = 1, "Person"
    ORGANISATION = 2, "Organisation"
    SELF_IDENTIFIED = 3, "SelfIdentified"
    SUB_UNIT = 4, "SubUnit"
    BANKRUPTCY_ESTATE = 5, "BankruptcyEstate"


class UserType(models.IntegerChoices):
    """How a user was identified when the register made the user (``userType``)."""

    NONE = 0, "None"
    SSN_IDENTIFIED = 1, "SSNIdentified"
    SELF_IDENTIFIED = 2, "SelfIdentified"
    ENTERPRISE_IDENTIFIED = 3, "EnterpriseIdentified"
    AGENCY_USER = 4, "AgencyUser"
    PSAN = 5, "PSAN"
    PSA = 6, "PSA"


class OrgRole(models.TextChoices):
    """What a person with an account does for an organisation."""

    VIEWER = "viewer", "Viewer"
    CASE_WORKER = "case-worker", "Case worker"
    ADMINISTRATOR = "administrator", "Administrator"
