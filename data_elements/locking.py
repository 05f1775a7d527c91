"""The lock of a data element: while it is set, its content is not changed.

Tasks set it when they end; so may whoever may leave the task, by hand.
"""

import structlog
from django.utils import timezone

from common.transactions import atomic
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances import locks
from parties.identity import Principal

log = structlog.get_logger()


@atomic()
def lock(principal: Principal, *, element: DataElement) -> bool:
    """Lock the element's content; return whether this call locked it.

    That is no change of content: last_changed stays. Raises InstanceLocked and
    DataElementNotFound.
    """
    # First, for every change of an element takes its instance first.
    locks.hold_open(principal, instance=element.instance)
    rows = DataElement.objects.filter(pk=element.pk)
    # Conditional update: of two concurrent callers exactly one gets True.
    locked_now = rows.filter(locked_at__isnull=True).update(
        locked_at=timezone.now(), locked_by=principal.id or str(principal)
    )
    locked = rows.values_list("locked_at", "locked_by").first()
    if locked is None:
        raise DataElementNotFound(element_id=element.pk)
    element.locked_at, element.locked_by = locked
    if locked_now:
        log.info("data_element_locked", element=str(element.pk))
    return locked_now == 1


@atomic()
def unlock(principal: Principal, *, element: DataElement) -> None:
    """Let the content change again; what is not locked stays so.

    Raises InstanceLocked and DataElementNotFound.
    """
    locks.hold_open(principal, instance=element.instance)
    rows = DataElement.objects.filter(pk=element.pk)
    if not rows.update(locked_at=None, locked_by=""):
        raise DataElementNotFound(element_id=element.pk)
    element.locked_at, element.locked_by = None, ""
    log.info("data_element_unlocked", element=str(element.pk))
