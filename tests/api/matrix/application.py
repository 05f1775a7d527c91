"""The rows of authorization.md §6.3 whose operations are served, as printed there.

Columns: AN OA OB OX EN UR UW UN SU SN. Where a row names several operations, or an
operation in several ways, each is a call of its own.
"""

from tests.api.matrix.fixture import APP, AppFiles, Call, Row

_A = f"/{APP}/instances"
_I = f"{_A}/{{P}}/{{guid}}"
_UNKNOWN = f"{_A}/{{P}}/{{nowhere}}"
_WRONG_PARTY = f"{_A}/{{Q}}/{{guid}}"
_PDF = {"content_type": "application/pdf", "filename": "a.pdf", "body": "%PDF"}
_XML = {"content_type": "application/xml", "body": "<a/>"}
_SUBSTATUS = {"label": "received", "description": "A case worker has it."}
_NO_PARTY = 987654321


def _get(path: str, **more: object) -> Call:
    return Call("GET", path, **more)  # type: ignore[arg-type]


def _post(path: str, **more: object) -> Call:
    return Call("POST", path, **more)  # type: ignore[arg-type]


def _put(path: str, **more: object) -> Call:
    return Call("PUT", path, **more)  # type: ignore[arg-type]


def _delete(path: str, **more: object) -> Call:
    return Call("DELETE", path, **more)  # type: ignore[arg-type]


def _next(action: str, *, given: str) -> Call:
    return _put(f"{_I}/process/next", json={"action": action}, given=given)


def _owner_alone(files: AppFiles) -> None:
    files.metadata["disallowUserInstantiation"] = True


def _persons_alone(files: AppFiles) -> None:
    files.metadata["partyTypesAllowed"] = {"person": True}


def _form_required(files: AppFiles) -> None:
    types = files.metadata["dataTypes"]
    assert isinstance(types, list)
    types[0]["minCount"] = 1


INSTANCES = (
    Row("A-01", "401|200|200|403|403|200|200|403|200|403", (_get(_I),)),
    Row(
        "A-02",
        "401|403|403|403|403|403|403|403|403|403",
        (_get(_UNKNOWN), _get(_WRONG_PARTY), _get(f"{_A}/{{P}}/{{other}}")),
    ),
    Row(
        "A-03",
        "401|201|201|403|403|403|201|403|201|403",
        (_post(f"{_A}?instanceOwnerPartyId={{P}}"),),
    ),
    Row(
        "A-05",
        "401|400|400|400|400|400|400|400|400|400",
        (
            _post(_A),
            _post(
                f"{_A}?instanceOwnerPartyId={{P}}",
                json={"instanceOwner": {"partyId": "{P}"}},
            ),
        ),
    ),
    Row(
        "A-06",
        "401|404|404|404|404|404|404|404|404|404",
        (
            _post(f"{_A}?instanceOwnerPartyId={_NO_PARTY}"),
            _post(_A, json={"instanceOwner": {"organisationNumber": "999999999"}}),
        ),
    ),
    Row(
        "A-07",
        "401|201|201|403|403|403|403|403|403|403",
        (_post(f"{_A}?instanceOwnerPartyId={{P}}"),),
        app=_owner_alone,
    ),
    Row(
        "A-08",
        "401|403|403|403|403|403|403|403|403|403",
        (_post(f"{_A}?instanceOwnerPartyId={{P}}"),),
        app=_persons_alone,
    ),
    Row("A-11", "401|200|200|403|403|403|403|403|403|403", (_post(f"{_I}/complete"),)),
    Row(
        "A-12",
        "401|200|200|403|403|403|403|403|403|403",
        (_put(f"{_I}/substatus", json=_SUBSTATUS),),
    ),
    Row(
        "A-12-no-label",
        "401|400|400|400|400|400|400|400|400|400",
        (_put(f"{_I}/substatus", json={"description": "no label"}),),
    ),
    Row(
        "A-13",
        "401|403|403|403|403|403|200|403|200|403",
        (_delete(_I), _delete(f"{_I}?hard=true")),
    ),
)

