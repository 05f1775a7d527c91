"""What the OpenAPI documents say of an operation that its view does not say itself.

Each face has its table, ``OPERATIONS``: a line for every action of every view, with
what the body is, what the answers are, and which problems the action may be refused
with besides those that follow from its address, its body and its parameters. On the
platform API each service's package keeps its part of the table beside its views. A test
fails for a route that is not in the table, and for an answer that is not documented.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drf_spectacular.types import OpenApiTypes
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
    located: bool = True  # a 201 says where what was made is
    anonymous: bool = False
    user_too: bool = False  # a component of the platform calls for a user
    keyed: bool = False  # a key of its own takes the place of a token


Table = Mapping[type[ViewSet], Mapping[str, Operation]]


# --- bodies and answers that several operations share ---------------------------------
CONTENT: Mapping[str, object] = {"*/*": OpenApiTypes.BINARY}
BYTES: Answers = {
    (200, "*/*"): OpenApiTypes.BINARY,
    (206, "*/*"): OpenApiTypes.BINARY,
    304: None,
    307: None,
}
ZIP: Answers = {(200, "application/zip"): OpenApiTypes.BINARY}
INSTANCE: Answers = {200: InstanceSerializer}
INSTANCE_READ: Answers = {200: InstanceSerializer, 304: None}
INSTANCE_MADE: Answers = {201: InstanceSerializer}
ELEMENT: Answers = {200: DataElementSerializer}
ELEMENT_MADE: Answers = {201: DataElementSerializer}

# What anyone may read of an application, which a caller may have already.
KNOWN_HEADERS = ("If-None-Match",)

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
    "upload-too-slow",
    "storage-unavailable",
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
    "storage-unavailable",
)

# --- headers and parameters: what they are for, and their schema ----------------------
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
_FLAG: Schema = {"type": "boolean"}
_NUMBER: Schema = {"type": "integer"}
_DAY: Schema = {"type": "string", "format": "date"}

UPLOAD_HEADERS = ("Content-Disposition",)
CONDITION_HEADERS = ("If-Match", "If-None-Match")
DOWNLOAD_HEADERS = ("Range", "If-Range", "If-None-Match")
HEADERS: Mapping[str, str] = {
    "Content-Disposition": "`attachment; filename=…` with the file's name; RFC 5987's"
    " `filename*` is read too. The application API refuses an attachment without it.",
    "Idempotency-Key": "A text of the caller's own, a UUID for instance: the call is"
    " carried out once, and its answer repeated for 24 hours.",
    "If-Match": "ETags of what the caller read; 412 if it was changed since.",
    "Range": "One range of bytes: `bytes=0-1023`.",
    "If-Range": "An ETag; with another content than that, the whole is answered.",
    "If-None-Match": "ETags of content that the caller has already; answers 304 then.",
    "X-Ai-NationalIdentityNumber": "The person's 11 digits.",
    "Person": "National identity number of whose events are read.",
    "X-Ai-LastName": "The person's last name, or its UTF-8 in base64.",
    "Altinn-Storage-Lock-Token": "Token of the instance's lock; while another caller"
    " holds that, a change without it is refused.",
    "party": "For whom the form is: `partyid:123`, `org:{number}` or"
    " `person:{number}`; the caller's own party without it.",
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
    "orgNr": ("Organisation number.", {"type": "string", "pattern": "^[0-9]{9}$"}),
    "guid": ("Guid of the instance.", {"type": "string", "format": "uuid"}),
    "element": ("Guid of the data element.", {"type": "string", "format": "uuid"}),
    "export": ("Id of the export.", {"type": "string", "format": "uuid"}),
    "lease": ("Id of the lease.", {"type": "string", "format": "uuid"}),
    "event": ("Guid of the event.", {"type": "string", "format": "uuid"}),
    "version": ("Number of the deployment.", {"type": "integer", "format": "int32"}),
    "other": ("Number of another.", {"type": "integer", "format": "int32"}),
    "subscription": (
        "Number of the subscription.",
        {"type": "integer", "format": "int64"},
    ),
    "provider": ("`maskinporten`, `id-porten` or `altinnstudio`.", _TEXT),
    "state": ("Id of a task or end event.", _TEXT),
    "language": ("Two letters: nb, nn, en.", _TEXT),
    "setId": ("Id of a layout set.", _TEXT),
    "schemaId": ("Name of a data model, mostly that of its data type.", _TEXT),
    "dataType": ("Id of a data type.", _TEXT),
    "optionsId": ("Id of a list of options.", _TEXT),
    "tag": ("A tag of the data element.", _TEXT),
    "listId": ("Id of a data list, in any case of letters.", _TEXT),
    "apiId": ("Id of another server, as `externalApiIds` of the metadata.", _TEXT),
    "resource": ("Resource id of the application: `app_{org}_{app}`.", _TEXT),
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
    "lang": ("The same as `language`.", _TEXT),
    "taskId": ("The task that is asked about; the current one if left out.", _TEXT),
    "hard": ("Delete for good instead of restorably.", _FLAG),
    "waitFor": ("Seconds to wait for another state: 0 to 20.", _NUMBER),
    "ignoredValidators": (
        "Sources that are not asked, with commas between them, in any case of letters."
        " On a change, even an empty value asks for validation.",
        _TEXT,
    ),
    "dryRun": (
        "True to be told what would come of it, and to leave no trace.",
        _FLAG,
    ),
    "onlyIncrementalValidators": (
        "True for what is told after each change too, false for the rest; absent for"
        " all.",
        _FLAG,
    ),
    "includeRowId": ("true tells the ids of rows.", _FLAG),
    "prefill": ("JSON object of texts to fill in with, by their paths.", _TEXT),
    "startEvent": ("Id of the start event.", _TEXT),
    "elementId": ("Accepted and without effect.", _TEXT),
    "app": ("Name of the application.", _TEXT),
    "before": ("Number of the deployment before which the page begins.", _NUMBER),
    "appId": ("The application, as `org/app`.", _TEXT),
    "label": ("A note kept with the deployment.", _TEXT),
    "activate": ("false stores the deployment and leaves what is served.", _FLAG),
    "force": ("true strands running instances rather than refuse.", _FLAG),
    "status": ("Unread, Read or UpdatedSinceLastReview.", _TEXT),
    "deleteGeneratedElements": (
        "false keeps what was generated from the task entered.",
        _FLAG,
    ),
    "refs": ("Guids of elements that the content refers to.", _TEXTS),
    "generatedFromTask": ("Task that made the content.", _TEXT),
    "delay": ("Mark for the purge and keep the bytes until then.", _FLAG),
    "eventTypes": ("Types of events to list.", _TEXTS),
    "after": (
        "What the caller has: the id of the last event, or the ETag of a state.",
        _TEXT,
    ),
    "from": ("Beginning of the span, a time.", _TEXT),
    "to": ("End of the span, a time.", _TEXT),
    "type": ("Types of events, whole.", _TEXTS),
    "firstDay": ("The first day (UTC) that is told, as 2026-01-31.", _DAY),
    "lastDay": ("The last day (UTC) that is told, as 2026-01-31.", _DAY),
    "party": ("Party id of whose events are read.", _NUMBER),
    "unit": ("Organisation number of whose events are read.", _TEXT),
    "size": ("Rows in a page: 1 to 1000; 100 by default, 50 of events.", _NUMBER),
    "max": ("Instances in a batch: 1 to 1000, 100 by default.", _NUMBER),
    "visibility": (
        "Seconds until the lease ends: 1 to 43200, 300 by default.",
        _NUMBER,
    ),
    "order": ("`desc:lastChanged` (default) or `asc:lastChanged`.", _TEXT),
    "sortBy": ("The same as `order`.", _TEXT),
    "includeContent": ("true adds the content of data elements.", _FLAG),
    "includeDataElements": ("false leaves `data` empty.", _FLAG),
    "explain": ("true adds `plan`, for the service owner of what is asked.", _FLAG),
    "count": (
        "`exact` or `estimated` adds `totalHits`; `none` (default) counts nothing.",
        _TEXT,
    ),
    "dataValues.*": ("The data value under the key in place of `*` is this.", _TEXT),
    "externalReference": ("What the caller calls it, once for app and owner.", _TEXT),
    "mainVersionInclude": (
        "Instances of this generation; all are of the 3rd.",
        _NUMBER,
    ),
    "mainVersionExclude": ("Instances of other generations than this.", _NUMBER),
    "userId": ("The caller's own user id.", _NUMBER),
    "coveredByUserId": ("User id of who holds the roles: the caller's own.", _NUMBER),
    "offeredByPartyId": ("Party id for whom the roles act.", _NUMBER),
    "partyId": ("Party id.", _NUMBER),
    "fetchSubUnits": ("true adds the sub-units of organisations.", _FLAG),
    "partyComponentOption": ("`person-name` adds first, middle and last name.", _TEXT),
    "ids": ("Party ids, separated by commas.", _TEXTS),
    "uuids": ("UUIDs of parties, separated by commas.", _TEXTS),
    "orgs": ("Organisation numbers, separated by commas.", _TEXTS),
    "allowedToInstantiateFilter": (
        "true keeps the parties that the application is for.",
        _FLAG,
    ),
    "returnPartyObject": ("true answers the party, false its id.", _FLAG),
    "test": ("true makes the agency `digdir` the org `ttd`.", _FLAG),
    "enrichPid": ("Accepted and without effect.", _FLAG),
    "code": ("The secret, or what is signed with it, that proves who asks.", _TEXT),
    "layoutSetId": ("Id of a layout set; without one, the application's only.", _TEXT),
    "currentPage": ("Page that the user is on.", _TEXT),
    "dataTypeId": ("Id of the form's data type.", _TEXT),
    "url": ("Base64 of a whole address.", _TEXT),
    "archiveReference": ("End of the instance's guid, dashes or none.", _TEXT),
    "continuationToken": ("Where the last page ended; stands in `next`.", _TEXT),
}


def operation_of(table: Table, view: type, action: str) -> Operation:
    """Return the line of a view's action, its own or inherited; KeyError for none."""
    for ancestor in view.__mro__:
        found = table.get(ancestor, {}).get(action)
        if found is not None:
            return found
    raise KeyError(f"{view.__name__}.{action} is not in the table of operations.")
