"""What an application is: its metadata, process, policy and settings."""

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import public_file, public_response
from api.serializers.applications import application_metadata_document
from apps_registry.app_folder import POLICY, PROCESS
from apps_registry.app_settings import front_end_settings
from apps_registry.definition import AppDefinition
from process import listings


class MetadataViewSet(AppViewSet):
    """The application itself."""

    actions = {
        "retrieve": ANYONE,
        "policy": ANYONE,
        "process": ANYONE,
        "front_end": ANYONE,
    }

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the application's metadata: title, data types and who may use it."""
        return metadata_response(request, self.app)

    def policy(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read the policy that says who may do what, in XACML."""
        return public_file(request, self.app.files[POLICY], "text/xml")

    def process(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read the process that instances go through, in BPMN."""
        return public_file(request, self.app.files[PROCESS], "text/xml")

    def front_end(self, request: Request, **kwargs: object) -> Response:
        """Read the application's settings for its user interface."""
        environment = settings.ALTINN_ENVIRONMENT
        return public_response(
            request, front_end_settings(self.app, environment=environment)
        )


def metadata_response(request: Request, app: AppDefinition) -> Response:
    """Answer with an application's metadata."""
    document = application_metadata_document(
        app, external_apis=listings.names(app, "external_apis")
    )
    return public_response(request, document)
