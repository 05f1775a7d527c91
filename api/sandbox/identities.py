"""From what a call asks to the claims of a test token: who is in the register."""

import enum

from api.sandbox.errors import (
    TestOrgUnknown,
    TestParameterInvalid,
    TestSystemUserUnknown,
    TestUserReal,
    TestUserUnknown,
)
from api.sandbox.parameters import Asked
from apps_registry.models import Org
from authorization.models import SystemUser
from parties.choices import UserType
from parties.issued_claims import (
    organisation_claims,
    platform_claims,
    service_owner_claims,
    system_user_claims,
    user_claims,
)
from parties.models import Profile
from parties.numbers import (
    ORG_NUMBER_LENGTH,
    has_digits,
    is_synthetic_ssn,
    is_valid_ssn,
    whole_number,
)

Claims = dict[str, object]

USER_SCOPE = "altinn:portal/enduser"
INSTANCE_SCOPES = "altinn:instances.read altinn:instances.write"
OWNER_READ_SCOPE = "altinn:serviceowner/instances.read"
OWNER_SCOPES = f"{OWNER_READ_SCOPE} altinn:serviceowner/instances.write"


class IdentityKind(enum.IntEnum):
    """The kinds of test identity, with the numbers that clients name them by."""

    User = 1
    SelfIdentifiedUser = 2
    Org = 3
    SystemUser = 4
    ServiceOwner = 5


def claims_of_kind(asked: Asked) -> Claims:
    """Return the claims of a token of the kind in ``type``, by number or name."""
    expected = ", ".join(f"{kind.value} {kind.name}" for kind in IdentityKind)
    text = asked.required("type", f"one of {expected}")
    known = {kind.name.lower(): kind for kind in IdentityKind}
    known |= {str(kind.value): kind for kind in IdentityKind}
    match known.get(text.lower()):
        case IdentityKind.User:
            return user(asked)
        case IdentityKind.SelfIdentifiedUser:
            return self_identified(asked)
        case IdentityKind.Org:
            return organisation(asked)
        case IdentityKind.SystemUser:
            return system_user(asked)
        case IdentityKind.ServiceOwner:
            return service_owner(asked, scope=OWNER_SCOPES)
    raise TestParameterInvalid(name="type", value=text, expected=f"one of {expected}")


def user(asked: Asked, *, scope: str = USER_SCOPE) -> Claims:
    """Return the claims of the user in ``userId``; ``partyId`` is the user's own."""
    text = asked.required("userId", "the id of a user")
    profile = _profile(text)
    stated = asked.number("partyId")
    if stated is not None and stated != profile.party_id:
        expected = f"the own party of user {profile.pk}, which is {profile.party_id}"
        raise TestParameterInvalid(name="partyId", value=str(stated), expected=expected)
    level = asked.level(default=2)
    return _of_profile(profile, level=level, scope=asked.text("scope", scope))


def self_identified(asked: Asked) -> Claims:
    """Return the claims of the self-identified user in ``username``, at level 0."""
    name = asked.required("username", "the name of a self-identified user")
    profile = (
        Profile.objects.with_user_name(name)
        .with_party()
        .filter(user_type=UserType.SELF_IDENTIFIED)
        .first()
    )
    if profile is None:
        raise TestUserUnknown(user=f"{name!r} that is self-identified")
    claims = _of_profile(profile, level=0, scope=asked.text("scope", USER_SCOPE))
    identifier = f"urn:altinn:person:legacy-selfidentified:{profile.user_name}"
    urn = profile.party.external_urn or identifier
    return {**claims, "urn:altinn:party:external-identifier": urn}


def self_registered(asked: Asked) -> Claims:
    """Return the claims of the user who registered with the address in ``email``."""
    email = asked.required("email", "the e-mail address of a self-registered user")
    urn = f"urn:altinn:person:idporten-email:{email.lower()}"
    profile = Profile.objects.filter(party__external_urn=urn).with_party().first()
    if profile is None:
        raise TestUserUnknown(user=f"with the e-mail address {email!r}")
    return {
        **_of_profile(profile, level=0, scope=asked.text("scope", USER_SCOPE)),
        "acr": "selfregistered-email",
        "urn:altinn:authenticatemethod": "IdportenEpost",
        "urn:altinn:party:external-identifier": urn,
    }


