"""What an application's form data is like: schemas, and rules to check it by."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import nothing_public, public_file, public_response
from apps_registry import public_files
from apps_registry.public_files import JSON_SCHEMA, VALIDATION, XML_SCHEMA


class SchemaViewSet(AppViewSet):
    """Data models of the application."""

    actions = {
        "json_schema": ANYONE,
        "xml_schema": ANYONE,
        "validation": ANYONE,
    }

    def json_schema(self, request: Request, **kwargs: object) -> Response:
        """Read a data model as JSON Schema."""
        name = self.kwargs["schemaId"]
        JSON_SCHEMA.get(self.app, name)
        return self._json(request, JSON_SCHEMA.path(name))

    def xml_schema(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read a data model as XML Schema."""
        content = XML_SCHEMA.get(self.app, self.kwargs["schemaId"])
        return public_file(request, content, "application/xml")

    def validation(self, request: Request, **kwargs: object) -> Response:
        """Read the expressions that a data type's form data is checked by."""
        name = self.kwargs["dataType"]
        if public_files.validation(self.app, name) is None:
            return nothing_public()
        return self._json(request, VALIDATION.path(name))

    def _json(self, request: Request, path: str) -> Response:
        return public_response(request, public_files.strict_json(self.app, path))
