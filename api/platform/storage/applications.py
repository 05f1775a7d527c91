"""Applications in storage: read by anyone, described by the tool that makes them."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.audit import actor_of
from api.permissions import ANYONE, DESIGNER
from api.public_documents import public_response
from api.serializers.applications import stored_application_document
from api.views import FaceViewSet
from apps_registry import catalogue, changes, descriptions
from apps_registry.choices import APP_PATTERN, ORG_PATTERN
from apps_registry.definition import AppDefinition
from apps_registry.deployments import Guard
from apps_registry.errors import AppNotFound
from apps_registry.metadata import SHAPE as METADATA_SHAPE
from apps_registry.shape_check import spelled_as
from common.errors import Invalid
from process.deployments import spare_instances

_APP_ID = re.compile(f"{ORG_PATTERN}/{APP_PATTERN}")


class AppIdNotValid(Invalid):
    """An application is named ``org/app``, in lower case, each beginning with a letter.

    Digits may follow in both, and dashes in the name of the application.
    """

    code = "app-id-invalid"
    detail = "AppId is not valid."


class IllegalAppId(AppIdNotValid):
    """The address names no application: ``org/app``, each beginning with a letter."""

    detail = "Illegal appId {app_id}"


class OrgInvalid(Invalid):
    """Codes of service owners have neither dashes nor spaces."""

    code = "org-invalid"
    detail = "Application owner id '{org}' is not valid"


class AppIdMismatch(Invalid):
    """The document is of another application than the address; correct one of them."""

    code = "app-id-mismatch"
    detail = "appId in path does not match id in attached object"


class OrgMismatch(Invalid):
    """The document is of another service owner than the address."""

    code = "org-mismatch"
    detail = "Org (application owner id) from path is not matching attached object"


class NoSuchApplication(AppNotFound):
    """No application of this id is registered; the list has those that are."""

    detail = "Could not find an application with appId={app_id}"


class NothingToReplace(AppNotFound):
    """No application of this id is registered, so there is none to replace."""

    detail = "Cannot find application {app_id}"


class NothingToDelete(AppNotFound):
    """No application of this id is registered, so there is none to delete."""

    detail = "Didn't find the object that should be deleted with appId={app_id}"


class StoredApplicationViewSet(FaceViewSet):
    """The metadata of applications."""

    actions = {
        "list": ANYONE,
        "list_of_org": ANYONE,
        "retrieve": ANYONE,
        "create": DESIGNER,
        "update": DESIGNER,
        "destroy": DESIGNER,
    }
    parameters = {
        "create": ("appId", "force"),
        "update": ("force",),
        "destroy": ("hard",),
    }

    def list(self, request: Request, **kwargs: object) -> Response:
        """List all applications, those that are not valid any more among them."""
        found = catalogue.all_definitions().values()
        return public_response(request, {"applications": _documents(found)})

    def list_of_org(self, request: Request, **kwargs: object) -> Response:
        """List the applications of a service owner."""
        org = self.kwargs["org"]
        if "-" in org or " " in org:
            raise OrgInvalid(org=org[:100])
        found = [app for app in catalogue.all_definitions().values() if app.org == org]
        return public_response(request, {"applications": _documents(found)})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the metadata of an application."""
        return public_response(request, self._document(NoSuchApplication))

    def create(self, request: Request, **kwargs: object) -> Response:
        """Register an application by its metadata, or give one new metadata.

        A new one has a task to fill in a form and a policy by which nobody may do
        anything: its policy is sent by itself, its process comes with an import.
        """
        app_id = self.query.text("appId")
        if not _APP_ID.fullmatch(app_id):
            raise AppIdNotValid
        self.kwargs["org"], self.kwargs["app"] = app_id.split("/")
        descriptions.register(
            **self._named,
            document=self._body(),
            now=timezone.now(),
            by=actor_of(request),
            guard=self._guard,
        )
        document, headers = (
            self._document(NoSuchApplication),
            {"Location": quote(app_id)},
        )
        return Response(document, status=201, headers=headers)

    def update(self, request: Request, **kwargs: object) -> Response:
        """Replace the metadata of an application."""
        app_id = self._app_id
        if not _APP_ID.fullmatch(app_id):
            raise IllegalAppId(app_id=app_id[:200])
        document = self._body()
        if document.get("id") != app_id:
            raise AppIdMismatch
        if document.get("org") != self.kwargs["org"]:
            raise OrgMismatch
        try:
            descriptions.replace_metadata(
                **self._named,
                document=document,
                by=actor_of(request),
                guard=self._guard,
            )
        except AppNotFound:
            raise NothingToReplace(app_id=app_id) from None
        return Response(self._document(NothingToReplace))

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Say that an application is not valid any more; `hard` serves it no more.

        What was deployed is kept, instances too: it can be imported and served again.
        """
        before = self._document(NothingToDelete)
        if self.query.flag("hard"):
            changes.retire(**self._named, by=actor_of(request))
            return Response(before)
        descriptions.expire(**self._named, now=timezone.now(), by=actor_of(request))
        return Response(self._document(NothingToDelete))

    # --- what the calls share ---------------------------------------------------------
    @property
    def _named(self) -> dict[str, str]:
        return {"org": self.kwargs["org"], "app": self.kwargs["app"]}

    @property
    def _app_id(self) -> str:
        return f"{self.kwargs['org']}/{self.kwargs['app']}"

    @property
    def _guard(self) -> Guard:
        return spare_instances(force=bool(self.query.flag("force")))

    def _body(self) -> dict[str, object]:
        document = self.read_json()
        if not isinstance(document, dict):
            raise ValidationError("The metadata of an application is a JSON object.")
        return spelled_as(document, METADATA_SHAPE)

    def _document(self, missing: type[AppNotFound]) -> dict[str, object]:
        """Return the document of the application at the address, or raise its lack."""
        try:
            app = catalogue.definition_of(**self._named)
        except AppNotFound:
            raise missing(app_id=self._app_id[:200]) from None
        documents = _documents([app])
        if not documents:  # gone a moment ago
            raise missing(app_id=app.app_id)
        return documents[0]


def _documents(apps: Iterable[AppDefinition]) -> list[dict[str, object]]:
    """Return the document of each application, with who made it and when."""
    listed = list(apps)
    times = descriptions.times_of([app.app_id for app in listed])
    return [
        stored_application_document(app, times[app.app_id])
        for app in listed
        if app.app_id in times
    ]
