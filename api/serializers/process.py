"""The process state document, and the application API's richer one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from api.serializers.limits import NAME, stated
from api.serializers.spelling import Spelling
from common.times import wire_time


class ValidationStatusSerializer(serializers.Serializer[object]):
    """Whether the task was found complete, and when."""

    timestamp = serializers.DateTimeField(allow_null=True, required=False)
    canCompleteTask = serializers.BooleanField()


class ProcessElementSerializer(serializers.Serializer[object]):
    """The task that the process stands in."""

    flow = serializers.IntegerField(allow_null=True, required=False)
    started = serializers.DateTimeField(allow_null=True, required=False)
    elementId = serializers.CharField(allow_null=True, required=False)
    name = serializers.CharField(allow_null=True, required=False)
    altinnTaskType = serializers.CharField(allow_null=True, required=False)
    ended = serializers.DateTimeField(allow_null=True, required=False)
    validated = ValidationStatusSerializer(allow_null=True, required=False)
    flowType = serializers.CharField(allow_null=True, required=False)


class TransitionErrorSerializer(serializers.Serializer[object]):
    """Why the last attempt failed: a stable code, and a sentence."""

    code = serializers.CharField()
    detail = serializers.CharField()


class TransitionSerializer(serializers.Serializer[object]):
    """What the server does by itself in a service task, and how that stands.

    `idle`: nothing, it is somebody's turn. `running`: it is done now, or waits for its
    next attempt at `dueAt`. `failed`: it was given up after `attempt` attempts;
    `process/next` begins anew.
    """

    state = serializers.ChoiceField(choices=["idle", "running", "failed"])
    attempt = serializers.IntegerField(allow_null=True, required=False)
    lastError = TransitionErrorSerializer(allow_null=True, required=False)
    dueAt = serializers.DateTimeField(allow_null=True, required=False)


class ProcessStateSerializer(serializers.Serializer[object]):
    """Where the process stands."""

    started = serializers.DateTimeField(allow_null=True, required=False)
    startEvent = serializers.CharField(allow_null=True, required=False)
    currentTask = ProcessElementSerializer(allow_null=True, required=False)
    ended = serializers.DateTimeField(allow_null=True, required=False)
    endEvent = serializers.CharField(allow_null=True, required=False)
    transition = TransitionSerializer(required=False)


class StatedTaskSerializer(ProcessElementSerializer):
    """A task as an application's backend states it."""

    flow = serializers.IntegerField(
        allow_null=True, required=False, min_value=0, max_value=2**31 - 1
    )
    elementId = serializers.CharField(max_length=128)
    name = stated(NAME)
    altinnTaskType = stated(128)
    flowType = stated(128)


class StatedProcessSerializer(ProcessStateSerializer):
    """A state as an application's backend states it: in a task, or at the end."""

    startEvent = stated(128)
    currentTask = StatedTaskSerializer(allow_null=True, required=False)
    endEvent = stated(128)
    transition = None  # type: ignore[assignment]  # nobody states that

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a process that has ended and stands in a task all the same."""
        if attrs.get("ended") is not None and attrs.get("currentTask"):
            raise serializers.ValidationError(
                {"currentTask": "A process that has ended stands in no task."}
            )
        return attrs


class ProcessInfoSerializer(serializers.Serializer[object]):
    """What a decision point needs to know of an instance."""

    process = ProcessStateSerializer(required=False)
    appId = serializers.CharField()


class UserActionSerializer(serializers.Serializer[object]):
    """An action of the task, and whether the caller may do it."""

    id = serializers.CharField()
    authorized = serializers.BooleanField()
    type = serializers.ChoiceField(choices=["ProcessAction", "ServerAction"])


class AppProcessElementSerializer(ProcessElementSerializer):
    """The current task with what the caller may do there."""

    actions = serializers.DictField(child=serializers.BooleanField())
    userActions = UserActionSerializer(many=True)
    read = serializers.BooleanField()
    write = serializers.BooleanField()
    elementType = serializers.ChoiceField(choices=["Task", "ServiceTask"])


class ProcessTaskSerializer(serializers.Serializer[object]):
    """A task of the process."""

    altinnTaskType = serializers.CharField()
    elementId = serializers.CharField()
    elementType = serializers.ChoiceField(choices=["Task", "ServiceTask"])


class AppProcessStateSerializer(ProcessStateSerializer):
    """Where the process stands, what may be done there, and every task it has."""

    currentTask = AppProcessElementSerializer(allow_null=True, required=False)
    processTasks = ProcessTaskSerializer(many=True)


class ProcessNextSerializer(serializers.Serializer[object]):
    """How to leave the task; without an action the task's usual one."""

    action = serializers.CharField(required=False, allow_null=True)
    actionOnBehalfOf = serializers.CharField(required=False, allow_null=True)


class ProcessHistoryItemSerializer(serializers.Serializer[object]):
    """An event or a task that the process passed."""

    eventType = serializers.CharField(allow_null=True)
    elementId = serializers.CharField(allow_null=True, required=False)
    occured = serializers.DateTimeField(allow_null=True, required=False)
    started = serializers.DateTimeField(allow_null=True, required=False)
    ended = serializers.DateTimeField(allow_null=True, required=False)
    performedBy = serializers.CharField(allow_null=True)


class ProcessHistorySerializer(serializers.Serializer[object]):
    """What the process passed, in order."""

    processHistory = ProcessHistoryItemSerializer(many=True)


STATE = ("started", "startEvent", "currentTask", "ended", "endEvent")
_TASK = (
    "flow",
    "started",
    "elementId",
    "name",
    "altinnTaskType",
    "ended",
    "validated",
    "flowType",
)


IDLE: Final = {"state": "idle"}
_TRANSITION = ("state", "attempt", "lastError", "dueAt")


def process_document(
    stored: Mapping[str, object], spelling: Spelling, *, is_past: bool = False
) -> dict[str, object] | None:
    """Return the process state as stored, with the nulls that the spelling writes.

    Of one that is past nobody asks what the server is doing in it.
    """
    if not stored:
        return None
    document = {name: stored.get(name) for name in STATE}
    if not is_past:
        document["transition"] = transition_document(stored, spelling)
    task = stored.get("currentTask")
    if isinstance(task, Mapping):
        document["currentTask"] = spelling.apply(
            {name: task.get(name) for name in _TASK}
        )
    return spelling.apply(document)


def transition_document(
    stored: Mapping[str, object], spelling: Spelling
) -> dict[str, object]:
    """Return what the server is doing in the task by itself."""
    found = stored.get("transition")
    transition = found if isinstance(found, Mapping) else IDLE
    return spelling.apply({name: transition.get(name) for name in _TRANSITION})


def stored_process(stored: str) -> str:
    """Return the stored text as the storage API writes it, without reading it."""
    if '"transition"' in stored:
        return stored
    return f'{stored.rstrip()[:-1]},"transition":{{"state":"idle"}}}}'


def as_stored(read: Mapping[str, Any]) -> dict[str, object]:
    """Return a state that a serializer has read as an instance stores it."""
    document: dict[str, object] = {}
    for name, value in read.items():
        if isinstance(value, Mapping):
            document[name] = as_stored(value)
        elif isinstance(value, datetime):
            document[name] = wire_time(value)
        elif value not in (None, ""):
            document[name] = value
    return document
