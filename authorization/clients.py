"""Clients of accountants, auditors and business managers, and agents who act for them.

A client gives packages to an organisation, some of them by registering it in a role.
The organisation passes them on to chosen agents: employees, and system users of agent
kind. What was passed on ends with what it was passed on from.
"""

from datetime import datetime

import structlog
from django.db import transaction

from authorization.choices import ClientRole, SystemUserKind
from authorization.errors import (
    AgentGivenDirectly,
    AgentNotOfOrganisation,
    AgentNotOne,
    ClientNotOfOrganisation,
    PassedOnAlready,
)
from authorization.models import PackageAssignment, RoleAssignment, SystemUser
from authorization.packages import PACKAGES_OF_CLIENT_ROLES
from parties.models import Party, Profile

log = structlog.get_logger()


@transaction.atomic
def register_client(
    *, client: Party, organisation: Party, role: ClientRole, by: str
) -> None:
    """Give the organisation the packages of its role for the client.

    Those that it has already become packages of the role.
    """
    for package in PACKAGES_OF_CLIENT_ROLES[role]:
        PackageAssignment.objects.update_or_create(
            from_party=client,
            to_party=organisation,
            package=package,
            via=None,
            defaults={"client_role": role},
            create_defaults={"client_role": role, "performed_by": by},
        )
    log.info(
        "client_registered", client=client.pk, organisation=organisation.pk, role=role
    )


@transaction.atomic
def pass_on(
    *,
    given: PackageAssignment,
    user: Profile | None = None,
    system_user: SystemUser | None = None,
    expires: datetime | None = None,
    by: str,
) -> PackageAssignment:
    """Let an agent of the organisation use a package of its client.

    Raises AgentNotOne, ClientNotOfOrganisation, AgentNotOfOrganisation and
    PassedOnAlready.
    """
    check_agent(given=given, user=user, system_user=system_user)
    passed_on = PackageAssignment.objects.create(
        user=user,
        system_user=system_user,
        from_party_id=given.from_party_id,
        package=given.package,
        via=given,
        expires=expires,
        performed_by=by,
    )
    log.info("client_package_passed_on", assignment=passed_on.pk, via=given.pk)
    return passed_on


def check_agent(
    *,
    given: PackageAssignment,
    user: Profile | None,
    system_user: SystemUser | None,
    changing: int | None = None,
) -> None:
    """Raise what ``pass_on`` does, unless the package may be passed on to the agent.

    ``changing`` is the key of what was passed on already and is being changed.
    """
    if (user is None) == (system_user is None):
        raise AgentNotOne
    organisation = given.to_party_id
    registered = PackageAssignment.objects.filter(
        from_party_id=given.from_party_id, to_party_id=organisation
    ).exclude(client_role="")
    if organisation is None or not registered.exists():
        raise ClientNotOfOrganisation(client=given.from_party_id)
    if user is not None:
        held = RoleAssignment.objects.held_by(user.pk)
        if not held.filter(party_id=organisation).exists():
            raise AgentNotOfOrganisation(agent=f"user {user.pk}", party=organisation)
    if system_user is not None and (
        system_user.party_id != organisation or system_user.kind != SystemUserKind.AGENT
    ):
        raise AgentNotOfOrganisation(
            agent=f"system user {system_user.pk}", party=organisation
        )
    same = PackageAssignment.objects.filter(
        via=given, user=user, system_user=system_user
    )
    if same.exclude(pk=changing or 0).exists():
        raise PassedOnAlready


def check_not_agent(system_user: SystemUser | None) -> None:
    """Raise AgentGivenDirectly for a system user that acts for clients alone."""
    if system_user is not None and system_user.kind == SystemUserKind.AGENT:
        raise AgentGivenDirectly(system_user=system_user.pk)
