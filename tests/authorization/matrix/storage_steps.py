"""The rows of authorization.md §6.2 on steps of a process, locks, values, signing.

Columns: AN OA OB OX EN UR UW UN SU SN.
"""

from tests.authorization.matrix.rows import Call, Row, delete, get, patch, post, put

_I = "/storage/api/v1/instances/{P}/{guid}"
_UNKNOWN = "/storage/api/v1/instances/{P}/{nowhere}"
_WRONG_PARTY = "/storage/api/v1/instances/{Q}/{guid}"

_NEW_TEXTS = {"texts": {"title": "New"}}
_NEW_VALUES = {"values": {"month": "2026-11"}}
_TTL = {"ttlSeconds": 60}
_TOKEN = "Altinn-Storage-Lock-Token"


def _state(task: str, task_type: str, flow: str = "") -> dict[str, object]:
    current = {"elementId": task, "altinnTaskType": task_type, "flow": 2}
    return {"currentTask": current | ({"flowType": flow} if flow else {})}


def _move(task: str, task_type: str, *, given: str, flow: str = "") -> Call:
    return put(f"{_I}/process", json=_state(task, task_type, flow), given=given)


def _signature(signee: object) -> dict[str, object]:
    return {
        "signatureDocumentDataType": "signature",
        "dataElementSignatures": [{"dataElementId": "{attachment}", "signed": True}],
        "signee": signee,
    }


def _with_events(instance_id: str) -> dict[str, object]:
    event = {
        "instanceId": instance_id,
        "eventType": "process_EndTask",
        "user": {"userId": 1337},
    }
    return {"state": _state("Task_2", "confirmation"), "events": [event]}


TEXTS = (
    Row(
        "S-27",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/presentationtexts", json=_NEW_TEXTS),),
    ),
    Row(
        "S-28",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/datavalues", json=_NEW_VALUES),),
    ),
    Row(
        "S-29",
        "401|400|400|400|400|400|400|400|400|400",
        (
            put(f"{_I}/presentationtexts", json={"texts": None}),
            put(f"{_I}/datavalues", json={"values": None}),
        ),
    ),
    Row(
        "S-30-texts",
        "401|404|404|404|404|404|404|404|404|404",
        (
            put(f"{_UNKNOWN}/presentationtexts", json=_NEW_TEXTS),
            put(f"{_UNKNOWN}/datavalues", json=_NEW_VALUES),
        ),
    ),
)

LOCKS = (
    Row(
        "S-50",
        "401|201|201|403|403|403|201|403|201|403",
        (put(f"{_I}/data/{{attachment}}/lock"),),
    ),
    Row(
        "S-51",
        "401|404|404|404|404|404|404|404|404|404",
        (put(f"{_UNKNOWN}/data/{{attachment}}/lock"),),
    ),
    Row(
        "S-52",
        "401|200|200|403|403|403|200|403|200|403",
        (delete(f"{_I}/data/{{locked}}/lock"),),
    ),
    Row(
        "S-53",
        "401|403|403|403|403|403|403|403|403|403",
        (delete(f"{_UNKNOWN}/data/{{attachment}}/lock"),),
    ),
    Row(
        "S-55",
        "401|200|200|403|403|403|200|403|200|403",
        (post(f"{_I}/lock", json=_TTL),),
    ),
    Row(
        "S-56",
        "401|409|409|403|403|403|409|403|409|403",
        (post(f"{_I}/lock", json=_TTL, after=(post(f"{_I}/lock", json=_TTL),)),),
    ),
    Row(
        "S-57",
        "401|404|404|404|404|404|404|404|404|404",
        (
            post(f"{_UNKNOWN}/lock", json=_TTL),
            post(f"{_WRONG_PARTY}/lock", json=_TTL),
        ),
    ),
    Row(
        "S-58",
        "401|204|204|204|204|204|204|204|204|204",
        (
            patch(
                f"{_I}/lock",
                json=_TTL,
                headers={_TOKEN: "{lockToken}"},
                after=(post(f"{_I}/lock", json=_TTL),),
            ),
        ),
    ),
    Row(
        "S-59-malformed",
        "401|400|400|400|400|400|400|400|400|400",
        (patch(f"{_I}/lock", json=_TTL, headers={_TOKEN: "no token"}),),
    ),
    Row(
        # The token says {"id": 1, "secret": "…"} of a lock that nobody took.
        "S-59-no-lock",
        "401|404|404|404|404|404|404|404|404|404",
        (
            patch(
                f"{_I}/lock",
                json=_TTL,
                headers={_TOKEN: "eyJpZCI6MSwic2VjcmV0IjoiQUFBQSJ9"},
            ),
        ),
    ),
    Row(
        # The first lock of the instance, with another secret than it was given.
        "S-59-wrong-secret",
        "401|403|403|403|403|403|403|403|403|403",
        (
            patch(
                f"{_I}/lock",
                json=_TTL,
                headers={_TOKEN: "eyJpZCI6MSwic2VjcmV0IjoiQUFBQSJ9"},
                after=(post(f"{_I}/lock", json=_TTL),),
            ),
        ),
    ),
    Row(
        "S-59-expired",
        "401|422|422|422|422|422|422|422|422|422",
        (
            patch(
                f"{_I}/lock",
                json=_TTL,
                headers={_TOKEN: "{lockToken}"},
                after=(post(f"{_I}/lock", json={"ttlSeconds": 0}),),
            ),
        ),
    ),
)

