"""What the OpenAPI documents say of an operation that its view does not say itself.

Each face has its table, ``OPERATIONS``: a line for every action of every view, with
what the body is, what the answers are, and which problems the action may be refused
with besides those that follow from its address, its body and its parameters. A test
fails for a route that is not in the table, and for an answer that is not documented.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.viewsets import ViewSet

from api.serializers.data_elements import DataElementSerializer
from api.serializers.instances import InstanceSerializer

Schema = Mapping[str, object]
Answers = Mapping[int | tuple[int, str], object]


@dataclass(frozen=True, slots=True)
class Operation:
    """A line of the table.

    ``answers`` maps a status, or a status with a media type, to what is answered;
    ``headers`` names request headers of ``HEADERS``.
    """

    id: str
    tag: str
    answers: Answers
    request: object = None
    problems: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    anonymous: bool = False


Table = Mapping[type[ViewSet], Mapping[str, Operation]]


class IssueSerializer(serializers.Serializer[object]):
    """One finding inside a problem, at a place in the input."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ValidationIssueSerializer(serializers.Serializer[object]):
    """One finding in an instance's data, as Altinn's clients know it."""

    severity = serializers.IntegerField(help_text="1 is an error.")
    dataElementId = serializers.UUIDField(required=False, allow_null=True)
    field = serializers.CharField(required=False, allow_null=True)
    code = serializers.CharField()
    description = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the wire's name


