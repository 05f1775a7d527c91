"""Lines of history that callers state, beside those that the services write."""

from django.utils import timezone

from common.transactions import atomic
from instances import services
from instances.errors import EventInstanceMismatch
from instances.history import HistoryEntry, record
from instances.models import Instance, InstanceEvent
from parties.identity import Principal


@atomic()
def record_event(
    principal: Principal,
    *,
    instance: Instance,
    stated_instance_id: str,
    entry: HistoryEntry,
) -> InstanceEvent:
    """Add a line to the history on behalf of the caller, whose name and time it bears.

    The guid of its instance is read in any case of letters. Raises
    EventInstanceMismatch when the body names another instance.
    """
    if stated_instance_id.strip().lower() != instance.instance_id:
        raise EventInstanceMismatch(
            stated=stated_instance_id, instance_id=instance.instance_id
        )
    if instance.unless_changed:
        services.hold_unchanged(principal, instance=instance)
    return record(principal, instance=instance, entries=[entry], now=timezone.now())[0]
