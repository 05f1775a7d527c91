"""What the document says of applications and their texts in storage."""

from api.operations import KNOWN_HEADERS, Answers, Operation, Table
from api.platform.storage.applications import StoredApplicationViewSet
from api.platform.storage.texts import StoredTextViewSet
from api.serializers.applications import (
    ApplicationListSerializer,
    ApplicationSerializer,
    TextResourceSerializer,
)

_CHANGING = ("app-folder-refused", "deployment-conflict")
_LIST: Answers = {200: ApplicationListSerializer, 304: None}
_TEXTS: Answers = {200: TextResourceSerializer}
_NO_TEXTS = ("app-file-not-found", "language-name-invalid")

APPLICATION_OPERATIONS: Table = {
    StoredApplicationViewSet: {
        "list": Operation(
            "applications_list",
            "Applications",
            _LIST,
            headers=KNOWN_HEADERS,
            anonymous=True,
        ),
        "list_of_org": Operation(
            "applications_list_of_org",
            "Applications",
            _LIST,
            problems=("org-invalid",),
            headers=KNOWN_HEADERS,
            anonymous=True,
        ),
        "retrieve": Operation(
            "applications_retrieve",
            "Applications",
            {200: ApplicationSerializer, 304: None},
            headers=KNOWN_HEADERS,
            anonymous=True,
        ),
        "create": Operation(
            "applications_create",
            "Applications",
            {201: ApplicationSerializer},
            ApplicationSerializer,
            (
                "app-id-invalid",
                "app-not-found",
                "app-unreadable",
                "instances-stranded",
                *_CHANGING,
            ),
        ),
        "update": Operation(
            "applications_update",
            "Applications",
            {200: ApplicationSerializer},
            ApplicationSerializer,
            (
                "app-id-invalid",
                "app-id-mismatch",
                "org-mismatch",
                "instances-stranded",
                *_CHANGING,
            ),
        ),
        "destroy": Operation(
            "applications_destroy",
            "Applications",
            {200: ApplicationSerializer},
            problems=_CHANGING,
        ),
    },
    StoredTextViewSet: {
        "retrieve": Operation(
            "texts_retrieve",
            "Texts",
            {**_TEXTS, 304: None},
            problems=(*_NO_TEXTS, "app-file-unreadable"),
            headers=KNOWN_HEADERS,
        ),
        "create": Operation(
            "texts_create",
            "Texts",
            _TEXTS,
            TextResourceSerializer,
            ("language-name-invalid", *_CHANGING),
        ),
        "update": Operation(
            "texts_update",
            "Texts",
            _TEXTS,
            TextResourceSerializer,
            (*_NO_TEXTS, "language-mismatch", *_CHANGING),
        ),
        "destroy": Operation(
            "texts_destroy", "Texts", {200: None}, problems=(*_NO_TEXTS, *_CHANGING)
        ),
    },
}
