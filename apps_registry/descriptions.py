"""Applications that are described from outside: by their metadata and texts alone.

The tool that makes applications sends these apart from the folder. Each change is a
deployment with all else as it is.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery

from apps_registry import changes, lenient_json
from apps_registry.app_folder import POLICY, PROCESS
from apps_registry.deployments import Guard
from apps_registry.errors import AppNotFound
from apps_registry.metadata import FILE as METADATA
from apps_registry.metadata import PARTY_TYPES
from apps_registry.models import Application, Deployment
from apps_registry.public_files import not_found
from apps_registry.texts import languages_of, texts_path
from common.actors import THE_SERVER, Actor
from common.times import wire_time

Document = Mapping[str, object]

# Who made it and when is the server's own word.
_SERVERS = frozenset(
    ["created", "createdBy", "lastChanged", "lastChangedBy", "versionId"]
)
_KIND = "texts in the language"

# What an application begins with that came with metadata alone: a form to fill in, and
# a policy by which nobody may do anything until one is sent that says who may.
FIRST_PROCESS = b"""<?xml version="1.0" encoding="utf-8"?>
<bpmn:definitions id="Definitions_1"
    xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:altinn="http://altinn.no/process"
    targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="Process_1" isExecutable="false">
    <bpmn:startEvent id="StartEvent_1">
      <bpmn:outgoing>Flow_1</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="StartEvent_1" targetRef="Task_1"/>
    <bpmn:task id="Task_1" name="Utfylling">
      <bpmn:incoming>Flow_1</bpmn:incoming>
      <bpmn:outgoing>Flow_2</bpmn:outgoing>
      <bpmn:extensionElements>
        <altinn:taskExtension>
          <altinn:taskType>data</altinn:taskType>
        </altinn:taskExtension>
      </bpmn:extensionElements>
    </bpmn:task>
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Task_1" targetRef="EndEvent_1"/>
    <bpmn:endEvent id="EndEvent_1">
      <bpmn:incoming>Flow_2</bpmn:incoming>
    </bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
FIRST_POLICY = b"""<?xml version="1.0" encoding="utf-8"?>
<xacml:Policy PolicyId="urn:altinn:policy:nobody" Version="1.0"
    RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"
    xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">
  <xacml:Target/>
</xacml:Policy>
"""


def register(
    *,
    org: str,
    app: str,
    document: Document,
    now: datetime,
    by: Actor = THE_SERVER,
    guard: Guard | None = None,
) -> None:
    """Serve the app with this metadata, whether or not it was served before.

    A new app begins with a form to fill in and a policy that permits nothing. Raises
    DeploymentConflict, AppFolderRefused with every finding, and what ``guard`` raises.
    """

    def edit(files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        before = _stored(files)
        valid_from = before.get("validFrom") or wire_time(now)
        own = {
            **_given(document, before, org=org, app=app),
            "dataTypes": document.get("dataTypes") or [],
            "validFrom": document.get("validFrom") or valid_from,
        }
        return {METADATA: _json(own)}

    try:
        changes.change_files(
            org=org, app=app, edit=edit, label="metadata", by=by, guard=guard
        )
    except AppNotFound:
        files = {METADATA: edit({})[METADATA] or b""}
        files |= {PROCESS: FIRST_PROCESS, POLICY: FIRST_POLICY}
        changes.found_app(org=org, app=app, files=files, label="metadata", by=by)


def replace_metadata(
    *,
    org: str,
    app: str,
    document: Document,
    by: Actor = THE_SERVER,
    guard: Guard | None = None,
) -> None:
    """Serve the app with this metadata; its storage account stays what it was.

    Raises AppNotFound, DeploymentConflict, AppFolderRefused and what ``guard`` raises.
    """

    def edit(files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        before = _stored(files)
        everybody = dict.fromkeys(PARTY_TYPES, False)
        own = {
            **_given(document, before, org=org, app=app),
            "partyTypesAllowed": document.get("partyTypesAllowed") or everybody,
        }
        own.pop("storageAccountNumber", None)
        if before.get("storageAccountNumber") is not None:
            own["storageAccountNumber"] = before["storageAccountNumber"]
        return {METADATA: _json(own)}

    changes.change_files(
        org=org, app=app, edit=edit, label="metadata", by=by, guard=guard
    )


def expire(*, org: str, app: str, now: datetime, by: Actor = THE_SERVER) -> None:
    """Say in the app's metadata that it is valid no more; it is served all the same.

    Raises AppNotFound, DeploymentConflict and AppFolderRefused.
    """

    def edit(files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        return {METADATA: _json({**_stored(files), "validTo": wire_time(now)})}

    changes.change_files(org=org, app=app, edit=edit, label="expired", by=by)


def put_texts(
    *,
    org: str,
    app: str,
    language: str,
    resources: object,
    must_exist: bool,
    by: Actor = THE_SERVER,
) -> None:
    """Serve the app with these texts of a language in place of those that it had.

    Raises AppNotFound, AppFileNotFound where there must have been some,
    DeploymentConflict and AppFolderRefused.
    """

    def edit(files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        if must_exist:
            _require_texts(files, f"{org}/{app}", language)
        document = {"language": language, "resources": resources}
        return {texts_path(language): _json(document)}

    changes.change_files(org=org, app=app, edit=edit, label="texts", by=by)


def delete_texts(*, org: str, app: str, language: str, by: Actor = THE_SERVER) -> None:
    """Serve the app without the texts of a language.

    Raises AppNotFound, AppFileNotFound, DeploymentConflict and AppFolderRefused.
    """

    def edit(files: Mapping[str, bytes]) -> dict[str, bytes | None]:
        _require_texts(files, f"{org}/{app}", language)
        return {texts_path(language): None}

    changes.change_files(org=org, app=app, edit=edit, label="texts", by=by)


def times_of(app_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return who made each app and its present deployment, and when, by the app's id.

    An app that is not served is not in it.
    """
    deployments = Deployment.objects.filter(application=OuterRef("pk"))
    first_author = deployments.order_by("number").values("created_by")[:1]
    rows = (
        Application.objects.served()
        .annotate(created_by=Subquery(first_author))
        .values_list(
            "app_id",
            "created",
            "created_by",
            "current__created",
            "current__created_by",
        )
    )
    if len(app_ids) == 1:  # a list of all is shorter asked for as a whole
        rows = rows.filter(app_id=app_ids[0])
    return {
        app_id: {
            "created": wire_time(created),
            "lastChanged": wire_time(changed),
            **({"createdBy": author} if author else {}),
            **({"lastChangedBy": changed_by} if changed_by else {}),
        }
        for app_id, created, author, changed, changed_by in rows
    }


def _given(
    document: Document, before: Document, *, org: str, app: str
) -> dict[str, object]:
    """Return what was sent, without what is not the sender's to say.

    Who made the app, and when, stays as its metadata had it before.
    """
    sent = {name: one for name, one in document.items() if name not in _SERVERS}
    kept = {name: before[name] for name in ("created", "createdBy") if name in before}
    return {**sent, **kept, "id": f"{org}/{app}", "org": org}


def _stored(files: Mapping[str, bytes]) -> dict[str, object]:
    content = files.get(METADATA, b"{}")
    document = lenient_json.parse(content, file=METADATA)
    return document if isinstance(document, dict) else {}


def _require_texts(files: Mapping[str, bytes], app_id: str, language: str) -> None:
    if texts_path(language) not in files:
        raise not_found(app_id, _KIND, language, languages_of(files))


def _json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
