"""What an application is: its metadata document."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import public_response
from api.serializers.applications import application_document


class MetadataViewSet(AppViewSet):
    """The application itself."""

    actions = {"retrieve": ANYONE}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the application's metadata: title, data types and who may use it."""
        return public_response(request, application_document(self.app))
