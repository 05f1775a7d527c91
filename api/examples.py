"""An example of each document of the wire, by the name of its OpenAPI component.

They are of the sandbox: its parties and its application ``nav/app2018``. A test holds
each to its schema, sends those that are bodies, and compares the others with answers.
"""

from collections.abc import Mapping
from http import HTTPStatus

from common.errors import DomainError

_PARTY = "500000"
_GUID = "0193a5b2-7c1e-7d34-9f0a-5b1c2d3e4f50"
_INSTANCE_ID = f"{_PARTY}/{_GUID}"
_ELEMENT_ID = "0193a5b2-9a40-7b11-8e2c-6a7b8c9d0e1f"
_EVENT_ID = "0193a5b2-7c20-7f02-a1b2-c3d4e5f60718"
_CREATED, _CHANGED = "2026-11-24T09:30:00.0000000Z", "2026-11-24T09:31:12.4081930Z"
_APPS = "https://nav.apps.altinn.example.no/nav/app2018"
_PLATFORM = "https://platform.altinn.example.no/storage/api/v1"

_LINKS = {
    "apps": f"{_APPS}/instances/{_INSTANCE_ID}",
    "platform": f"{_PLATFORM}/instances/{_INSTANCE_ID}",
}
_TASK: dict[str, object] = {
    "flow": 2,
    "started": _CREATED,
    "elementId": "formfilling",
    "name": "Utfylling",
    "altinnTaskType": "data",
    "flowType": "CompleteCurrentMoveToNext",
}
_PROCESS: dict[str, object] = {
    "started": _CREATED,
    "startEvent": "start",
    "currentTask": _TASK,
}
_IDLE: dict[str, object] = {"state": "idle"}
_DATA_ELEMENT: dict[str, object] = {
    "id": _ELEMENT_ID,
    "instanceGuid": _GUID,
    "dataType": "default",
    "contentType": "application/xml",
    "blobStoragePath": f"nav/app2018/{_GUID}/data/{_ELEMENT_ID}",
    "selfLinks": {face: f"{link}/data/{_ELEMENT_ID}" for face, link in _LINKS.items()},
    "size": 1482,
    "locked": False,
    "refs": [],
    "isRead": True,
    "tags": [],
    "fileScanResult": "NotApplicable",
    "appOwner": {"downloaded": []},
    "created": _CHANGED,
    "createdBy": "1337",
    "lastChanged": _CHANGED,
    "lastChangedBy": "1337",
}
_INSTANCE: dict[str, object] = {
    "id": _INSTANCE_ID,
    "instanceOwner": {"partyId": _PARTY, "organisationNumber": "312009579"},
    "appId": "nav/app2018",
    "org": "nav",
    "selfLinks": _LINKS,
    "visibleAfter": _CREATED,
    "process": {**_PROCESS, "transition": _IDLE},
    "status": {
        "isArchived": False,
        "isSoftDeleted": False,
        "isHardDeleted": False,
        "readStatus": "Read",
    },
    "data": [_DATA_ELEMENT],
    "created": _CREATED,
    "createdBy": "1337",
    "lastChanged": _CHANGED,
    "lastChangedBy": "1337",
}
_EVENT: dict[str, object] = {
    "id": _EVENT_ID,
    "instanceId": _INSTANCE_ID,
    "created": _CREATED,
    "eventType": "Created",
    "instanceOwnerPartyId": _PARTY,
    "user": {"userId": 1337, "authenticationLevel": 2},
    "processInfo": _PROCESS,
}
_TASKS = {"formfilling": "data", "confirm": "confirmation"}


def _attribute(name: str, value: str) -> dict[str, object]:
    """Return a category of a decision request with one attribute."""
    return {"Attribute": [{"AttributeId": name, "Value": value}]}


