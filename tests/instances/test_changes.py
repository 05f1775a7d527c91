"""Changes of an instance that meet another change on its way."""

from datetime import timedelta

import pytest

from instances import services as instances
from instances.choices import ReadStatus
from instances.errors import InstanceChanged
from instances.models import Instance
from tests.cast import SOPHIE_PRINCIPAL
from tests.factories import now, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def test_a_change_is_later_than_any_before_it(instance: Instance) -> None:
    """performance.md §4: who polls by lastChanged misses none"""
    other = now() + timedelta(seconds=5)  # of a change that began later and was faster
    Instance.objects.filter(pk=instance.pk).update(last_changed=other)
    instances.update(SOPHIE_PRINCIPAL, instance=instance, now=now(), substatus={})
    assert reread(instance).last_changed == other + timedelta(microseconds=1)
    assert instance.last_changed == other + timedelta(microseconds=1)


def test_what_was_archived_meanwhile_is_not_deleted(instance: Instance) -> None:
    """S-105: the app may have to keep it now"""
    Instance.objects.filter(pk=instance.pk).update(archived_at=now())
    for hard in (False, True):
        with pytest.raises(InstanceChanged):
            instances.delete(
                SOPHIE_PRINCIPAL, instance=instance, hard=hard, prevent_days=7
            )
    row = reread(instance)
    assert (row.soft_deleted_at, row.hard_deleted_at) == (None, None)


def test_a_read_status_set_meanwhile_stays(instance: Instance) -> None:
    """storage-api.md §6.4: a stale status is not written over a newer one"""
    Instance.objects.filter(pk=instance.pk).update(read_status=ReadStatus.UNREAD)
    instances.change_read_status(
        instance=instance,
        before=ReadStatus.READ,
        after=ReadStatus.UPDATED_SINCE_LAST_REVIEW,
    )
    assert reread(instance).read_status == ReadStatus.UNREAD
