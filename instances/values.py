"""What an application shows of an instance in lists, and keeps of it to find it by."""

from collections.abc import Mapping

import structlog
from django.utils import timezone

from common.errors import Phrase
from common.transactions import atomic
from instances import locks
from instances.errors import InstanceChanged, TooManyValues
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.identity import Principal

log = structlog.get_logger()

Changes = Mapping[str, str | None]

MOST = 100
_NAMES = {
    "presentation_texts": Phrase("presentation texts"),
    "data_values": Phrase("data values"),
}


@atomic()
def merge(
    principal: Principal,
    *,
    instance: Instance,
    presentation_texts: Changes | None = None,
    data_values: Changes | None = None,
) -> None:
    """Set what is given, remove what is given as null or empty, and keep the rest.

    It is no change of the instance and no event. Raises InstanceLocked and
    TooManyValues.
    """
    now = timezone.now()
    # The row is held, so of two at once neither loses what the other sets.
    held = locks.held_open(principal, instance=instance, now=now)
    if not _read(instance, held):
        raise locks.refusal(principal, instance=instance, now=now)
    values = {
        "presentation_texts": _merged(instance.presentation_texts, presentation_texts),
        "data_values": _merged(instance.data_values, data_values),
    }
    for name, after in values.items():
        if after is not None and len(after) > MOST:
            raise TooManyValues(what=_NAMES[name], count=len(after))
        setattr(instance, name, after)
    Instance.objects.filter(pk=instance.pk).update(**values)
    log.info("instance_values_merged", instance=str(instance.pk))


def refresh(instance: Instance) -> None:
    """Read both as they are now, for a caller whose transaction holds the row."""
    if not _read(instance, Instance.objects.filter(pk=instance.pk)):
        raise InstanceChanged(instance_id=instance.instance_id)


def merged(before: Mapping[str, str] | None, changes: Changes) -> dict[str, str] | None:
    """Return the values after the changes; None and an empty mapping stay as is."""
    if not changes:
        return None if before is None else dict(before)
    values: dict[str, str | None] = {**(before or {}), **changes}
    return {name: value for name, value in values.items() if value is not None}


def _merged(
    before: Mapping[str, str] | None, changes: Changes | None
) -> dict[str, str] | None:
    """The same where an empty text, too, removes."""
    return merged(
        before, {name: text or None for name, text in (changes or {}).items()}
    )


def _read(instance: Instance, rows: InstanceQuerySet) -> bool:
    """Read both from the row, if it is there."""
    for found in rows.values_list("presentation_texts", "data_values"):
        instance.presentation_texts, instance.data_values = found
        return True
    return False
