"""What OpenAPI says of calls about form data, and what data is refused for."""

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from api.application.event_receiver import EventReceiverViewSet
from api.application.form_data import FormDataViewSet
from api.application.notification_callback import (
    NotificationCallbackViewSet,
    NotificationConditionSerializer,
)
from api.application.pages import PageOrderViewSet
from api.application.pdf import PdfViewSet
from api.application.scan_results import InstanceScanSerializer, ScanResultViewSet
from api.application.stateless import StatelessDataViewSet
from api.operations import (
    CONTENT,
    FORM_DATA,
    JSON_BODY,
    UPLOAD,
    UPLOAD_HEADERS,
    Answers,
    Operation,
    Table,
)
from api.serializers.data_elements import DataElementSerializer
from api.serializers.form_data import (
    ElementMadeSerializer,
    FormPatchedSerializer,
    FormsChangedSerializer,
    PatchesSerializer,
    PatchSerializer,
)

# What the app's own code answers (process/hook_calls.py).
BY_APP = ("app-hook-failed", "app-hook-timed-out")
# What stops where an expression of the app has no value (process/errors.py).
EVALUATED = ("form-not-evaluable",)
# What data elements of one's own are held to (data_elements/rules.py).
CONTRIBUTING = (
    "data-type-generated",
    "contributor-not-allowed",
    "data-type-of-other-task",
)
CHANGING = (
    *CONTRIBUTING,
    "data-type-unknown",
    "instance-not-active",
    "instance-changed",
    "data-element-changed",
    "no-current-task",
    *BY_APP,
    *EVALUATED,
    "app-refused-data",
)
# What form data with a schema is held to (forms/errors.py, process/form_data.py).
MODELLED = ("form-xml-refused", "form-json-refused", "form-too-large")
# What a new form may not begin with (forms/prefill.py).
BEGINNING = ("prefill-target-unknown", "prefill-unfit")
WRITING = (
    "content-type-missing",
    "file-invalid",
    *CHANGING,
    *UPLOAD,
    *FORM_DATA,
    *MODELLED,
    "file-refused",
)
_ADDING_ONE = (*WRITING, *BEGINNING, "max-count-exceeded", "user-create-disallowed")
ADDING = (*_ADDING_ONE, "data-type-missing")
_PATCHING = (
    *CHANGING,
    *MODELLED,
    "data-element-locked",
    "no-form-data",
    "patch-test-failed",
    "patch-operation-failed",
    "patch-result-refused",
)


class ElementChangedSerializer(DataElementSerializer):
    """A data element of which the application's own code changed fields."""

    changedFields = serializers.DictField(help_text="Path to new value.")


_ANY_FORM: Answers = {
    (200, "application/json"): OpenApiTypes.ANY,
    (200, "application/xml"): OpenApiTypes.BINARY,
}
TELLING = ("stateless-data-type-invalid", "stateless-form-unmodelled", *BY_APP)
FOR_PARTY = (
    "party-header-invalid",
    "look-ups-exhausted",
    "not-permitted",
    "authentication-level-too-low",
)
_TOLD_TO_PARTY = (*TELLING, *BEGINNING, "app-refused-read", *FOR_PARTY)
UNSTORED = (
    "form-xml-refused",
    "form-json-refused",
    "stateless-content-unsupported",
    "content-empty",
    "content-too-large",
    "content-cut-short",
    "content-type-malformed",
    "content-type-too-long",
    "multipart-malformed",
    *(one for one in FORM_DATA if one != "form-content-type-unsupported"),
)


def _stateless(
    name: str, *problems: str, anonymous: bool = False, calculates: bool = False
) -> Operation:
    return Operation(
        f"stateless_{name}",
        "Stateless data",
        _ANY_FORM,
        CONTENT if calculates else None,
        (*problems, *(UNSTORED if calculates else ())),
        () if anonymous else ("party",),
        anonymous=anonymous,
    )


_PAGES: Answers = {200: {"type": "array", "items": {"type": "string"}}}
_ORDERING = (
    *JSON_BODY,
    *BY_APP,
    "page-data-type-missing",
    "data-type-unknown",
    "form-json-refused",
    "app-file-not-found",
    "app-file-unreadable",
    "app-refused-data",
)
_FORM = {"application/json": {"type": "object", "additionalProperties": True}}


class PdfFormatSerializer(serializers.Serializer[object]):
    """What the application keeps out of the PDF of a task."""

    excludedPages = serializers.ListField(child=serializers.CharField())
    excludedComponents = serializers.ListField(child=serializers.CharField())


FORM_OPERATIONS: Table = {
    PdfViewSet: {
        "layout": Operation(
            "pdf_format",
            "Receipts",
            {200: PdfFormatSerializer},
            problems=(
                *BY_APP,
                "app-refused-data",
                "pdf-format-without-task",
                "form-not-evaluable",
            ),
        ),
        "preview": Operation(
            "pdf_preview",
            "Receipts",
            {(200, "application/pdf"): OpenApiTypes.BINARY},
            problems=(
                *BY_APP,
                "app-refused-data",
                "pdf-preview-without-task",
                "pdf-unavailable",
                "pdf-failed",
                "form-not-evaluable",
            ),
        ),
    },
    PageOrderViewSet: {
        "of_instance": Operation(
            "pages_of_instance", "Layouts", _PAGES, _FORM, _ORDERING
        ),
        "of_stateless": Operation(
            "pages_of_stateless", "Layouts", _PAGES, _FORM, _ORDERING, anonymous=True
        ),
    },
    EventReceiverViewSet: {
        "receive": Operation(
            "events_receive",
            "Events",
            {200: None},
            _FORM,
            (
                *JSON_BODY,
                *BY_APP,
                "event-code-wrong",
                "event-type-missing",
                "event-unsupported",
                "event-not-yet-handled",
                "app-refused-data",
            ),
            anonymous=True,
        ),
    },
    NotificationCallbackViewSet: {
        "retrieve": Operation(
            "notifications_condition",
            "Events",
            {200: NotificationConditionSerializer},
            problems=(
                *BY_APP,
                "notification-code-wrong",
                "app-refused-data",
                *BY_APP,
            ),
            anonymous=True,
        ),
    },
    ScanResultViewSet: {
        "retrieve": Operation(
            "scan_results_retrieve", "Data", {200: InstanceScanSerializer}
        ),
    },
    StatelessDataViewSet: {
        "retrieve": _stateless(
            "retrieve",
            *_TOLD_TO_PARTY,
            "parameter-invalid",
            "prefill-refused",
            "app-refused-query-prefill",
        ),
        "calculate": _stateless("calculate", *_TOLD_TO_PARTY, calculates=True),
        "retrieve_anonymously": _stateless(
            "retrieve_anonymously",
            *TELLING,
            "token-missing",
            "app-refused-read",
            anonymous=True,
        ),
        "calculate_anonymously": _stateless(
            "calculate_anonymously",
            *TELLING,
            "token-missing",
            "app-refused-read",
            anonymous=True,
            calculates=True,
        ),
    },
    FormDataViewSet: {
        "create_of_type": Operation(
            "data_create_of_type",
            "Data",
            {200: ElementMadeSerializer},
            CONTENT,
            _ADDING_ONE,
            UPLOAD_HEADERS,
        ),
        "patch": Operation(
            "data_patch",
            "Data",
            {200: FormsChangedSerializer},
            PatchesSerializer,
            (*_PATCHING, "data-element-not-found", "patch-element-twice"),
        ),
        "patch_one": Operation(
            "data_patch_one",
            "Data",
            {200: FormPatchedSerializer},
            PatchSerializer,
            _PATCHING,
        ),
    },
}
