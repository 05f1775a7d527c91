"""The platform's own scheduler asks for what the worker does by itself every hour."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from api.answering import empty_answer
from api.authentication import PLATFORM_HEADER, platform_caller
from api.issuer import PLATFORM as ISSUER
from api.permissions import PLATFORM, PlatformTokenMissing
from api.views import FaceViewSet
from apps_registry import catalogue
from cleanup import retention
from common.errors import Forbidden

_MOST = 1000  # a call; what is left, the next one and the worker remove


class AppPurgeRefused(Forbidden):
    """All instances of an application are removed in test environments alone.

    Whoever runs the server can do it by ``manage.py purge_instances --app``.
    """

    code = "app-purge-refused"
    detail = "In production the instances of {app_id} are not removed all at once."


class CleanupViewSet(FaceViewSet):
    """Removing for good what was deleted."""

    actions = {
        "instances": PLATFORM,
        "data_elements": PLATFORM,
        "instances_for_app": PLATFORM,
    }

    def instances(self, request: Request, **kwargs: object) -> HttpResponse:
        """Remove hard-deleted instances whose time has come."""
        self._require_platform()
        retention.purge_instances(now=timezone.now(), execute=True, limit=_MOST)
        return empty_answer()

    def data_elements(self, request: Request, **kwargs: object) -> HttpResponse:
        """Remove data elements that are marked deleted and whose time has come."""
        self._require_platform()
        retention.purge_data_elements(now=timezone.now(), execute=True, limit=_MOST)
        return empty_answer()

    def instances_for_app(self, request: Request, **kwargs: object) -> HttpResponse:
        """Remove an application's instances whatever their state, except in production.

        A thousand at a time: call until the list of them is empty.
        """
        self._require_platform()
        org, app = self.kwargs["org"], self.kwargs["app"]
        app_id = catalogue.definition_of(org, app).app_id
        if settings.ALTINN_ENVIRONMENT == "production":
            raise AppPurgeRefused(app_id=app_id)
        retention.purge_app(app_id=app_id, execute=True, limit=_MOST)
        return empty_answer()

    def _require_platform(self) -> None:
        """Refuse apps and others with keys of their own: only the platform's counts."""
        caller = platform_caller(self.request)
        if caller is None or caller.issuer != ISSUER:
            raise PlatformTokenMissing(header=PLATFORM_HEADER)
