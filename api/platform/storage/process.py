"""The process of an instance, as the backend of its application moves it itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import AUTHENTICATED, is_kept_from, require, require_any
from api.platform.storage.base import StorageViewSet
from api.platform.storage.events import (
    EventInstanceMissing,
    EventTypeReserved,
    known_type,
)
from api.serializers.history import (
    ProcessStepSerializer,
    history_document,
    related_user,
)
from api.serializers.process import StatedProcessSerializer, as_stored
from common.errors import Invalid
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from data_elements.rows import elements_of
from instances.choices import InstanceEventType
from instances.errors import InstanceNotFound
from instances.history import HistoryEntry
from instances.models import Instance, InstanceEvent
from process import stated
from process.stated import StatedState

_OF_A_STEP = frozenset(
    {
        InstanceEventType.PROCESS_START_EVENT,
        InstanceEventType.PROCESS_END_EVENT,
        InstanceEventType.PROCESS_START_TASK,
        InstanceEventType.PROCESS_END_TASK,
        InstanceEventType.PROCESS_ABANDON_TASK,
        InstanceEventType.SUBMITED,
        InstanceEventType.SENT_TO_SIGN,
        InstanceEventType.SENT_TO_PAYMENT,
        InstanceEventType.SENT_TO_SEND_IN,
        InstanceEventType.SENT_TO_FORM_FILL,
    }
)


class EventUserInvalid(Invalid):
    """An event names a user, an organisation or a system user as having done it.

    A system user comes with the organisation number of its owner.
    """

    code = "event-user-invalid"
    detail = "Invalid user object in User"


class StepInstanceMissing(EventInstanceMissing):
    """An event of a step names the instance that it is of, as ``{partyId}/{guid}``."""

    detail = "Missing instance ID in InstanceEvent"


class EventOfAnotherInstance(Invalid):
    """An event names another instance than the address; make them equal."""

    code = "event-of-another-instance"
    detail = "Instance ID in InstanceEvent does not match the Instance ID"


class StateMissing(Invalid):
    """The body does not say where the process stands now. Give ``state``."""

    code = "process-state-missing"
    detail = "Invalid instance state"


class ProcessViewSet(StorageViewSet):
    """The process of an instance in storage."""

    # What a step takes depends on the task that it leaves, or leads to.
    actions = {"replace": AUTHENTICATED, "step": AUTHENTICATED, "history": "read"}
    parameters = {"step": ("deleteGeneratedElements",)}
    look_first = frozenset({"replace", "step"})

    def replace(self, request: Request, **kwargs: object) -> Response:
        """Put another state in place of the instance's own."""
        state = _state_of(self.read_input(StatedProcessSerializer))
        instance = self._movable_instance()
        self._require_move(instance, state)
        stated.store(
            self.principal,
            instance=instance,
            definition=self.definition(instance),
            stated=state,
        )
        return Response(self.instance_document(instance))

    def step(self, request: Request, **kwargs: object) -> Response:
        """Put another state in its place, with the events that led to it.

        What was generated from the task entered is removed, unless
        `deleteGeneratedElements=false`.
        """
        keep = self.query.flag("deleteGeneratedElements") is False
        body = self.read_input(ProcessStepSerializer)
        instance, events = self._movable_instance(), body.get("events") or []
        _check_events(events, instance)
        if body.get("state") is None:
            raise StateMissing
        state = _state_of(body["state"])
        self._require_move(instance, state)
        elements = elements_of(instance.pk)
        history = self._history_of(events, instance, elements)
        removable = [] if keep else elements
        kept = stated.store(
            self.principal,
            instance=instance,
            definition=self.definition(instance),
            stated=state,
            history=history,
            elements=removable,
        )
        return Response(self._document(instance, elements if keep else kept))

    def history(self, request: Request, **kwargs: object) -> Response:
        """Show the events and tasks that the process passed."""
        rows = InstanceEvent.objects.of_process(self.get_instance().pk)
        return Response(history_document(rows, self.spelling))

    def _movable_instance(self) -> Instance:
        """Return the instance at the address, unless it is still kept from the caller.

        Raises InstanceNotFound.
        """
        instance = self.existing_instance()
        if is_kept_from(self.principal, instance):
            raise InstanceNotFound(instance_id=instance.instance_id)
        return instance

    def _require_move(self, instance: Instance, state: StatedState) -> None:
        """Raise unless the caller may leave the task, in the way that is stated."""
        if instance.current_task is None:
            # Where it stands is told to nobody who might not change it anyway.
            require(self.roles, resource=instance.resource, action="write")
        definition = self.definition(instance)
        resource, actions = stated.asked_of(definition, instance, state)
        require_any(self.roles, resource=resource, actions=actions)

    def _history_of(
        self,
        events: Sequence[Mapping[str, Any]],
        instance: Instance,
        elements: Sequence[DataElement],
    ) -> list[HistoryEntry]:
        """Return the events in the order that they state; who and when is our word."""
        known = {element.pk for element in elements}
        for event in events:
            if event["eventType"] not in _OF_A_STEP and not self.is_owner(instance):
                raise EventTypeReserved(
                    event_type=event["eventType"], open=", ".join(sorted(_OF_A_STEP))
                )
            if event.get("dataId") and event["dataId"] not in known:
                raise DataElementNotFound(element_id=event["dataId"])
        return [
            HistoryEntry(
                event["eventType"],
                data_id=event.get("dataId"),
                process=as_stored(event.get("processInfo") or {}) or None,
                additional_info=event.get("additionalInfo"),
                related_user=related_user(event),
            )
            for event in sorted(events, key=_stated_time)
        ]

    def _document(
        self, instance: Instance, elements: Sequence[DataElement]
    ) -> dict[str, object]:
        if not self.is_owner(instance):
            elements = [one for one in elements if one.deleted_at is None]
        return self.instance_document(instance, elements)


def _state_of(read: Mapping[str, Any]) -> StatedState:
    task: Mapping[str, Any] = read.get("currentTask") or {}
    return StatedState(
        document=as_stored(read),
        task=task.get("elementId") or "",
        task_type=task.get("altinnTaskType") or "",
        flow_type=task.get("flowType") or "",
        ended=read.get("ended"),
        end_event=read.get("endEvent") or "",
    )


def _check_events(events: Sequence[Mapping[str, Any]], instance: Instance) -> None:
    """Refuse events that could not be of this instance, in the order of the wire."""
    for event in events:
        if not _names_somebody(event.get("user") or {}):
            raise EventUserInvalid
        stated_id = (event.get("instanceId") or "").strip()
        if not stated_id:
            raise StepInstanceMissing
        if stated_id.lower() != instance.instance_id:
            raise EventOfAnotherInstance
        known_type(event["eventType"])


def _names_somebody(user: Mapping[str, Any]) -> bool:
    if user.get("systemUserId"):
        return bool((user.get("systemUserOwnerOrgNo") or "").strip())
    numbers = (user.get("userId"), user.get("endUserSystemId"))
    return any(one is not None for one in numbers) or bool(
        (user.get("orgId") or "").strip()
    )


def _stated_time(event: Mapping[str, Any]) -> tuple[bool, object]:
    """Order by the time stated; those without one happened now."""
    created = event.get("created")
    return created is None, created or 0
