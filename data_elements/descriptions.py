"""What the application API changes of an element's description: tags and metadata.

The instance's row lock makes two changes come one after the other, so that of two tags
added at once none is lost.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone

from common.errors import Conflict
from common.transactions import atomic
from data_elements.errors import DataElementLocked, DataElementNotFound
from data_elements.models import DataElement
from data_elements.services import WriteRules
from instances import locks
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()

MOST_TAGS = 100


class TooManyTags(Conflict):
    """The element has as many tags as it may have; remove one of them first."""

    code = "too-many-tags"
    detail = "Data element {element_id} has {most} tags, the most that it may have."


def add_tag(
    principal: Principal, *, element: DataElement, tag: str, rules: WriteRules
) -> None:
    """Add a tag, unless it is there already.

    Raises TooManyTags, DataElementLocked and InstanceChanged.
    """

    def with_it(tags: Sequence[str]) -> list[str]:
        if tag not in tags and len(tags) >= MOST_TAGS:
            raise TooManyTags(element_id=element.pk, most=MOST_TAGS)
        return [*tags, tag] if tag not in tags else list(tags)

    _change(principal, element=element, column="tags", change=with_it, rules=rules)


def set_tags(
    principal: Principal,
    *,
    element: DataElement,
    tags: Sequence[str],
    rules: WriteRules,
) -> None:
    """Replace the tags; raises DataElementLocked and InstanceChanged."""
    _change(
        principal,
        element=element,
        column="tags",
        change=lambda _: list(tags),
        rules=rules,
    )


def remove_tag(
    principal: Principal, *, element: DataElement, tag: str, rules: WriteRules
) -> None:
    """Remove a tag, if it is there; raises DataElementLocked and InstanceChanged."""
    _change(
        principal,
        element=element,
        column="tags",
        change=lambda tags: [one for one in tags if one != tag],
        rules=rules,
    )


def set_user_metadata(
    principal: Principal,
    *,
    element: DataElement,
    values: Sequence[dict[str, Any]],
    rules: WriteRules,
) -> None:
    """Replace the metadata that users define.

    Raises DataElementLocked and InstanceChanged.
    """
    _change(
        principal,
        element=element,
        column="user_defined_metadata",
        change=lambda _: list(values),
        rules=rules,
    )


def _change(
    principal: Principal,
    *,
    element: DataElement,
    column: str,
    change: Callable[[list[Any]], list[Any]],
    rules: WriteRules,
) -> None:
    """Change a column that holds a list; what is as it is to be is not written."""
    now = timezone.now()
    there = getattr(element, column) or []
    if change(there) == there:
        _ensure_changeable(principal, element, rules, now)
        return
    with atomic():
        instances.update(
            principal, instance=element.instance, now=now, guard=rules.guard
        )
        rows = DataElement.objects.filter(pk=element.pk, deleted_at__isnull=True)
        found = rows.values_list(column, "locked_at").first()
        if found is None:
            raise DataElementNotFound(element_id=element.pk)
        present, locked_at = found
        if locked_at is not None:
            raise DataElementLocked(element_id=element.pk)
        changed = change(present or [])
        values = {column: changed, "last_changed": now}
        rows.update(**values, last_changed_by=principal.id)
    for name, value in values.items():
        setattr(element, name, value)
    log.info("data_element_described", element=str(element.pk), column=column)


def _ensure_changeable(
    principal: Principal, element: DataElement, rules: WriteRules, now: datetime
) -> None:
    """Raise what a change would: what has nothing to write is refused all the same."""
    owner = element.instance
    if not Instance.objects.filter(rules.guard, pk=owner.pk).exists():
        raise locks.refusal(principal, instance=owner, now=now)
    if element.is_locked:
        raise DataElementLocked(element_id=element.pk)
