"""The OpenAPI document of one application, and Swagger UI to read it in."""

from functools import cache
from threading import Lock
from weakref import WeakKeyDictionary

import orjson
import yaml
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.app_document import Document, app_document
from api.application.base import AppViewSet
from api.face_documents import face_document
from api.permissions import ANYONE
from api.public_documents import public_response
from apps_registry.definition import AppDefinition

# A superseded definition holds all files of its app: nothing here keeps it alive.
_documents: WeakKeyDictionary[AppDefinition, bytes] = WeakKeyDictionary()
_making = Lock()


class AppOpenApiViewSet(AppViewSet):
    """The application's API, as programs and as people read it."""

    actions = {"document": ANYONE, "page": ANYONE}

    def document(self, request: Request, **kwargs: object) -> Response:
        """Read the OpenAPI document of the application, with its own data types."""
        return public_response(request, document_of(self.app))

    def page(self, request: Request, **kwargs: object) -> HttpResponse:
        """Show the application's OpenAPI document in Swagger UI."""
        plain = request._request
        get_token(plain)  # what is tried out by cookie needs the anti-forgery header
        app = self.app
        context = {
            "title": app.app_id,
            "document": f"/{app.org}/{app.app}/v1/customOpenapi.json",
        }
        return render(plain, "docs/swagger.html", context)


def document_of(app: AppDefinition) -> bytes:
    """Return the application's document; each process makes it once a deployment."""
    found = _documents.get(app)
    if found is None:
        with _making:
            found = _documents.get(app)
            if found is None:
                found = orjson.dumps(app_document(_face(), app))
                _documents[app] = found
    return found


@cache
def _face() -> Document:
    loaded: Document = yaml.load(face_document("application"), Loader=yaml.CSafeLoader)
    return loaded
