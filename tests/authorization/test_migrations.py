"""What was delegated before a migration is delegated after it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from authorization.models import Delegation, SystemUser
from parties.models import Party

_GUID = "d111dbab-d619-4f15-bf29-58fe570a9ae6"


@pytest.mark.django_db(transaction=True)
def test_rights_of_system_users_are_kept(committed_sandbox: None) -> None:
    """From system users alone to any recipient, and back"""
    Party.objects.create(pk=700_000, type=2, name="Old")
    room = "authorization"
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes(room)
    try:
        executor.migrate([(room, "0002_system_users_and_delegations")])
        state = executor.loader.project_state(
            [(room, "0002_system_users_and_delegations")]
        )
        state.apps.get_model(room, "SystemUser").objects.create(
            id=_GUID, party_id=700_000, system_id="1_a"
        )
        state.apps.get_model(room, "Delegation").objects.create(
            system_user_id=_GUID, from_party_id=700_000, action="read"
        )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(latest)
    kept = Delegation.objects.get(system_user_id=_GUID)
    assert (kept.action, kept.app_id, kept.task, kept.to_party) == (
        "read",
        "",
        "",
        None,
    )
    assert SystemUser.objects.get(pk=_GUID).kind == "standard"
