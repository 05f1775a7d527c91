"""The original proposal's calls on the platform API (seed-api.md §3).

They are below org and app.
"""

from functools import cached_property

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ANYONE, AUTHENTICATED, require
from api.platform.storage.data import DataViewSet
from api.platform.storage.instances import InstanceViewSet
from api.proposal import OWNER, ProposalView
from api.public_documents import public_response
from api.queries import PARAMETERS, CallerCannotList
from api.serializers.applications import application_document
from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from authorization.resources import Resource
from parties.identity import PrincipalKind

_LISTING = (PrincipalKind.SERVICE_OWNER, PrincipalKind.USER, PrincipalKind.SYSTEM_USER)


class _BelowApp(ProposalView):
    """A call below org and app."""

    @cached_property
    def app(self) -> AppDefinition:
        """The app of the address; raises AppNotFound."""
        return catalogue.definition_of(self.kwargs["org"], self.kwargs["app"])

    def stated_app(self) -> AppDefinition | None:
        """Return the app of the address: instances of others are not here."""
        return self.app


class ProposalInstanceViewSet(_BelowApp, InstanceViewSet):
    """Instances of the app in the path."""

    actions = {
        "list": AUTHENTICATED,
        "retrieve": "read",
        "destroy": "delete",
        "complete": "complete",
    }
    parameters = {
        "list": PARAMETERS,
        "retrieve": (OWNER,),
        "destroy": (OWNER, "hard"),
        "complete": (OWNER,),
    }
    strict = look_first = frozenset(parameters)
    sync_reads = frozenset()

    def list(self, request: Request, **kwargs: object) -> Response:
        """Query the app's instances by status.

        An end user gets those of all his parties.
        """
        if self.principal.kind not in _LISTING:
            raise CallerCannotList
        self.require_list_scope()
        if self.principal.org and not self.principal.owns(self.app.org):
            resource = Resource(org=self.app.org, app=self.app.app)
            require(self.roles, resource=resource, action="read")
        return Response(self.page(app_ids=(self.app.app_id,)))


class ProposalDataViewSet(_BelowApp, DataViewSet):
    """Data elements of the app in the path."""

    parameters = {
        "create": ("formId", "dataType", "refs", "generatedFromTask", OWNER),
        "retrieve": (OWNER,),
        "update": ("refs", "generatedFromTask", OWNER),
        "destroy": ("delay", OWNER),
        "list": (OWNER,),
        "describe": (OWNER,),
    }
    strict = look_first = frozenset(parameters)


class ApplicationViewSet(_BelowApp):
    """The application itself."""

    actions = {"retrieve": ANYONE}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the application's metadata."""
        return public_response(request, application_document(self.app))