def enterprise_user(asked: Asked) -> Claims:
    """Return the claims of the user in ``userId`` as an enterprise's (``orgNumber``).

    Such tokens are not issued any more, and are still taken as those of users.
    """
    profile = _profile(asked.required("userId", "the id of a user"))
    level = asked.level(default=3)
    return {
        **_of_profile(profile, level=level, scope=asked.text("scope", INSTANCE_SCOPES)),
        "urn:altinn:orgNumber": asked.org_number("orgNumber"),
        "urn:altinn:authenticatemethod": "virksomhetsbruker",
    }


def organisation(asked: Asked) -> Claims:
    """Return the claims of the organisation in ``orgNumber``."""
    number = asked.org_number("orgNumber")
    scope = asked.text("scope", INSTANCE_SCOPES)
    return organisation_claims(org_number=number, scope=scope)


def service_owner(asked: Asked, *, scope: str) -> Claims:
    """Return the claims of the service owner in ``org``, or in ``orgNumber``."""
    org = asked.text("org")
    if org:
        row = Org.objects.filter(code=org).first()
    else:
        number = asked.org_number("orgNumber")
        row = Org.objects.filter(org_number=number).first()
    if row is None:
        raise TestOrgUnknown(org=repr(org or asked.text("orgNumber")))
    given = asked.org_number("orgNumber") if asked.text("orgNumber") else ""
    return service_owner_claims(
        org=row.code,
        org_number=given or row.org_number,
        scope=asked.text("scope", scope),
        level=asked.level(default=3),
    )


def system_user(asked: Asked) -> Claims:
    """Return the claims of the system user in ``systemUserId``, of ``systemId``."""
    row_id = asked.uuid("systemUserId")
    system_id = asked.required("systemId", "the id of the system")
    row = (
        SystemUser.objects.select_related("party")
        .filter(pk=row_id, system_id=system_id)
        .first()
    )
    if row is None:
        raise TestSystemUserUnknown(system_user=f"{row_id} of {system_id!r}")
    org_number = row.party.org_number
    vendor = system_id.partition("_")[0]
    return system_user_claims(
        system_user_id=str(row.pk),
        system_id=system_id,
        org_number=org_number,
        vendor_number=vendor if _is_org_number(vendor) else org_number,
        scope=asked.text("scope", INSTANCE_SCOPES),
    )


def stated_system_user(asked: Asked) -> Claims:
    """Return the claims of a system user as the call states all of it."""
    return system_user_claims(
        system_user_id=str(asked.uuid("systemUserId")),
        system_id=asked.required("systemId", "the id of the system"),
        org_number=asked.org_number("systemUserOrgNumber"),
        vendor_number=asked.org_number("supplierOrgNumber"),
        scope=asked.text("scope", INSTANCE_SCOPES),
    )


def platform(asked: Asked) -> Claims:
    """Return the claims of a platform access token of the component in ``app``."""
    return platform_claims(app=asked.required("app", "the name of the component"))


def _profile(user_id: str) -> Profile:
    number = whole_number(user_id)
    if number is None:
        raise TestUserUnknown(user=user_id)
    profile = Profile.objects.with_party().filter(pk=number).first()
    if profile is None:
        raise TestUserUnknown(user=user_id)
    return profile


def _of_profile(profile: Profile, *, level: int, scope: str) -> Claims:
    ssn = profile.party.ssn
    # Numbers with wrong check digits, which some registers of tests have, are nobody's.
    if is_valid_ssn(ssn) and not is_synthetic_ssn(ssn):
        raise TestUserReal(user=profile.pk)
    return user_claims(
        user_id=profile.pk,
        party_id=profile.party_id,
        username=profile.user_name,
        level=level,
        party_uuid=str(profile.party.uuid or ""),
        scope=scope,
    )


def _is_org_number(text: str) -> bool:
    return has_digits(text, ORG_NUMBER_LENGTH)
