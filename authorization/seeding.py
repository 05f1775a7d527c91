"""A folder of test identities as one import.

Parties, users, roles, system users and service owners.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from apps_registry.choices import ORG_PATTERN, RESERVED_ORG_CODES
from apps_registry.services import register_org
from authorization.roles import import_roles
from authorization.system_users import import_system_users
from common.errors import Issue
from parties.errors import SeedFolderRefused
from parties.models import Party, Profile
from parties.seed_folder import OrgSeed, RoleRow, SystemUserSeed
from parties.services import ImportReport, load_seed_folder, store_parties


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What an import read and did.

    ``not_read`` names sub-folders that hold something else.
    """

    parties: ImportReport
    roles: int
    roles_added: int
    system_users: int
    orgs: int
    not_read: tuple[str, ...]


def import_seed_folder(path: Path, *, dry_run: bool = False) -> SeedReport:
    """Store a folder of test identities in one transaction.

    Raises SeedFolderRefused with every finding, and stores nothing then. ``dry_run``
    takes everything back in the end.
    """
    folder = load_seed_folder(path)
    with transaction.atomic():
        parties = store_parties(folder)
        issues = [
            *_unknown_holders(folder.roles),
            *_unknown_organisations(folder.system_users),
            *_unusable_codes(folder.orgs),
        ]
        if issues:
            raise SeedFolderRefused(issues=issues, count=len(issues))
        roles_added = import_roles(folder.roles)
        import_system_users(folder.system_users)
        for org in folder.orgs:
            register_org(code=org.code, name=dict(org.name), org_number=org.org_number)
        if dry_run:
            transaction.set_rollback(True)
    return SeedReport(
        parties=parties,
        roles=len(folder.roles),
        roles_added=roles_added,
        system_users=len(folder.system_users),
        orgs=len(folder.orgs),
        not_read=folder.not_read,
    )


def _unknown_holders(rows: Iterable[RoleRow]) -> Iterator[Issue]:
    """Yield a finding for each roles file of a user or party not in the register."""
    holders = {(row.user_id, row.party_id): row.source for row in rows}
    users = {user_id for user_id, _ in holders}
    parties = {party_id for _, party_id in holders}
    users -= set(Profile.objects.filter(pk__in=users).values_list("pk", flat=True))
    parties -= set(Party.objects.filter(pk__in=parties).values_list("pk", flat=True))
    for (user_id, party_id), source in holders.items():
        if user_id in users:
            detail = (
                f"User {user_id} is not in the register; add"
                f" Profile/User/{user_id}.json."
            )
            yield Issue(source, "user-unknown", detail)
        if party_id in parties:
            detail = (
                f"Party {party_id} is not in the register; add"
                f" Register/Party/{party_id}.json."
            )
            yield Issue(source, "party-unknown", detail)


def _unknown_organisations(rows: Iterable[SystemUserSeed]) -> Iterator[Issue]:
    """Yield a finding for each system user whose organisation is not in the register.

    Of a number without a party the file is told and not the number.
    """
    wanted = {row.org_number: row.source for row in rows}
    known = Party.objects.filter(org_number__in=wanted)
    for number in set(wanted) - set(known.values_list("org_number", flat=True)):
        detail = "The system user's organisation is not in the register; add its party."
        yield Issue(wanted[number], "party-unknown", detail)


def _unusable_codes(orgs: Iterable[OrgSeed]) -> Iterator[Issue]:
    for org in orgs:
        if org.code in RESERVED_ORG_CODES or not re.fullmatch(ORG_PATTERN, org.code):
            detail = (
                f"The org code {org.code!r} cannot stand in an address; choose another."
            )
            yield Issue(f"orgs.json#/orgs/{org.code}", "org-code-unusable", detail)
