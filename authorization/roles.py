"""Bringing role assignments in."""

from collections.abc import Iterable

from django.db import transaction

from authorization.models import RoleAssignment
from parties.seed_folder import RoleRow

_BATCH = 500


@transaction.atomic
def import_roles(rows: Iterable[RoleRow]) -> int:
    """Add the roles that are not assigned yet and return how many that were.

    Nothing is taken away. Users and parties must be in the register.
    """
    wanted = {(row.user_id, row.party_id, row.role_code.casefold()) for row in rows}
    users = {user_id for user_id, _, _ in wanted}
    stored = RoleAssignment.objects.filter(user_id__in=users).values_list(
        "user_id", "party_id", "role_code"
    )
    missing = sorted(wanted - set(stored))
    RoleAssignment.objects.bulk_create(
        (
            RoleAssignment(user_id=user_id, party_id=party_id, role_code=code)
            for user_id, party_id, code in missing
        ),
        batch_size=_BATCH,
        ignore_conflicts=True,  # the same import may run twice at once
    )
    return len(missing)