PROCESS = (
    Row(
        "S-60",
        "401|200|200|403|403|403|200|403|200|403",
        (_move("Task_2", "confirmation", given="Task_1"),),
    ),
    Row(
        "S-61",
        "401|403|403|403|403|403|200|403|200|403",
        (_move("Task_3", "signing", given="Task_2"),),
    ),
    Row(
        "S-62",
        "401|403|403|403|403|403|200|403|200|403",
        (_move("Task_3", "signing", given="Task_2", flow="AbandonCurrentMoveToNext"),),
    ),
    Row(
        "S-63",
        "401|200|200|403|403|403|200|403|200|403",
        (
            put(
                f"{_I}/process",
                json={"ended": "2026-01-01T00:00:00Z", "endEvent": "EndEvent_1"},
                given="Task_3",
            ),
        ),
    ),
    Row(
        "S-64",
        "401|403|403|403|403|403|403|403|403|403",
        (_move("Task_1", "data", given="ended"),),
    ),
    Row(
        "S-65",
        "401|404|404|404|404|404|404|404|404|404",
        (
            put(f"{_UNKNOWN}/process", json=_state("Task_2", "confirmation")),
            put(f"{_WRONG_PARTY}/process", json=_state("Task_2", "confirmation")),
        ),
    ),
    Row(
        "S-66",
        "401|200|200|403|403|403|200|403|200|403",
        (put(f"{_I}/process/instanceandevents", json=_with_events("{P}/{guid}")),),
    ),
    Row(
        "S-67",
        "401|400|400|400|400|400|400|400|400|400",
        (
            put(f"{_I}/process/instanceandevents", json=_with_events("{P}/{nowhere}")),
            put(
                f"{_I}/process/instanceandevents",
                json={
                    **_with_events("{P}/{guid}"),
                    "events": [{"instanceId": "{P}/{guid}", "user": {}}],
                },
            ),
            put(f"{_I}/process/instanceandevents", json={"state": None, "events": []}),
        ),
    ),
    Row(
        "S-68",
        "401|200|200|403|403|200|200|403|200|403",
        (get(f"{_I}/process/history"),),
    ),
    Row(
        "S-74-history",
        "401|403|403|403|403|403|403|403|403|403",
        (
            get(f"{_UNKNOWN}/process/history"),
            get(f"{_WRONG_PARTY}/process/history"),
        ),
    ),
)

SIGNING = (
    Row(
        "S-75",
        "401|403|403|403|403|403|201|403|201|403",
        (post(f"{_I}/sign", json=_signature("{signee}"), given="Task_3"),),
    ),
    Row(
        "S-76",
        "401|403|403|403|403|403|400|403|400|403",
        (post(f"{_I}/sign", json=_signature({}), given="Task_3"),),
    ),
    Row(
        "S-77",
        "401|403|403|403|403|403|403|403|403|403",
        (post(f"{_I}/sign", json=_signature({"userId": "12345"}), given="Task_3"),),
    ),
)

ROWS = (*TEXTS, *LOCKS, *PROCESS, *SIGNING)
