"""What an application is: its metadata document."""

import hashlib

import orjson
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.downloads import matches
from api.permissions import ANYONE
from api.serializers.applications import application_document

CACHED = "public,max-age=60"


class MetadataViewSet(AppViewSet):
    """The application itself."""

    actions = {"retrieve": ANYONE}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the application's metadata: title, data types and who may use it."""
        document = application_document(self.app)
        etag = f'"{hashlib.sha256(orjson.dumps(document)).hexdigest()[:32]}"'
        headers = {"Cache-Control": CACHED, "ETag": etag}
        if matches(request.headers.get("If-None-Match", ""), etag):
            return Response(status=304, headers=headers)
        return Response(document, headers=headers)
