"""What an application looks like: layout sets, their pages, settings and rules."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import nothing_public, public_file, public_response
from apps_registry import public_files
from apps_registry.public_files import (
    FOOTER,
    LAYOUT_SETS,
    LAYOUT_SETTINGS,
    RULE_CONFIGURATION,
    RULE_HANDLER,
    SETTINGS,
    Kind,
)
from common.errors import NotFound


class LayoutSetMissing(NotFound):
    """Layouts are read by layout set; the list of sets has their ids."""

    code = "layout-set-missing"
    detail = (
        "This endpoint is no longer available. Use /{org}/{app}/api/layoutsets to get"
        " available layout sets and /{org}/{app}/api/layouts/{id} to get layouts for a"
        " specific layout set."
    )

    def __init__(self, *, org: str, app: str) -> None:
        """Name the application; the id is for the caller to fill in."""
        super().__init__(org=org, app=app, id="{id}")


class LayoutViewSet(AppViewSet):
    """The user interface of the application.

    What an application may leave out is answered with 204 where it does.
    """

    actions = {
        "sets": ANYONE,
        "without_set": ANYONE,
        "layouts": ANYONE,
        "common_settings": ANYONE,
        "settings_of_set": ANYONE,
        "rule_handler": ANYONE,
        "rule_configuration": ANYONE,
        "footer": ANYONE,
    }

    def sets(self, request: Request, **kwargs: object) -> Response:
        """Read which layout set and data type belong to which task."""
        return self._file(request, LAYOUT_SETS)

    def without_set(self, request: Request, **kwargs: object) -> Response:
        """Answer where layouts are: they are read by layout set."""
        raise LayoutSetMissing(org=self.app.org, app=self.app.app)

    def layouts(self, request: Request, **kwargs: object) -> Response:
        """Read all pages of a layout set, by their names."""
        return public_response(
            request, public_files.layouts(self.app, self.kwargs["setId"])
        )

    def common_settings(self, request: Request, **kwargs: object) -> Response:
        """Read the settings of all layouts, of an application that has them so."""
        return self._file(request, SETTINGS)

    def settings_of_set(self, request: Request, **kwargs: object) -> Response:
        """Read the settings of a layout set: order of pages, and more."""
        return self._json_of_set(request, LAYOUT_SETTINGS)

    def rule_handler(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read the script with a layout set's rules."""
        content = public_files.in_layout_set(
            self.app, RULE_HANDLER, self.kwargs["setId"]
        )
        if content is None:
            return nothing_public()
        return public_file(request, content, "text/javascript")

    def rule_configuration(self, request: Request, **kwargs: object) -> Response:
        """Read which fields a layout set's rules are for."""
        return self._json_of_set(request, RULE_CONFIGURATION)

    def footer(self, request: Request, **kwargs: object) -> Response:
        """Read what stands below every page."""
        return self._file(request, FOOTER)

    def _file(self, request: Request, path: str) -> Response:
        if path not in self.app.files:
            return nothing_public()
        return public_response(request, public_files.strict_json(self.app, path))

    def _json_of_set(self, request: Request, kind: Kind) -> Response:
        set_id = self.kwargs["setId"]
        if public_files.in_layout_set(self.app, kind, set_id) is None:
            return nothing_public()
        return self._file(request, kind.path(set_id))
