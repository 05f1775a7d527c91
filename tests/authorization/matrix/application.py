"""The rows of authorization.md §6.3 about instances, as printed there.

Those that need no instance are in ``application_callers.py``. Columns: AN OA OB OX EN
UR UW UN SU SN. Where a row names several operations, or an operation in several ways,
each is a call of its own.
"""

from tests.authorization.matrix.rows import (
    APP,
    PDF,
    AppFiles,
    Call,
    Row,
    delete,
    get,
    patch,
    post,
    put,
)

_A = f"/{APP}/instances"
_I = f"{_A}/{{P}}/{{guid}}"
_UNKNOWN = f"{_A}/{{P}}/{{nowhere}}"
_WRONG_PARTY = f"{_A}/{{Q}}/{{guid}}"
_XML = {"content_type": "application/xml", "body": "<model/>"}
_METADATA = {"userDefinedMetadata": [{"key": "a", "value": "b"}]}
_CHANGES = {"patch": [{"op": "add", "path": "/month", "value": "a"}]}
_SUBSTATUS = {"label": "received", "description": "A case worker has it."}
_NO_PARTY = 987654321


def _next(action: str, *, given: str) -> Call:
    return put(f"{_I}/process/next", json={"action": action}, given=given)


def _action(name: str, *, given: str = "Task_1") -> Call:
    return post(f"{_I}/actions", json={"action": name}, given=given)


def _described(element: str, *, given: str = "Task_1") -> tuple[Call, ...]:
    """Every change of what describes a data element."""
    data = f"{_I}/data/{{{element}}}"
    return (
        post(f"{data}/tags", json="a", given=given),
        put(f"{data}/tags", json={"tags": ["a"]}, given=given),
        delete(f"{data}/tags/a", given=given),
        put(f"{data}/user-defined-metadata", json=_METADATA, given=given),
    )


def _owner_alone(files: AppFiles) -> None:
    files.metadata["disallowUserInstantiation"] = True


def _persons_alone(files: AppFiles) -> None:
    files.metadata["partyTypesAllowed"] = {"person": True}


def _form_required(files: AppFiles) -> None:
    types = files.metadata["dataTypes"]
    assert isinstance(types, list)
    types[0]["minCount"] = 1


INSTANCES = (
    Row("A-01", "401|200|200|403|403|200|200|403|200|403", (get(_I),)),
    Row(
        "A-02",
        "401|403|403|403|403|403|403|403|403|403",
        (get(_UNKNOWN), get(_WRONG_PARTY), get(f"{_A}/{{P}}/{{other}}")),
    ),
    Row(
        "A-03",
        "401|201|201|403|403|403|201|403|201|403",
        (post(f"{_A}?instanceOwnerPartyId={{P}}"),),
    ),
    Row(
        "A-05",
        "401|400|400|400|400|400|400|400|400|400",
        (
            post(_A),
            post(
                f"{_A}?instanceOwnerPartyId={{P}}",
                json={"instanceOwner": {"partyId": "{P}"}},
            ),
        ),
    ),
    Row(
        "A-06",
        "401|404|404|404|404|404|404|404|404|404",
        (
            post(f"{_A}?instanceOwnerPartyId={_NO_PARTY}"),
            post(_A, json={"instanceOwner": {"organisationNumber": "999999999"}}),
        ),
    ),
    Row(
        "A-07",
        "401|201|201|403|403|403|403|403|403|403",
        (post(f"{_A}?instanceOwnerPartyId={{P}}"),),
        app=_owner_alone,
    ),
    Row(
        "A-08",
        "401|403|403|403|403|403|403|403|403|403",
        (post(f"{_A}?instanceOwnerPartyId={{P}}"),),
        app=_persons_alone,
    ),
    Row("A-11", "401|200|200|403|403|403|403|403|403|403", (post(f"{_I}/complete"),)),
    Row(
        "A-12",
        "401|200|200|403|403|403|403|403|403|403",
        (put(f"{_I}/substatus", json=_SUBSTATUS),),
    ),
    Row(
        "A-12-no-label",
        "401|400|400|400|400|400|400|400|400|400",
        (put(f"{_I}/substatus", json={"description": "no label"}),),
    ),
    Row(
        "A-13",
        "401|403|403|403|403|403|200|403|200|403",
        (delete(_I), delete(f"{_I}?hard=true")),
    ),
)

