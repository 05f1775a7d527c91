"""The message box: an end user's view across applications (storage-api.md §4.11, §5.9).

Which instances it shows and what it lets the caller do with them is said in SQL, for
all rows of a page at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from apps_registry import catalogue
from apps_registry.presentation import presentation_of
from authorization import services as authorization
from authorization.resources import Resource
from authorization.services import RoleLookup
from instances.choices import InstanceEventType
from instances.history import HistoryEntry
from instances.models import Instance, InstanceEvent
from instances.querysets import InstanceQuerySet
from parties.identity import Principal

# The history shows no process state with a deletion by the message box.
DELETED = HistoryEntry(InstanceEventType.DELETED, process={})
_SIGNING = "signing"  # the type of a task in which one signs

# What the message box tells of an instance's history.
SHOWN_EVENTS = (
    InstanceEventType.CREATED,
    InstanceEventType.DELETED,
    InstanceEventType.SAVED,
    InstanceEventType.SUBMITED,
    InstanceEventType.UNDELETED,
    InstanceEventType.SUBSTATUS_UPDATED,
    InstanceEventType.SIGNED,
    InstanceEventType.SENT_TO_SIGN,
    InstanceEventType.SENT_TO_PAYMENT,
    InstanceEventType.SENT_TO_SEND_IN,
    InstanceEventType.SENT_TO_FORM_FILL,
    InstanceEventType.INSTANCE_FORWARDED,
    InstanceEventType.INSTANCE_RIGHT_REVOKED,
    InstanceEventType.NOTIFICATION_SENT_SMS,
    InstanceEventType.MESSAGE_ARCHIVED,
    InstanceEventType.MESSAGE_READ,
)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for in the message box; what is not given matches all."""

    party_ids: tuple[int, ...]
    app_id: str = ""
    active: bool = False
    archived: bool = False
    deleted: bool = False
    from_last_changed: datetime | None = None
    to_last_changed: datetime | None = None
    from_created: datetime | None = None
    to_created: datetime | None = None
    text: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the caller may do with an instance that the message box shows."""

    write: bool
    delete: bool
    sign: bool
    copy: bool


def search(principal: Principal, *, wanted: Search, now: datetime) -> InstanceQuerySet:
    """Return the instances that the caller may read and looks for, newest first.

    Each has ``may_write``, ``may_delete``, ``may_sign`` and ``may_instantiate``.
    """
    narrowed = _by_reference(wanted)
    if narrowed is None:
        return Instance.objects.none()
    app_ids = [wanted.app_id] if wanted.app_id else None
    rows = Instance.objects.visible_to(principal, app_ids=app_ids)
    rows = rows.owned_by_any(wanted.party_ids).not_hard_deleted()
    if app_ids:
        rows = rows.filter(app_id=wanted.app_id)
    if wanted.reference:
        rows = rows.ending_in(wanted.reference)
    if text := wanted.text.strip():
        rows = rows.presented_with(text, or_of_apps=_apps_called(text))
    rows = rows.filter(
        _in_state(narrowed),
        _changed_within(wanted),
        _created_within(wanted),
        Q(visible_after=None) | Q(visible_after__lte=now),
    )
    rows = rows.exclude(_hidden_by_app())
    return rows.in_order(newest_first=True).with_rights(
        principal,
        ("write", "delete", "sign"),
        anew={"instantiate": _apps_that_copy(app_ids)},
        app_ids=app_ids,
    )


def rights_found(instance: Instance) -> Rights:
    """Return the rights that ``search`` has annotated."""
    return _rights(
        instance,
        {
            action: bool(getattr(instance, f"may_{action}"))
            for action in ("write", "delete", "sign", "instantiate")
        },
    )


def rights_on(roles: RoleLookup, *, instance: Instance) -> Rights:
    """Decide what the caller may do with one instance."""
    asked = ("write", "delete", "sign")
    decided = authorization.decide_many(
        roles, resource=instance.resource, actions=asked
    )
    owner = Resource(instance.org, instance.app, party_id=instance.owner_party_id)
    anew = authorization.decide(roles, resource=owner, action="instantiate")
    return _rights(instance, {**decided, "instantiate": anew.permitted})


def _rights(instance: Instance, permitted: Mapping[str, bool]) -> Rights:
    """Return the rights that make sense in the instance's state."""
    definition = catalogue.definition_of(instance.org, instance.app)
    copies = presentation_of(definition).copying.enabled
    return Rights(
        write=permitted["write"],
        delete=permitted["delete"],
        sign=permitted["sign"] and instance.task_type.lower() == _SIGNING,
        copy=permitted["instantiate"] and copies and instance.archived_at is not None,
    )


