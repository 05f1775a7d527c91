"""What the document says of each operation that reads an application's files."""

from drf_spectacular.types import OpenApiTypes

from api.application.app_document import TAG as OPENAPI
from api.application.home import HomeViewSet
from api.application.layouts import LayoutViewSet
from api.application.metadata import MetadataViewSet
from api.application.openapi import AppOpenApiViewSet
from api.application.options import DataListViewSet, ExternalApiViewSet, OptionViewSet
from api.application.schemas import SchemaViewSet
from api.application.texts import TextViewSet
from api.operations import KNOWN_HEADERS, Answers, Operation, Table
from api.serializers.applications import (
    ApplicationMetadataSerializer,
    DataListSerializer,
    LanguageSerializer,
    OptionSerializer,
    TextResourceSerializer,
)

_OBJECT = {"type": "object", "additionalProperties": True}
_JSON: Answers = {200: _OBJECT, 304: None}
_MAYBE_JSON: Answers = {200: _OBJECT, 204: None, 304: None}
_XML: Answers = {(200, "text/xml"): OpenApiTypes.BINARY, 304: None}
_UNREADABLE = ("app-file-unreadable",)
_FILE = ("app-file-not-found", *_UNREADABLE)
_BY_APP = ("app-hook-failed", "app-hook-timed-out")
_LIST = (
    "app-refused-list",
    "options-of-instance",
    "code-list-not-found",
    "code-list-unavailable",
    *_BY_APP,
)
_DATA_LIST = ("data-list-not-found", "app-refused-list", *_BY_APP)
_SETTINGS = {"type": "object", "additionalProperties": {"type": "string"}}


def _read(name: str, tag: str, answers: Answers, *problems: str) -> Operation:
    return Operation(
        name, tag, answers, problems=problems, headers=KNOWN_HEADERS, anonymous=True
    )


FILE_OPERATIONS: Table = {
    HomeViewSet: {
        "retrieve": _read(
            "home_retrieve",
            "Application",
            {
                200: ApplicationMetadataSerializer,
                (200, "text/html"): OpenApiTypes.STR,
                302: None,
                304: None,
            },
            "parameter-invalid",
            *_UNREADABLE,
        ),
        "query_parameters": _read(
            "home_query_parameters",
            "Application",
            {(200, "text/html"): OpenApiTypes.STR},
            "app-not-stateless",
            "query-params-unknown",
            *_UNREADABLE,
        ),
    },
    MetadataViewSet: {
        "retrieve": _read(
            "application_retrieve",
            "Application",
            {200: ApplicationMetadataSerializer, 304: None},
            "parameter-invalid",
        ),
        "policy": _read("application_policy", "Application", _XML),
        "process": _read("application_process", "Application", _XML),
        "front_end": _read(
            "application_settings",
            "Application",
            {200: _SETTINGS, 304: None},
            *_UNREADABLE,
        ),
    },
    TextViewSet: {
        "retrieve": _read(
            "texts_retrieve",
            "Texts",
            {200: TextResourceSerializer, 304: None},
            "language-invalid",
            *_FILE,
        ),
        "languages": _read(
            "texts_languages",
            "Texts",
            {200: LanguageSerializer(many=True), 304: None},
            "app-file-not-found",
        ),
    },
    LayoutViewSet: {
        "sets": _read("layouts_sets", "Layouts", _MAYBE_JSON, *_UNREADABLE),
        "without_set": _read(
            "layouts_without_set", "Layouts", {}, "layout-set-missing"
        ),
        "layouts": _read("layouts_retrieve", "Layouts", _JSON, *_FILE),
        "common_settings": _read(
            "layouts_settings", "Layouts", _MAYBE_JSON, *_UNREADABLE
        ),
        "settings_of_set": _read(
            "layouts_settings_of_set", "Layouts", _MAYBE_JSON, *_FILE
        ),
        "rule_handler": _read(
            "layouts_rule_handler",
            "Layouts",
            {(200, "text/javascript"): OpenApiTypes.BINARY, 204: None, 304: None},
            "app-file-not-found",
        ),
        "rule_configuration": _read(
            "layouts_rule_configuration", "Layouts", _MAYBE_JSON, *_FILE
        ),
        "footer": _read("layouts_footer", "Layouts", _MAYBE_JSON, *_UNREADABLE),
    },
    SchemaViewSet: {
        "json_schema": _read("schemas_json", "Schemas", _JSON, *_FILE),
        "xml_schema": _read(
            "schemas_xml",
            "Schemas",
            {(200, "application/xml"): OpenApiTypes.BINARY, 304: None},
            "app-file-not-found",
        ),
        "validation": _read("schemas_validation", "Schemas", _MAYBE_JSON, *_FILE),
    },
    OptionViewSet: {
        "retrieve": _read(
            "options_retrieve",
            "Options",
            {200: OptionSerializer(many=True), 304: None},
            *_FILE,
            *_LIST,
        ),
        "retrieve_for_instance": Operation(
            "options_retrieve_for_instance",
            "Options",
            {200: OptionSerializer(many=True)},
            problems=(*_FILE, *_LIST),
        ),
    },
    DataListViewSet: {
        "retrieve": _read(
            "data_lists_retrieve", "Options", {200: DataListSerializer}, *_DATA_LIST
        ),
        "retrieve_for_instance": Operation(
            "data_lists_retrieve_for_instance",
            "Options",
            {200: DataListSerializer},
            problems=_DATA_LIST,
        ),
    },
    ExternalApiViewSet: {
        "retrieve": Operation(
            "external_apis_retrieve",
            "Options",
            {200: OpenApiTypes.ANY, 204: None},
            problems=(
                "external-api-unknown",
                "app-refused-action-input",
                "app-refused-action",
                "app-refused-action-caller",
                "external-api-forbidden",
                "external-api-found-nothing",
                "external-api-unavailable",
                *_BY_APP,
            ),
        ),
    },
    AppOpenApiViewSet: {
        "document": _read("openapi_retrieve", OPENAPI, _JSON, *_UNREADABLE),
        "page": _read("openapi_page", OPENAPI, {(200, "text/html"): OpenApiTypes.STR}),
    },
}
