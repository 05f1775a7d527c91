"""Raw Django views of two reads: what is left when nothing is shared or declared.

They check the same token, ask the same decision, and answer the same documents as the
platform API, for an instance and for a page of an application's instances, from SQL
written by hand for PostgreSQL. No DRF, no ORM, no filters, no problem documents: they
are the floor that the faces are measured against, and serve nobody.
The middleware is the faces' own, so that what is compared is what stands behind it.
``DJANGO_SETTINGS_MODULE=bench.raw_settings`` serves them at the addresses of the API.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from api.issuer import token_verifier
from api.pagination import Place, TokenMaker
from authorization.resources import Resource
from authorization.services import RoleLookup, decide
from common.times import parse_time
from data_elements.choices import FileScanResult
from instances.choices import ReadStatus
from parties.identity import Principal

_Row = Sequence[Any]
_READ = {status.value: status.label for status in ReadStatus}
_SCAN = {result.value: result.label for result in FileScanResult}


def _wire(*columns: str) -> str:
    return ", ".join(
        f"replace(({c} AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'" for c in columns
    )


_INSTANCE = f"""i.id::text, i.org, i.app_id, i.owner_party_id, i.owner_person_no,
 i.owner_org_no, i.owner_username, i.owner_external_id, i.process::text,
 coalesce(i.current_task, ''), coalesce(i.end_event, ''), i.read_status,
 i.substatus::text, i.confirmations::text, i.presentation_texts::text,
 i.data_values::text, i.created_by, i.last_changed_by,
 {_wire("i.due_before", "i.visible_after", "i.archived_at", "i.soft_deleted_at")},
 {_wire("i.hard_deleted_at", "i.created", "i.last_changed")}"""
_ELEMENT = f"""e.instance_id::text, e.id::text, e.data_type, e.filename,
 e.content_type, e.size, e.locked_at IS NOT NULL, e.refs::text, e.is_read,
 e.tags::text, e.user_defined_metadata::text, e.metadata::text, e.scan_result,
 e."references"::text, e.owner_downloads::text, e.created_by, e.last_changed_by,
 {_wire("e.deleted_at", "e.owner_confirmed_at", "e.created", "e.last_changed")}"""
_COLUMNS = 25
_ONE = f"""SELECT {_INSTANCE}, {_ELEMENT} FROM instances_instance i
 LEFT JOIN data_elements_dataelement e ON e.instance_id = i.id
 WHERE i.id = %s AND i.owner_party_id = %s ORDER BY e.created, e.id"""  # noqa: S608  constants
_PAGE = f"""SELECT {_INSTANCE} FROM instances_instance i WHERE i.app_id = %s
 ORDER BY i.last_changed DESC, i.id DESC LIMIT %s"""  # noqa: S608  constants
_PAGE_AFTER = f"""SELECT {_INSTANCE} FROM instances_instance i
 WHERE i.app_id = %s AND (i.last_changed, i.id) < (%s, %s)
 ORDER BY i.last_changed DESC, i.id DESC LIMIT %s"""  # noqa: S608  constants
_ELEMENTS = f"""SELECT {_ELEMENT} FROM data_elements_dataelement e
 WHERE e.instance_id = ANY(%s::uuid[]) ORDER BY e.created, e.id"""  # noqa: S608  constants


def serve_raw_views(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Choose these views for every host; a middleware."""

    def choose(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return choose


def instance(request: HttpRequest, party: int, guid: UUID) -> HttpResponse:
    """Answer an instance with its data elements."""
    principal = _principal(request)
    rows = _rows(_ONE, [guid, party])
    if not rows:
        return HttpResponse(status=404)
    row = rows[0]
    org, _, app = row[2].partition("/")
    instance_id = f"{row[3]}/{row[0]}"
    resource = Resource(org, app, row[3], instance_id, row[9], row[10])
    if not decide(RoleLookup(principal), resource=resource, action="read").permitted:
        return HttpResponse(status=403)
    elements = [one[_COLUMNS:] for one in rows if one[_COLUMNS] is not None]
    return _answer(_document(row, _seen(principal, org, elements)))


def instances(request: HttpRequest) -> HttpResponse:
    """Answer a page of the instances of the caller's application, newest first."""
    principal = _principal(request)
    app_id, size = request.GET["appId"], int(request.GET.get("size", "100"))
    org, _, app = app_id.partition("/")
    resource = Resource(org, app)
    if not decide(RoleLookup(principal), resource=resource, action="read").permitted:
        return HttpResponse(status=403)
    tokens = TokenMaker.bound_to(principal.id, app_id)
    if token := request.GET.get("continuationToken"):
        place = tokens.read(token)
        found = _rows(_PAGE_AFTER, [app_id, place.last_changed, place.guid, size + 1])
    else:
        found = _rows(_PAGE, [app_id, size + 1])
    page = found[:size]
    elements = defaultdict(list)
    for element in _rows(_ELEMENTS, [[row[0] for row in page]]):
        elements[element[0]].append(element)
    own = request.build_absolute_uri()
    following = None
    if len(found) > size:
        last = page[-1]
        token = tokens.make(Place(parse_time(last[24]), UUID(last[0])))
        base = request.build_absolute_uri(request.path)
        following = f"{base}?appId={app_id}&size={size}&continuationToken={token}"
    documents = [_document(r, _seen(principal, org, elements[r[0]])) for r in page]
    return _answer(
        {"count": len(page), "self": own, "next": following, "instances": documents}
    )


urlpatterns = [
    path("storage/api/v1/instances", instances),
    path("storage/api/v1/instances/<int:party>/<uuid:guid>", instance),
]


def _principal(request: HttpRequest) -> Principal:
    return token_verifier().verify(request.headers["Authorization"][len("Bearer ") :])


def _rows(sql: str, parameters: Sequence[Any]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _seen(principal: Principal, org: str, elements: list[_Row]) -> list[_Row]:
    if principal.owns(org):
        return elements
    return [element for element in elements if element[17] is None]


def _answer(document: object) -> HttpResponse:
    body = orjson.dumps(document)
    return HttpResponse(body, content_type="application/json; charset=utf-8")


def _json(text: str | None) -> orjson.Fragment | None:
    return None if text is None else orjson.Fragment(text)


def _process(text: str) -> orjson.Fragment | None:
    if text == "{}":
        return None
    if '"transition"' not in text:
        text = f'{text[:-1]},"transition":{{"state":"idle"}}}}'
    return orjson.Fragment(text)


def _without_nulls(members: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


@cache
def _domain() -> str:
    return str(settings.ALTINN_BASE_URL).partition("://")[2]


def _links(org: str, app_id: str, tail: str) -> dict[str, str]:
    domain = _domain()
    return {
        "apps": f"http://{org}.apps.{domain}/{app_id}/instances/{tail}",
        "platform": f"http://platform.{domain}/storage/api/v1/instances/{tail}",
    }


def _document(row: _Row, elements: list[_Row]) -> dict[str, object]:
    (guid, org, app_id, party, person, organisation, username, external, process) = row[
        :9
    ]
    (read_status, substatus, confirmations, texts, values, by, changed_by) = row[11:18]
    (due, visible, archived, soft, hard, created, changed) = row[18:_COLUMNS]
    tail = f"{party}/{guid}"
    owner = {
        "partyId": str(party),
        "personNumber": person,
        "organisationNumber": organisation,
        "username": username,
        "externalIdentifier": external,
    }
    status = {
        "isArchived": archived is not None,
        "archived": archived,
        "isSoftDeleted": soft is not None,
        "softDeleted": soft,
        "isHardDeleted": hard is not None,
        "hardDeleted": hard,
        "readStatus": _READ[read_status],
        "substatus": _json(substatus),
    }
    return _without_nulls(
        {
            "id": tail,
            "instanceOwner": _without_nulls(owner),
            "appId": app_id,
            "org": org,
            "selfLinks": _links(org, app_id, tail),
            "dueBefore": due,
            "visibleAfter": visible,
            "process": _process(process),
            "status": _without_nulls(status),
            "completeConfirmations": _json(confirmations),
            "data": [_element(org, app_id, tail, element) for element in elements],
            "presentationTexts": _json(texts),
            "dataValues": _json(values),
            "created": created,
            "createdBy": by,
            "lastChanged": changed,
            "lastChangedBy": changed_by,
        }
    )


def _element(org: str, app_id: str, tail: str, row: _Row) -> dict[str, object]:
    (instance_guid, guid, data_type, filename, content_type, size, locked) = row[:7]
    (refs, is_read, tags, user_metadata, metadata, scan, references) = row[7:14]
    (downloads, by, changed_by, deleted, confirmed, created, changed) = row[14:]
    app_owner = {"downloaded": _json(downloads), "downloadConfirmed": confirmed}
    deletion = {"isHardDeleted": True, "hardDeleted": deleted} if deleted else None
    return _without_nulls(
        {
            "id": guid,
            "instanceGuid": instance_guid,
            "dataType": data_type,
            "filename": filename,
            "contentType": content_type,
            "blobStoragePath": f"{app_id}/{instance_guid}/data/{guid}",
            "selfLinks": _links(org, app_id, f"{tail}/data/{guid}"),
            "size": size,
            "locked": locked,
            "refs": _json(refs),
            "isRead": is_read,
            "tags": _json(tags),
            "userDefinedMetadata": _json(user_metadata),
            "metadata": _json(metadata),
            "deleteStatus": deletion,
            "fileScanResult": _SCAN[scan],
            "references": _json(references),
            "appOwner": _without_nulls(app_owner),
            "created": created,
            "createdBy": by,
            "lastChanged": changed,
            "lastChangedBy": changed_by,
        }
    )
