"""What the document says of tags and metadata, and of addresses to return to."""

from drf_spectacular.types import OpenApiTypes

from api.application.descriptions import (
    DescriptionViewSet,
    TagsSerializer,
    TagsSetSerializer,
    UserDefinedMetadataSerializer,
)
from api.application.redirects import RedirectViewSet
from api.operations import JSON_BODY, Answers, Operation, Table

_CHANGING = (
    "data-type-unknown",
    "data-type-generated",
    "contributor-not-allowed",
    "data-type-of-other-task",
    "instance-not-active",
    "instance-changed",
    "no-current-task",
    "data-element-locked",
)
_METADATA: Answers = {200: UserDefinedMetadataSerializer}

DESCRIPTION_OPERATIONS: Table = {
    RedirectViewSet: {
        "check": Operation(
            "redirect_check",
            "Parties",
            {(200, "text/plain"): OpenApiTypes.STR},
            problems=("redirect-url-empty", "redirect-url-unreadable"),
            anonymous=True,
        ),
    },
    DescriptionViewSet: {
        "tags": Operation("tags_list", "Data", {200: TagsSerializer}),
        "add_tag": Operation(
            "tags_create",
            "Data",
            {201: TagsSerializer},
            {"application/json": {"type": "string"}},
            (*JSON_BODY, *_CHANGING, "tag-invalid", "too-many-tags"),
        ),
        "set_tags": Operation(
            "tags_update",
            "Data",
            {200: TagsSetSerializer},
            TagsSerializer,
            (*_CHANGING, "tag-invalid", "too-many-tags"),
        ),
        "remove_tag": Operation("tags_destroy", "Data", {204: None}, None, _CHANGING),
        "metadata_of_users": Operation("metadata_retrieve", "Data", _METADATA),
        "set_metadata_of_users": Operation(
            "metadata_update",
            "Data",
            _METADATA,
            UserDefinedMetadataSerializer,
            (*_CHANGING, "metadata-keys-twice", "metadata-keys-not-allowed"),
        ),
    },
}
