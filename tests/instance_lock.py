"""Helpers of tests about the lock of an instance."""

from typing import Any

from instances.models import Instance
from tests.client import Api

HEADER = "Altinn-Storage-Lock-Token"


def lock_url(instance: Instance) -> str:
    """Return the address of the instance's lock."""
    return f"/storage/api/v1/instances/{instance.instance_id}/lock"


def take(api: Api, instance: Instance, seconds: int = 60) -> dict[str, str]:
    """Take the lock; return the header that shows its token."""
    answer = api.post(lock_url(instance), json={"ttlSeconds": seconds})
    assert answer.status_code == 200, answer.content
    return {HEADER: answer.json()["lockToken"]}


def keep(api: Api, instance: Instance, token: dict[str, str], seconds: int) -> Any:
    """Extend the lock, or give it back."""
    return api.call(
        "PATCH", lock_url(instance), json={"ttlSeconds": seconds}, headers=token
    )
