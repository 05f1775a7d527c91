"""Bringing system users in, with the rights that a test register gives them."""

from collections.abc import Iterable

from django.db import transaction

from authorization.models import Delegation, SystemUser
from parties.models import Party
from parties.seed_folder import SystemUserSeed

_BATCH = 500


@transaction.atomic
def import_system_users(rows: Iterable[SystemUserSeed]) -> None:
    """Store system users, and delegate to each its actions for its own organisation.

    In every application, as the local test platform does. Nothing is taken away. The
    organisations must be in the register.
    """
    seeds = tuple(rows)
    numbers = {seed.org_number for seed in seeds}
    parties = dict(
        Party.objects.filter(org_number__in=numbers).values_list("org_number", "id")
    )
    SystemUser.objects.bulk_create(
        (
            SystemUser(
                id=seed.id,
                party_id=parties[seed.org_number],
                system_id=seed.system_id,
                name=seed.name,
            )
            for seed in seeds
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["party", "system_id", "name"],
    )
    Delegation.objects.bulk_create(
        (
            Delegation(
                system_user_id=seed.id,
                from_party_id=parties[seed.org_number],
                action=action,
            )
            for seed in seeds
            for action in seed.actions
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,  # the rights that are there already
    )
