"""Deployments of an application: uploaded, listed, activated, compared by its owner."""

from typing import Final

from rest_framework.request import Request
from rest_framework.response import Response

from api.audit import actor_of
from api.pagination import DEFAULT_SIZE, MAX_SIZE
from api.permissions import AUTHENTICATED, require_owner, require_scope
from api.platform.registry.archives import uploaded_archive
from api.platform.registry.documents import deployment_document
from api.views import FaceViewSet
from apps_registry import deployments
from apps_registry import services as registry
from apps_registry.app_archive import read_archive
from apps_registry.choices import MAX_LABEL
from apps_registry.deployments import Listed
from parties.numbers import LARGEST_ID
from process.deployments import spare_instances

WRITE_SCOPES: Final = ("altinn:serviceowner/instances.write", "altinn:appdeploy")


class DeploymentViewSet(FaceViewSet):
    """Deployments of an application."""

    actions = {
        "list": AUTHENTICATED,
        "create": AUTHENTICATED,
        "retrieve": AUTHENTICATED,
        "activate": AUTHENTICATED,
        "compare": AUTHENTICATED,
    }
    parameters = {
        "list": ("size", "before"),
        "create": ("label", "activate", "force"),
        "activate": ("force",),
    }
    strict = frozenset({"list", "create", "activate"})

    def create(self, request: Request, **kwargs: object) -> Response:
        """Deploy the application: a zip file of its folder, which may be below `App/`.

        It is served at once, in every process within about a second, unless `activate`
        is false. Content that is a deployment already makes none, and is served again.
        A folder with errors is refused with a report of all of them, and so is one that
        would strand running instances, unless `force` is true.
        """
        org, app = self._owned(to_change=True)
        label, activate = self._label(), self.query.flag("activate") is not False
        guard = spare_instances(force=bool(self.query.flag("force")))
        with uploaded_archive(request._request) as file:
            folder = read_archive(file)
        report = registry.deploy(
            folder,
            org=org,
            app=app,
            label=label,
            by=actor_of(request),
            activate=activate,
            guard=guard,
        )
        listed = Listed(report.deployment, report.served, report.files)
        document = self._document(listed)
        document["isNew"] = report.created
        document["warnings"] = [warning.document() for warning in report.warnings]
        status = 201 if report.created else 200
        return Response(document, status, headers={"Location": str(document["href"])})

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the deployments of the application, newest first."""
        org, app = self._owned()
        size = self.query.integer("size", least=1, most=MAX_SIZE) or DEFAULT_SIZE
        before = self.query.integer("before", least=1, most=LARGEST_ID)
        found = deployments.deployments_of(org, app, before=before, most=size + 1)
        page, more = found[:size], len(found) > size
        last = page[-1].deployment.number if page else 0
        following = f"{self._base()}?size={size}&before={last}" if more else None
        listed = [self._document(one) for one in page]
        return Response({"deployments": listed, "next": following})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Return one deployment."""
        org, app = self._owned()
        found = deployments.deployment_of(org, app, self._number())
        return Response(self._document(found))

    def activate(self, request: Request, **kwargs: object) -> Response:
        """Serve this deployment from now on; going back to an earlier one is the same.

        One that would strand running instances, because it lacks the task that they
        stand in or a data type that they have, is refused with a list of them, unless
        `force` is true.
        """
        org, app = self._owned(to_change=True)
        guard = spare_instances(force=bool(self.query.flag("force")))
        number = self._number()
        deployments.activate(org, app, number, by=actor_of(request), guard=guard)
        return Response(self._document(deployments.deployment_of(org, app, number)))

    def compare(self, request: Request, **kwargs: object) -> Response:
        """Return what changed from this deployment to the other, part by part."""
        org, app = self._owned()
        before, after = self._number(), self.kwargs["other"]
        found = deployments.compared(org, app, before, after)
        return Response({"before": before, "after": after, **found})

    # --- what the calls share ---------------------------------------------------------
    def _owned(self, *, to_change: bool = False) -> tuple[str, str]:
        """Return the app of the address, for its owner; a change takes a scope too."""
        org, app = self.kwargs["org"], self.kwargs["app"]
        require_owner(self.principal, org=org)
        if to_change:
            require_scope(self.roles, *WRITE_SCOPES)
        return org, app

    def _number(self) -> int:
        number: int = self.kwargs["version"]
        return number

    def _label(self) -> str:
        label = self.query.text("label")
        if len(label) > MAX_LABEL:
            expected = f"at most {MAX_LABEL} characters long"
            raise self.query.refused("label", f"{label:.20}…", expected)
        return label

    def _base(self) -> str:
        """Return the address of the list, whichever of its resources was called."""
        org, app = self.kwargs["org"], self.kwargs["app"]
        return self.links.deployments(org=org, app=app)

    def _document(self, listed: Listed) -> dict[str, object]:
        number = listed.deployment.number
        return deployment_document(
            listed.deployment,
            org=self.kwargs["org"],
            app=self.kwargs["app"],
            served=listed.served,
            files=listed.files,
            href=f"{self._base()}/{number}",
        )
