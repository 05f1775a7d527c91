"""Documents that anyone may read: cacheable for a minute, and told apart by an ETag."""

import hashlib

import orjson
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.entity_tags import is_known
from common.untrusted import let_nothing_run

_CACHED = {"Cache-Control": "public,max-age=60"}


def public_response(request: Request, document: object) -> Response:
    """Answer with the document, or with 304 to a caller who has it already (D-23).

    JSON that is bytes already is answered as it is.
    """
    headers = {**_CACHED, "ETag": etag_of(document)}
    if is_known(request, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(document, headers=headers)


def public_file(
    request: Request, content: bytes, media_type: str
) -> Response | HttpResponse:
    """Answer with a file of the application's owner, or with 304.

    A browser that opens it runs nothing that is in it.
    """
    headers = {**_CACHED, "ETag": etag_of(content)}
    answer: Response | HttpResponse
    if is_known(request, headers["ETag"]):
        answer = Response(status=304, headers=headers)
    else:
        kind = f"{media_type}{_charset(content)}"
        answer = HttpResponse(content, content_type=kind, headers=headers)
    let_nothing_run(answer)
    return answer


def nothing_public() -> Response:
    """Answer that the application has no such file, and needs none."""
    return Response(status=204, headers=_CACHED)


def etag_of(document: object) -> str:
    """Return the entity tag of bytes, or of a document: equal for equal ones."""
    content = document if isinstance(document, bytes) else orjson.dumps(document)
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _charset(content: bytes) -> str:
    """Return the parameter of a file in UTF-8; others say themselves what they are."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"
