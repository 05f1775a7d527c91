"""Who may enter the admin for which organisation, and the accounts behind it."""

import hashlib
from collections.abc import Mapping

import structlog
from django.contrib.auth.hashers import make_password
from django.db import transaction

from parties.choices import OrgRole
from parties.models import User
from parties.oidc_config import OidcConfig

log = structlog.get_logger()

_RANKS = [OrgRole.VIEWER, OrgRole.CASE_WORKER, OrgRole.ADMINISTRATOR]  # least first
_LONGEST = 150  # of names in Django's table; of addresses it holds more
# Which claims describe the person; they decide nothing.
_DESCRIBED = {"first_name": "given_name", "last_name": "family_name", "email": "email"}


@transaction.atomic
def signed_in_account(config: OidcConfig, claims: Mapping[str, object]) -> User | None:
    """Return the account of who signed in, made at the first time.

    Its memberships become those that the claims give. None for somebody who has none
    then, or whose account is disabled: no account is made for a stranger, and one that
    is there keeps nothing that claims gave it.
    """
    given = config.memberships(claims)
    # A name or an address could be anybody's at another provider.
    identity = {"oidc_issuer": config.issuer, "oidc_subject": str(claims["sub"])}
    accounts = User.objects.select_for_update()
    if given:
        name, password = _name(identity), make_password(None)  # one that fits nothing
        user, _ = accounts.get_or_create(
            **identity, defaults={"username": name, "password": password}
        )
    elif (known := accounts.filter(**identity).first()) is not None:
        user = known
    else:
        return None
    for field, claim in _DESCRIBED.items():
        value = claims.get(claim)
        setattr(user, field, value[:_LONGEST] if isinstance(value, str) else "")
    user.save(update_fields=[*_DESCRIBED])
    _renew(user, given)
    return user if update_staff(user) and user.is_active else None


def orgs_of(user: User) -> dict[OrgRole, frozenset[str]]:
    """Return the organisations in which the account has at least each role.

    A case worker views too, and an administrator does both.
    """
    rows = [(row.org, OrgRole(row.role)) for row in user.memberships.all()]
    return {
        needed: frozenset(
            org for org, role in rows if _RANKS.index(role) >= _RANKS.index(needed)
        )
        for needed in _RANKS
    }


def update_staff(user: User) -> bool:
    """Let in who has a membership, and superusers; return whether the user is in."""
    user.is_staff = user.is_superuser or user.memberships.exists()
    user.save(update_fields=["is_staff"])
    return user.is_staff


def _renew(user: User, given: set[tuple[str, OrgRole]]) -> None:
    kept: set[tuple[str, str]] = set()
    for row in user.memberships.all():
        if row.from_claims and (row.org, row.role) not in given:
            row.delete()
            log.info("membership_ended", user=user.pk, org=row.org, role=row.role)
        else:
            kept.add((row.org, row.role))
    for org, role in sorted(given - kept):
        user.memberships.create(org=org, role=role, from_claims=True)
        log.info("membership_given", user=user.pk, org=org, role=role)


def _name(identity: Mapping[str, str]) -> str:
    """Return a name that nobody can choose, so that it is no other account's."""
    digest = hashlib.sha256("\n".join(identity.values()).encode()).hexdigest()
    return f"openid-{digest[:24]}"