DATA = (
    Row(
        "A-15",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_I}/data/{{attachment}}"), get(f"{_I}/data/{{model}}")),
    ),
    Row(
        "A-15-lists",
        "401|200|200|403|403|200|200|403|200|403",
        (
            get(f"{_I}/options/months"),
            get(f"{_I}/datalists/months"),
            get(f"{_I}/api/external/months"),
        ),
    ),
    Row(
        "A-16",
        "401|404|404|403|403|404|404|403|404|403",
        (get(f"{_I}/data/{{foreign}}"), get(f"{_I}/data/{{nowhere}}")),
    ),
    Row(
        "A-17",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            post(f"{_I}/data?dataType=attachment", **PDF),
            post(f"{_I}/data?dataType=model", **_XML),
        ),
    ),
    Row(
        "A-18",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            put(f"{_I}/data/{{attachment}}", **PDF),
            put(f"{_I}/data/{{model}}", **_XML),
            delete(f"{_I}/data/{{attachment}}"),
            delete(f"{_I}/data/{{model}}"),
        ),
    ),
    Row(
        "A-17-by-type",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            post(f"{_I}/data/attachment", **PDF),
            post(f"{_I}/data/type/attachment", **PDF),
        ),
    ),
    Row(
        "A-18-patch",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            patch(f"{_I}/data/{{model}}", json=_CHANGES),
            patch(
                f"{_I}/data",
                json={"patches": [{"dataElementId": "{model}", **_CHANGES}]},
            ),
        ),
    ),
    Row(
        "A-19",
        "401|403|403|403|403|403|403|403|403|403",
        (
            post(f"{_I}/data?dataType=ref-data-as-pdf", **PDF),
            put(f"{_I}/data/{{generated}}", **PDF),
            delete(f"{_I}/data/{{generated}}"),
            *_described("generated"),
        ),
    ),
    Row(
        "A-20",
        "401|409|409|403|403|403|409|403|409|403",
        (
            put(f"{_I}/data/{{attachment}}", given="ended", **PDF),
            delete(f"{_I}/data/{{attachment}}", given="ended"),
            put(f"{_I}/data/{{model}}", given="Task_2", **_XML),
            delete(f"{_I}/data/{{model}}", given="Task_2"),
            patch(f"{_I}/data/{{model}}", json=_CHANGES, given="Task_2"),
            patch(f"{_I}/data/{{model}}", json=_CHANGES, given="ended"),
            *_described("attachment", given="ended"),
            *_described("model", given="Task_2"),
        ),
    ),
    Row(
        "A-21",
        "401|2xx|2xx|403|403|403|403|403|403|403",
        (
            post(f"{_I}/data?dataType=contributed", **PDF),
            post(f"{_I}/data/contributed", **PDF),
            post(f"{_I}/data/type/contributed", **PDF),
            put(f"{_I}/data/{{contributed}}", **PDF),
            *_described("contributed"),
            delete(f"{_I}/data/{{contributed}}"),
        ),
    ),
)

PROCESS = (
    Row(
        "A-22",
        "401|200|200|403|403|200|200|403|200|403",
        (
            get(f"{_I}/process"),
            get(f"{_I}/process/next"),
            get(f"{_I}/process/history"),
        ),
    ),
    Row(
        "A-23",
        "401|409|409|403|403|403|409|403|409|403",
        (post(f"{_I}/process/start"),),
    ),
    Row(
        "A-24",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/process/next"), _next("write", given="Task_1")),
    ),
    Row(
        "A-25",
        "401|409|409|403|403|403|409|403|409|403",
        (put(f"{_I}/process/next"),),
        app=_form_required,
    ),
    Row(
        "A-26",
        "401|403|403|403|403|403|200|403|200|403",
        (
            _next("confirm", given="Task_2"),
            put(f"{_I}/process/next", given="Task_2"),
        ),
    ),
    Row(
        "A-27",
        "401|403|403|403|403|403|200|403|200|403",
        (_next("reject", given="Task_2"),),
    ),
    Row(
        "A-28",
        "401|403|403|403|403|403|200|403|200|403",
        (put(f"{_I}/process/completeProcess"),),
        stays={"403": "Task_2"},
    ),
    Row(
        "A-35",
        "401|200|200|403|403|200|200|403|200|403",
        (
            get(f"{_I}/signing", given="Task_3"),
            get(f"{_I}/signing/organizations", given="Task_3"),
            get(f"{_I}/signing/data-elements", given="Task_3"),
        ),
    ),
    Row(
        "A-29",
        "401|404|404|404|404|404|404|404|404|404",
        (
            put(f"{_UNKNOWN}/process/next"),
            put(f"{_UNKNOWN}/process/completeProcess"),
        ),
    ),
    Row(
        "A-33",
        "401|200|200|403|403|200|200|403|200|403",
        (
            get(f"{_I}/validate"),
            get(f"{_I}/data/{{model}}/validate"),
            get(f"{_I}/pdf/preview"),
            get(f"{_I}/data/{{model}}/pdf/format"),
            get(f"{_I}/filescanresult"),
            post(f"{_I}/pages/order?dataTypeId=model", json={}),
        ),
    ),
    Row(
        "A-34",
        "401|404|404|404|404|404|404|404|404|404",
        (
            get(f"{_UNKNOWN}/validate"),
            get(f"{_UNKNOWN}/data/{{model}}/validate"),
            get(f"{_UNKNOWN}/pdf/preview"),
            get(f"{_UNKNOWN}/data/{{model}}/pdf/format"),
            get(f"{_UNKNOWN}/filescanresult"),
            post(f"{_UNKNOWN}/pages/order?dataTypeId=model", json={}),
        ),
    ),
)

# The application's own code performs ``write`` and nothing else (fixture.py).
ACTIONS = (
    Row(
        "A-30",
        "401|401|401|403|403|403|200|403|200|403",
        (_action("write"),),
    ),
    Row(
        "A-31",
        "401|401|401|403|403|403|404|403|404|403",
        (_action("delete"),),
    ),
    Row(
        "A-32",
        "401|409|409|403|403|409|409|403|409|403",
        (_action("write", given="ended"),),
    ),
)

ROWS = (*INSTANCES, *DATA, *PROCESS, *ACTIONS)