def told(events: Iterable[InstanceEvent]) -> Iterator[InstanceEvent]:
    """Yield what the message box tells of a history that comes oldest first.

    A new data element is a change that was saved, and of what one caller saved in a row
    the last counts.
    """
    waiting: InstanceEvent | None = None
    for event in events:
        if event.data_id is not None:
            if event.event_type == InstanceEventType.CREATED:
                event.event_type = InstanceEventType.SAVED
            if event.event_type != InstanceEventType.SAVED:
                continue
        if waiting is not None and not _repeats(event, waiting):
            yield waiting
        waiting = event
    if waiting is not None:
        yield waiting


def _repeats(event: InstanceEvent, before: InstanceEvent) -> bool:
    both_saved = event.event_type == before.event_type == InstanceEventType.SAVED
    return both_saved and _subject(event) == _subject(before)


def _subject(event: InstanceEvent) -> object:
    names = ("userId", "orgId", "systemUserId")
    return next((event.actor[name] for name in names if event.actor.get(name)), None)


# --- the conditions of a search -------------------------------------------------------
def _by_reference(wanted: Search) -> Search | None:
    """Return the search as a reference narrows it, None when it can find nothing.

    By its archive reference one finds what is archived or deleted, not what is active.
    """
    if not wanted.reference:
        return wanted
    if wanted.active and not wanted.archived and not wanted.deleted:
        return None
    if wanted.active == wanted.archived == wanted.deleted:
        return replace(wanted, active=False, archived=True, deleted=True)
    return replace(wanted, active=False)


def _in_state(wanted: Search) -> Q:
    """Return the condition of the states that are asked for; all or none is any."""
    if wanted.active == wanted.archived == wanted.deleted:
        return Q()
    kept = Q(soft_deleted_at__isnull=True)
    states = (
        (wanted.active, kept & Q(archived_at__isnull=True)),
        (wanted.archived, kept & Q(archived_at__isnull=False)),
        (wanted.deleted, ~kept),
    )
    return reduce(or_, (state for is_wanted, state in states if is_wanted))


def _changed_within(wanted: Search) -> Q:
    return _within("last_changed", wanted.from_last_changed, wanted.to_last_changed)


def _created_within(wanted: Search) -> Q:
    """Return the span of creation; what is archived counts by its last change."""
    if wanted.from_created is None and wanted.to_created is None:
        return Q()
    span = (wanted.from_created, wanted.to_created)
    active = Q(archived_at__isnull=True) & _within("created", *span)
    return active | Q(archived_at__isnull=False) & _within("last_changed", *span)


def _within(column: str, since: datetime | None, until: datetime | None) -> Q:
    found = Q()
    if since is not None:
        found &= Q(**{f"{column}__gte": since})
    if until is not None:
        found &= Q(**{f"{column}__lte": until})
    return found


def _hidden_by_app() -> Q:
    """Return the condition of what its application keeps out of the message box."""
    always: list[str] = []
    hidden = Q(pk__in=[])
    for app_id, definition in catalogue.all_definitions().items():
        shown = presentation_of(definition)
        if shown.hidden:
            always.append(app_id)
        elif shown.hidden_in:
            hidden |= Q(app_id=app_id, current_task__in=shown.hidden_in)
    return hidden | Q(app_id__in=always)


def _apps_called(text: str) -> list[str]:
    """Return the applications of which a title contains the text."""
    return [
        app_id
        for app_id, definition in catalogue.all_definitions().items()
        if presentation_of(definition).is_called(text)
    ]


def _apps_that_copy(app_ids: Iterable[str] | None) -> list[str]:
    """Return those of the applications in which an archived instance can be copied."""
    return [
        app_id
        for app_id, definition in catalogue.all_definitions().items()
        if presentation_of(definition).copying.enabled
        and (app_ids is None or app_id in app_ids)
    ]
