"""The process state document, and the application API's richer one."""

from collections.abc import Mapping

from rest_framework import serializers

from api.serializers.spelling import Spelling


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


class ProcessStateSerializer(serializers.Serializer[object]):
    """Where the process stands."""

    started = serializers.DateTimeField(allow_null=True, required=False)
    startEvent = serializers.CharField(allow_null=True, required=False)
    currentTask = ProcessElementSerializer(allow_null=True, required=False)
    ended = serializers.DateTimeField(allow_null=True, required=False)
    endEvent = serializers.CharField(allow_null=True, required=False)


class ProcessInfoSerializer(serializers.Serializer[object]):
    """What a decision point needs to know of an instance."""

    process = ProcessStateSerializer(allow_null=True)
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
    elementId = serializers.CharField(allow_null=True)
    occured = serializers.DateTimeField(allow_null=True)
    started = serializers.DateTimeField(allow_null=True)
    ended = serializers.DateTimeField(allow_null=True)
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


def process_document(
    stored: Mapping[str, object], spelling: Spelling
) -> dict[str, object] | None:
    """Return the process state as stored, with the nulls that the spelling writes."""
    if not stored:
        return None
    document = {name: stored.get(name) for name in STATE}
    task = stored.get("currentTask")
    if isinstance(task, Mapping):
        document["currentTask"] = spelling.apply(
            {name: task.get(name) for name in _TASK}
        )
    return spelling.apply(document)
