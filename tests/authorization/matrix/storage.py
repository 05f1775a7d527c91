"""The rows of authorization.md §6.2 whose operations are served, as printed there.

Columns: AN OA OB OX EN UR UW UN SU SN. Where a row names several operations, or both
forms of an address, each is a call of its own.
"""

from tests.authorization.matrix.rows import (
    APP,
    ORG_NUMBERS,
    PDF,
    AppFiles,
    Call,
    P,
    Row,
    delete,
    get,
    post,
    put,
)

_S = "/storage/api/v1/instances"
_I = f"{_S}/{{P}}/{{guid}}"
_UNKNOWN = f"{_S}/{{P}}/{{nowhere}}"
_WRONG_PARTY = f"{_S}/{{Q}}/{{guid}}"
_HEADER = "X-Ai-InstanceOwnerIdentifier"
_OF_P = f"{_S}?appId={APP}&instanceOwner.partyId={{P}}"
_SUBSTATUS = {"label": "received", "description": "A case worker has it."}
_EVENT = {"instanceId": "{P}/{guid}", "eventType": "MessageRead"}


def _described(element: str, **other: object) -> dict[str, object]:
    return {"id": f"{{{element}}}", "instanceGuid": "{guid}", "tags": ["a"], **other}


def _writes(instance: str) -> tuple[Call, ...]:
    """Every write of data, at an instance's address."""
    element = {"id": "{nowhere}", "instanceGuid": "{nowhere}"}
    return (
        post(f"{instance}/data?dataType=attachment", **PDF),
        put(f"{instance}/data/{{attachment}}", **PDF),
        delete(f"{instance}/data/{{attachment}}"),
        put(f"{instance}/dataelements/{{attachment}}", json=element),
    )


def _owner_of(party: str) -> dict[str, object]:
    return {"instanceOwner": {"partyId": party}}


def _readable_for_skd(files: AppFiles) -> None:
    rule = files.policy.index("<xacml:Rule ", files.policy.index("ruleid:R"))
    end = files.policy.index("</xacml:Rule>", rule) + len("</xacml:Rule>")
    granted = (
        files.policy[rule:end]
        .replace("ruleid:O", "ruleid:X")
        .replace(">[org]<", ">skd<", 1)
    )
    files.policy = files.policy[:end] + granted + files.policy[end:]


def _kept_for_days(files: AppFiles) -> None:
    files.metadata["preventInstanceDeletionForDays"] = 30


