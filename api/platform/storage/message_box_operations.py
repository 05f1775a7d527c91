"""What the document says of the message box."""

from api.operations import APP, Answers, Operation, Table
from api.platform.storage.message_box import MessageBoxViewSet
from api.serializers.message_box import (
    MessageBoxEventSerializer,
    MessageBoxInstanceSerializer,
    MessageBoxQuerySerializer,
)

_DONE: Answers = {200: {"type": "boolean", "const": True}}

MESSAGE_BOX_OPERATIONS: Table = {
    MessageBoxViewSet: {
        "search": Operation(
            "message_box_search",
            "Message box",
            {200: MessageBoxInstanceSerializer(many=True)},
            MessageBoxQuerySerializer,
            ("continuation-token-invalid",),
        ),
        "retrieve": Operation(
            "message_box_retrieve",
            "Message box",
            {200: MessageBoxInstanceSerializer},
            problems=APP,
        ),
        "events": Operation(
            "message_box_events",
            "Message box",
            {200: MessageBoxEventSerializer(many=True)},
        ),
        "undelete": Operation(
            "message_box_undelete",
            "Message box",
            _DONE,
            problems=("instance-purged", "instance-changed"),
        ),
        "destroy": Operation(
            "message_box_destroy",
            "Message box",
            _DONE,
            problems=(*APP, "deletion-prevented", "instance-changed"),
        ),
    },
}