class ProblemSerializer(serializers.Serializer[object]):
    """Why a call was refused and what to do (RFC 9457)."""

    type = serializers.URLField(help_text="The page about this problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was called.")
    traceId = serializers.CharField(help_text="Stands in the server's log too.")
    code = serializers.CharField(
        help_text="Stable; programs tell problems apart by it."
    )
    issues = IssueSerializer(many=True, required=False)
    errors = serializers.DictField(  # type: ignore[assignment]  # the wire's name
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    validationIssues = ValidationIssueSerializer(
        many=True,
        required=False,
        allow_null=True,
        help_text="What keeps an instance in its task.",
    )
    uploadValidationIssues = ValidationIssueSerializer(
        many=True, required=False, help_text="Why a file is refused."
    )


# --- bodies and answers that several operations share ---------------------------------
CONTENT: Mapping[str, object] = {"*/*": OpenApiTypes.BINARY}
BYTES: Answers = {
    (200, "*/*"): OpenApiTypes.BINARY,
    (206, "*/*"): OpenApiTypes.BINARY,
    304: None,
}
INSTANCE: Answers = {200: InstanceSerializer}
INSTANCE_MADE: Answers = {201: InstanceSerializer}
ELEMENT: Answers = {200: DataElementSerializer}
ELEMENT_MADE: Answers = {201: DataElementSerializer}

# --- problems that several operations share -------------------------------------------
APP = ("app-not-found", "app-unreadable")
JSON_BODY = (
    "json-malformed",
    "json-too-large",
    "body-missing",
    "validation-failed",
    "content-type-unsupported",
)
UPLOAD = (
    "content-empty",
    "content-too-large",
    "content-cut-short",
    "content-type-malformed",
    "content-type-too-long",
    "multipart-malformed",
    "file-name-too-long",
)
FORM_DATA = (
    "xml-malformed",
    "xml-doctype-refused",
    "xml-too-deep",
    "xml-too-long",
    "json-malformed",
    "json-too-large",
    "body-missing",
    "form-content-type-unsupported",
)
ON_DOWNLOAD = (
    "data-type-unknown",
    "content-missing",
    "data-element-infected",
    "range-not-satisfiable",
)

# --- headers and parameters: what they are for, and their schema ----------------------
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_FLAG: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer"}

UPLOAD_HEADERS = ("Content-Disposition",)
DOWNLOAD_HEADERS = ("Range", "If-Range", "If-None-Match")
HEADERS: Mapping[str, str] = {
    "Content-Disposition": "`attachment; filename=…` with the file's name; RFC 5987's"
    " `filename*` is read too. The application API refuses an attachment without it.",
    "Range": "One range of bytes: `bytes=0-1023`.",
    "If-Range": "An ETag; with another content than that, the whole is answered.",
    "If-None-Match": "ETags of content that the caller has already; answers 304 then.",
    "X-Ai-InstanceOwnerIdentifier": "The instance owner as `Person:{11 digits}` or"
    " `Organisation:{9 digits}`, in place of the party id in the query.",
}

PATH_PARAMETERS: Mapping[str, tuple[str, Schema]] = {
    "org": ("Code of the service owner.", _TEXT),
    "app": ("Name of the application.", _TEXT),
    "party": (
        "Party id; before an instance's guid, that of its owner.",
        {"type": "integer", "format": "int32"},
    ),
    "user": ("User id.", {"type": "integer", "format": "int32"}),
    "uuid": ("UUID of the party.", {"type": "string", "format": "uuid"}),
    "guid": ("Guid of the instance.", {"type": "string", "format": "uuid"}),
    "element": ("Guid of the data element.", {"type": "string", "format": "uuid"}),
    "event": ("Guid of the event.", {"type": "string", "format": "uuid"}),
    "state": ("Id of a task or end event.", _TEXT),
}

# Those that are no filters of the query; filters describe themselves in api/filters.py.
QUERY_PARAMETERS: Mapping[str, tuple[str, Schema]] = {
    "instanceOwnerPartyId": ("Party id of the instance owner.", _NUMBER),
    "instanceOwnerId": (
        "Party id of the instance owner; beside a guid it is a check.",
        _NUMBER,
    ),
    "dataType": ("Id of the data type that the content is of.", _TEXT),
    "formId": ("The same as `dataType`, by the proposal's name.", _TEXT),
    "language": ("Language of texts: nb, nn or en.", _TEXT),
    "hard": ("Delete for good instead of restorably.", _FLAG),
    "ignoredValidators": ("Accepted and without effect.", _TEXT),
    "includeRowId": ("Accepted and without effect.", _FLAG),
    "startEvent": ("Id of the start event.", _TEXT),
    "elementId": ("Accepted and without effect.", _TEXT),
    "appId": ("The application, as `org/app`.", _TEXT),
    "status": ("Unread, Read or UpdatedSinceLastReview.", _TEXT),
    "refs": ("Guids of elements that the content refers to.", _TEXTS),
    "generatedFromTask": ("Task that made the content.", _TEXT),
    "delay": ("Mark for the purge and keep the bytes until then.", _FLAG),
    "eventTypes": ("Types of events to list.", _TEXTS),
    "from": ("Beginning of the span; only with `to`.", _TEXT),
    "to": ("End of the span; only with `from`.", _TEXT),
    "size": ("Instances in a page: 1 to 1000, 100 by default.", _NUMBER),
    "order": ("`desc:lastChanged` (default) or `asc:lastChanged`.", _TEXT),
    "sortBy": ("The same as `order`.", _TEXT),
    "includeDataElements": ("false leaves `data` empty.", _FLAG),
    "mainVersionInclude": ("Accepted and without effect.", _NUMBER),
    "userId": ("The caller's own user id.", _NUMBER),
    "coveredByUserId": ("User id of who holds the roles: the caller's own.", _NUMBER),
    "offeredByPartyId": ("Party id for whom the roles act.", _NUMBER),
    "partyId": ("Party id.", _NUMBER),
    "allowedToInstantiateFilter": (
        "true keeps the parties that the application is for.",
        _FLAG,
    ),
    "returnPartyObject": ("true answers the party, false its id.", _FLAG),
    "enrichPid": ("Accepted and without effect.", _FLAG),
    "continuationToken": ("Where the last page ended; stands in `next`.", _TEXT),
}


def operation_of(table: Table, view: type, action: str) -> Operation:
    """Return the line of a view's action, its own or inherited; KeyError for none."""
    for ancestor in view.__mro__:
        found = table.get(ancestor, {}).get(action)
        if found is not None:
            return found
    raise KeyError(f"{view.__name__}.{action} is not in the table of operations.")