INSTANCES = (
    Row("S-01", "401|400|403|400|400|400|400|400|400|400", (get(_S),)),
    Row("S-02", "401|200|403|400|400|400|400|400|400|400", (get(f"{_S}?org=ttd"),)),
    Row("S-03", "401|200|403|403|400|400|400|400|400|400", (get(f"{_S}?appId={APP}"),)),
    Row(
        "S-04",
        "401|400|403|400|400|200|200|200∅|200|200∅",
        (get(f"{_S}?instanceOwner.partyId={{P}}"),),
    ),
    Row("S-05", "401|200|403|403|400|200|200|200∅|200|200∅", (get(_OF_P),)),
    Row(
        "S-06",
        "401|400|400|400|400|400|400|400|400|400",
        (get(_OF_P, headers={_HEADER: f"Organisation:{ORG_NUMBERS[P]}"}),),
    ),
    Row(
        "S-07",
        "401|200∅|403|403|400|200∅|200∅|200∅|200∅|200∅",
        (
            get(f"{_S}?appId={APP}", headers={_HEADER: "Organisation:999999999"}),
            get(f"{_S}?appId={APP}", headers={_HEADER: "Person:01010199999"}),
        ),
    ),
    Row(
        "S-08",
        "401|200|403|403|400|200∅|200∅|200∅|200∅|200∅",
        (get(f"{_OF_P}&status.isHardDeleted=true", given="hard-deleted"),),
    ),
    Row(
        "S-09",
        "401|200|403|200|400|400|400|400|400|400",
        (get(f"{_S}?appId={APP}"),),
        app=_readable_for_skd,
    ),
    Row("S-10", "401|200|200|403|403|200|200|403|200|403", (get(_I),)),
    Row("S-11", "401|200|200|403|403|200|200|403|200|403", (get(f"{_S}/{{guid}}"),)),
    Row(
        "S-12",
        "401|404|404|404|404|404|404|404|404|404",
        (get(_UNKNOWN), get(f"{_S}/{{nowhere}}")),
    ),
    Row("S-13", "401|404|404|404|404|404|404|404|404|404", (get(_WRONG_PARTY),)),
    Row(
        "S-14",
        "401|200|200|403|403|200|200|403|200|403",
        (get(_I, given="hard-deleted"),),
    ),
    Row(
        "S-15",
        "401|201|201|403|403|403|201|403|201|403",
        (post(f"{_S}?appId={APP}", json=_owner_of("{P}")),),
    ),
    Row(
        "S-16",
        "401|400|400|400|400|400|400|400|400|400",
        (
            post(f"{_S}?appId={APP}", json={}),
            post(f"{_S}?appId={APP}", json={"instanceOwner": {}}),
        ),
    ),
    Row(
        "S-17",
        "401|404|404|404|404|404|404|404|404|404",
        (post(f"{_S}?appId=ttd/no-such-app", json=_owner_of("{P}")),),
    ),
    Row(
        "S-18",
        "401|201|201|403|403|403|403|403|403|403",
        (post(f"{_S}?appId={APP}", json=_owner_of("{Q}")),),
    ),
    Row(
        "S-19",
        "401|403|403|403|403|403|200|403|200|403",
        (delete(_I), delete(f"{_I}?hard=true")),
    ),
    Row(
        "S-20",
        "401|403|403|403|403|403|403|403|403|403",
        (delete(_UNKNOWN), delete(_WRONG_PARTY), delete(f"{_UNKNOWN}?hard=true")),
    ),
    Row(
        "S-21",
        "401|403|403|403|403|403|403|403|403|403",
        (delete(_I, given="ended"), delete(f"{_I}?hard=true", given="ended")),
        app=_kept_for_days,
    ),
    Row(
        "S-22",
        "401|200|200|403|403|403|403|403|403|403",
        (post(f"{_I}/complete", times=2),),
    ),
    Row(
        "S-23",
        "401|200|200|403|403|200|200|403|200|403",
        (put(f"{_I}/readstatus?status=read"),),
    ),
    Row(
        "S-24",
        "401|400|400|403|403|400|400|403|400|403",
        (put(f"{_I}/readstatus?status=bogus"),),
    ),
    Row(
        "S-25",
        "401|200|200|403|403|403|403|403|403|403",
        (put(f"{_I}/substatus", json=_SUBSTATUS),),
    ),
    Row(
        "S-26",
        "401|400|400|400|400|400|400|400|400|400",
        (put(f"{_I}/substatus", json={"description": "no label"}),),
    ),
    Row(
        "S-30",
        "401|404|404|404|404|404|404|404|404|404",
        (put(f"{_UNKNOWN}/substatus", json=_SUBSTATUS),),
    ),
)