EXAMPLES: Mapping[str, object] = {
    # --- bodies -----------------------------------------------------------------------
    "InstanceTemplateRequest": {
        "instanceOwner": {"partyId": _PARTY},
        "dueBefore": "2027-01-31T12:00:00Z",
    },
    "SubstatusRequest": {
        "label": "Under behandling",
        "description": "Saken er hos en saksbehandler.",
    },
    "SubscriptionRequestRequest": {
        "endPoint": "https://receiver.example.no/events",
        "resourceFilter": "urn:altinn:resource:app_nav_app2018",
        "alternativeSubjectFilter": "/org/312009579",
        "typeFilter": "app.instance.process.completed",
    },
    "ProcessNextRequest": {"action": "write"},
    "DataElementMetadataRequest": {
        "id": _ELEMENT_ID,
        "instanceGuid": _GUID,
        "tags": ["original"],
        "userDefinedMetadata": [{"key": "source", "value": "journal"}],
    },
    "StatedEventRequest": {
        "instanceId": _INSTANCE_ID,
        "eventType": "NotificationSentSms",
    },
    "PresentationTextsRequest": {"texts": {"title": "Sykmelding for mars"}},
    "DataValuesRequest": {"values": {"month": "2026-03", "draft": None}},
    "InstanceLockRequest": {"ttlSeconds": 300},
    "StatedProcessRequest": {
        "started": _CREATED,
        "startEvent": "start",
        "currentTask": {
            "flow": 3,
            "started": "2026-01-15T09:12:00Z",
            "elementId": "confirm",
            "name": "Bekreft",
            "altinnTaskType": "confirmation",
            "flowType": "CompleteCurrentMoveToNext",
        },
    },
    "HypotheticalRequest": {
        "subject": {"kind": "user", "level": 2, "roles": ["regna"]},
        "resource": {"org": "nav", "app": "app2018", "task": "confirm"},
        "action": "confirm",
    },
    "DecisionRequestRequest": {
        "Request": {
            "AccessSubject": [_attribute("urn:altinn:userid", "1337")],
            "Action": [
                _attribute("urn:oasis:names:tc:xacml:1.0:action:action-id", "read")
            ],
            "Resource": [
                {
                    "Attribute": [
                        {"AttributeId": "urn:altinn:org", "Value": "nav"},
                        {"AttributeId": "urn:altinn:app", "Value": "app2018"},
                        {"AttributeId": "urn:altinn:partyid", "Value": _PARTY},
                    ]
                }
            ],
        }
    },
    # --- answers ----------------------------------------------------------------------
    "Instance": _INSTANCE,
    "DataElement": _DATA_ELEMENT,
    "DataElementList": {"dataElements": [_DATA_ELEMENT]},
    "LockToken": {"lockToken": "eyJpZCI6MSwic2VjcmV0IjoiZW4gaGVtbWVsaWdoZXQgaGVyIn0"},
    "DataDeleted": {
        "instance": {**_INSTANCE, "data": []},
        "validationIssues": [],
        "newDataModels": [],
    },
    "QueryResponse": {
        "count": 1,
        "self": f"{_PLATFORM}/instances?appId=nav/app2018",
        "next": None,
        "instances": [_INSTANCE],
    },
    "AppProcessState": {
        **_PROCESS,
        "currentTask": {
            **_TASK,
            "actions": {"read": True, "write": True},
            "userActions": [
                {"id": "read", "authorized": True, "type": "ProcessAction"},
                {"id": "write", "authorized": True, "type": "ProcessAction"},
            ],
            "read": True,
            "write": True,
            "elementType": "Task",
        },
        "ended": None,
        "endEvent": None,
        "transition": {**_IDLE, "attempt": None, "lastError": None, "dueAt": None},
        "processTasks": [
            {"altinnTaskType": kind, "elementId": task, "elementType": "Task"}
            for task, kind in _TASKS.items()
        ],
    },
    "ProcessHistory": {
        "processHistory": [
            {
                "eventType": "process_StartTask",
                "elementId": "formfilling",
                "occured": _CREATED,
                "started": _CREATED,
                "ended": None,
                "performedBy": "1337",
            }
        ]
    },
    "InstanceEvent": _EVENT,
    "InstanceEventList": {"instanceEvents": [_EVENT]},
    "Application": {
        "id": "nav/app2018",
        "org": "nav",
        "title": {"nb": "Sykmelding", "en": "Sick leave certificate"},
        "dataTypes": [
            {
                "id": "default",
                "allowedContentTypes": ["application/xml", "application/json"],
                "taskId": "formfilling",
                "maxSize": 5,
                "maxCount": 1,
                "minCount": 1,
            }
        ],
        "versionId": "1",
    },
}


def problem_example(kind: type[DomainError], status: HTTPStatus) -> dict[str, object]:
    """Return a problem document; words in braces stand for the values of a call."""
    return {
        "type": f"https://altinn.example.no/problems/{kind.code}",
        "title": kind.title or status.phrase,
        "status": int(status),
        "detail": kind.detail,
        "instance": f"/nav/app2018/instances/{_INSTANCE_ID}",
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "code": kind.code,
    }