DATA = (
    Row(
        "A-15",
        "401|200|200|403|403|200|200|403|200|403",
        (_get(f"{_I}/data/{{attachment}}"), _get(f"{_I}/data/{{model}}")),
    ),
    Row(
        "A-16",
        "401|404|404|403|403|404|404|403|404|403",
        (_get(f"{_I}/data/{{foreign}}"), _get(f"{_I}/data/{{nowhere}}")),
    ),
    Row(
        "A-17",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            _post(f"{_I}/data?dataType=attachment", **_PDF),
            _post(f"{_I}/data?dataType=model", **_XML),
        ),
    ),
    Row(
        "A-18",
        "401|2xx|2xx|403|403|403|2xx|403|2xx|403",
        (
            _put(f"{_I}/data/{{attachment}}", **_PDF),
            _put(f"{_I}/data/{{model}}", **_XML),
            _delete(f"{_I}/data/{{attachment}}"),
            _delete(f"{_I}/data/{{model}}"),
        ),
    ),
    Row(
        "A-19",
        "401|403|403|403|403|403|403|403|403|403",
        (
            _post(f"{_I}/data?dataType=ref-data-as-pdf", **_PDF),
            _put(f"{_I}/data/{{generated}}", **_PDF),
            _delete(f"{_I}/data/{{generated}}"),
        ),
    ),
    Row(
        "A-20",
        "401|409|409|403|403|403|409|403|409|403",
        (
            _put(f"{_I}/data/{{attachment}}", given="ended", **_PDF),
            _delete(f"{_I}/data/{{attachment}}", given="ended"),
            _put(f"{_I}/data/{{model}}", given="Task_2", **_XML),
            _delete(f"{_I}/data/{{model}}", given="Task_2"),
        ),
    ),
    Row(
        "A-21",
        "401|2xx|2xx|403|403|403|403|403|403|403",
        (
            _post(f"{_I}/data?dataType=contributed", **_PDF),
            _put(f"{_I}/data/{{contributed}}", **_PDF),
            _delete(f"{_I}/data/{{contributed}}"),
        ),
    ),
)

PROCESS = (
    Row(
        "A-22",
        "401|200|200|403|403|200|200|403|200|403",
        (
            _get(f"{_I}/process"),
            _get(f"{_I}/process/next"),
            _get(f"{_I}/process/history"),
        ),
    ),
    Row(
        "A-23",
        "401|409|409|403|403|403|409|403|409|403",
        (_post(f"{_I}/process/start"),),
    ),
    Row(
        "A-24",
        "401|200|200|403|403|403|200|403|200|403",
        (_put(f"{_I}/process/next"), _next("write", given="Task_1")),
    ),
    Row(
        "A-25",
        "401|409|409|403|403|403|409|403|409|403",
        (_put(f"{_I}/process/next"),),
        app=_form_required,
    ),
    Row(
        "A-26",
        "401|403|403|403|403|403|200|403|200|403",
        (
            _next("confirm", given="Task_2"),
            _put(f"{_I}/process/next", given="Task_2"),
        ),
    ),
    Row(
        "A-27",
        "401|403|403|403|403|403|200|403|200|403",
        (_next("reject", given="Task_2"),),
    ),
    Row(
        # The table says 200 where this says 409: nothing can be signed yet, so the
        # signing task is not passed.
        "A-28-no-signing",
        "401|403|403|403|403|403|409|403|409|403",
        (_put(f"{_I}/process/completeProcess"),),
        stays={"403": "Task_2", "409": "Task_3"},
    ),
    Row(
        "A-29",
        "401|404|404|404|404|404|404|404|404|404",
        (
            _put(f"{_UNKNOWN}/process/next"),
            _put(f"{_UNKNOWN}/process/completeProcess"),
        ),
    ),
)

# These are about the caller: neither the level nor the policy counts, and who has no
# identity is refused.
_NO_IDENTITY = {"SD": "403"}
_AS_THE_DIRECTOR = {"U1": "200", "U0": "200", **_NO_IDENTITY}

CALLER = (
    Row(
        "A-40",
        "401|200|200|200|200|200|200|200|200|200",
        (
            _get(f"/{APP}/api/v1/parties"),
            _get(f"/{APP}/api/authorization/parties/current"),
        ),
        beyond=_NO_IDENTITY,
    ),
    Row(
        "A-41",
        "401|400|400|400|400|200|200|400|200|400",
        (_put(f"/{APP}/api/v1/parties/{{P}}"),),
        beyond=_AS_THE_DIRECTOR,
    ),
    Row(
        "A-42",
        "401|400|400|400|400|200|200|200|400|400",
        (_get(f"/{APP}/api/v1/profile/user"),),
        beyond=_NO_IDENTITY,
    ),
    Row(
        "A-43",
        "401|200:true|200:true|200:true|200:false|200:true|200:true|200:false|200:true"
        "|200:false",
        (_post(f"/{APP}/api/v1/parties/validateInstantiation?partyId={{P}}"),),
        beyond={"U1": "200:true", "U0": "200:true", **_NO_IDENTITY},
    ),
    Row(
        "A-44",
        "401|200|200|200|200|200|200|200|200|200",
        (_get(f"/{APP}/api/authentication/keepAlive"),),
        beyond=_NO_IDENTITY,
    ),
)

OPEN = (
    Row(
        "A-47",
        "200|200|200|200|200|200|200|200|200|200",
        (_get(f"/{APP}/api/v1/applicationmetadata"), _get(f"/{APP}")),
    ),
)

ROWS = (*INSTANCES, *DATA, *PROCESS, *CALLER, *OPEN)