DATA = (
    Row(
        "S-31",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_I}/data/{{attachment}}"),),
    ),
    Row(
        "S-32", "401|200|200|403|403|200|200|403|200|403", (get(f"{_I}/dataelements"),)
    ),
    Row(
        "S-33",
        "401|404|404|403|403|404|404|403|404|403",
        (get(f"{_I}/data/{{nowhere}}"),),
    ),
    Row(
        "S-34",
        "401|404|404|403|403|404|404|403|404|403",
        (get(f"{_I}/data/{{foreign}}"),),
    ),
    Row(
        "S-35",
        "401|404|404|404|404|404|404|404|404|404",
        (
            get(f"{_UNKNOWN}/data/{{attachment}}"),
            get(f"{_WRONG_PARTY}/data/{{attachment}}"),
            get(f"{_UNKNOWN}/dataelements"),
            get(f"{_WRONG_PARTY}/dataelements"),
        ),
    ),
    Row(
        "S-36",
        "401|200|200|403|403|404|404|403|404|403",
        (get(f"{_I}/data/{{deleted}}"),),
    ),
    Row(
        "S-37",
        "401|403|403|403|403|403|403|403|403|403",
        (get(f"{_I}/data/{{secret}}"),),
    ),
    Row(
        "S-38",
        "401|201|201|403|403|403|201|403|201|403",
        (post(f"{_I}/data?dataType=attachment", **PDF),),
    ),
    Row(
        "S-39",
        "401|400|400|403|403|403|400|403|400|403",
        (
            post(f"{_I}/data", **PDF),
            post(f"{_I}/data?dataType=undeclared", **PDF),
            post(f"{_I}/data?dataType=attachment", content_type="application/pdf"),
        ),
    ),
    Row(
        "S-40",
        "401|403|403|403|403|403|403|403|403|403",
        (
            post(f"{_I}/data?dataType=secret", **PDF),
            put(f"{_I}/data/{{secret}}", **PDF),
            delete(f"{_I}/data/{{secret}}"),
            # The type that counts is the stored one, not that of the body (T-27).
            put(
                f"{_I}/dataelements/{{secret}}",
                json=_described("secret", dataType="attachment"),
            ),
        ),
    ),
    Row(
        "S-41",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/data/{{attachment}}", **PDF),),
    ),
    Row(
        "S-42",
        "401|409|409|403|403|403|409|403|409|403",
        (put(f"{_I}/data/{{locked}}", **PDF),),
    ),
    Row(
        "S-43",
        "401|422|422|403|403|403|422|403|422|403",
        (put(f"{_I}/data/{{attachment}}", content_type="application/pdf"),),
    ),
    Row(
        "S-44",
        "401|404|404|403|403|403|404|403|404|403",
        (
            put(f"{_I}/data/{{foreign}}", **PDF),
            delete(f"{_I}/data/{{foreign}}"),
            put(f"{_I}/dataelements/{{foreign}}", json=_described("foreign")),
        ),
    ),
    Row(
        "S-45",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/dataelements/{{attachment}}", json=_described("attachment")),),
    ),
    Row(
        "S-46",
        "401|400|400|403|403|403|400|403|400|403",
        (
            put(f"{_I}/dataelements/{{attachment}}", json=_described("nowhere")),
            put(
                f"{_I}/dataelements/{{attachment}}",
                json=_described("attachment", instanceGuid="{nowhere}"),
            ),
        ),
    ),
    Row(
        "S-47",
        "401|200|200|403|403|403|200|403|200|403",
        (delete(f"{_I}/data/{{attachment}}"),),
    ),
    Row(
        "S-48",
        "401|400|400|403|403|403|400|403|400|403",
        (delete(f"{_I}/data/{{attachment}}?delay=true"),),
    ),
    Row(
        "S-49",
        "401|403|403|403|403|403|403|403|403|403",
        (*_writes(_UNKNOWN), *_writes(_WRONG_PARTY)),
    ),
)

COMPONENTS = (
    Row(
        "S-54",
        "401|403|403|403|403|403|403|403|403|403",
        (
            put(
                f"{_I}/dataelements/{{attachment}}/filescanstatus",
                json={"fileScanResult": "Clean"},
            ),
            get(f"{_I}/dataelementexists/{{attachment}}"),
        ),
        beyond={"PA": "200"},
    ),
    Row(
        "S-69",
        "401|403|403|403|403|403|403|403|403|403",
        (get(f"{_I}/process/authinfo"),),
        beyond={"PA": "200"},
    ),
)

EVENTS = (
    Row(
        "S-70",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_I}/events"), get(f"{_I}/events/{{event}}")),
    ),
    Row(
        "S-71",
        "401|404|404|403|403|404|404|403|404|403",
        (get(f"{_I}/events/{{other_event}}"), get(f"{_I}/events/{{nowhere}}")),
    ),
    Row(
        "S-72",
        "401|201|201|403|403|201|201|403|201|403",
        (post(f"{_I}/events", json=_EVENT),),
    ),
    Row(
        "S-73",
        "401|400|400|403|403|400|400|403|400|403",
        (post(f"{_I}/events", json={**_EVENT, "instanceId": "{P}/{nowhere}"}),),
    ),
    Row(
        "S-74",
        "401|403|403|403|403|403|403|403|403|403",
        (
            get(f"{_UNKNOWN}/events"),
            get(f"{_WRONG_PARTY}/events"),
            post(f"{_UNKNOWN}/events", json=_EVENT),
            post(f"{_WRONG_PARTY}/events", json=_EVENT),
        ),
    ),
)

ROWS = (*INSTANCES, *DATA, *COMPONENTS, *EVENTS)
