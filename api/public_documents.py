"""Documents that anyone may read: cacheable for a minute, and told apart by an ETag."""

import hashlib
from collections.abc import Mapping

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from api.downloads import matches


def public_response(request: Request, document: Mapping[str, object]) -> Response:
    """Answer with the document, or with 304 to a caller who has it already (D-23)."""
    etag = f'"{hashlib.sha256(orjson.dumps(document)).hexdigest()[:32]}"'
    headers = {"Cache-Control": "public,max-age=60", "ETag": etag}
    if matches(request.headers.get("If-None-Match", ""), etag):
        return Response(status=304, headers=headers)
    return Response(document, headers=headers)
