"""The admin site of application owners; each room registers its own furniture."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path

from api.client_address import client_network
from common.actors import Actor
from common.owner_admin import OwnersSite, Reach


class AltinnAdminSite(OwnersSite):
    """The admin under ``/admin/`` of the base host."""

    site_header = "Open Altinn"
    site_title = "Open Altinn"
    index_title = "Applications and what was sent in"
    index_template = "admin/desks.html"
    site_url = None
    enable_nav_sidebar = False  # ids are long, and lists need the width
    final_catch_all_view = False  # what is no page of the admin is a plain 404

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return the pages, with the way in through an OpenID provider."""
        from altinn import admin_login  # the site is made before there are models

        return [
            path("login/openid/", admin_login.start, name="openid_login"),
            path(
                "login/openid/callback/",
                admin_login.come_back,
                name="openid_callback",
            ),
            path("desk/<str:code>/", self.admin_view(self.dashboard), name="dashboard"),
            # No row has a page elsewhere, and whether there is one is nobody's to know.
            *(page for page in super().get_urls() if _name(page) != "view_on_site"),
        ]

    def dashboard(self, request: HttpRequest, code: str) -> TemplateResponse:
        """Show the dashboard of an organisation."""
        from instances import dashboard_admin as desk

        return desk.dashboard(request, self, code)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the way to the dashboards, above the tables."""
        from instances import dashboard_admin as desk

        context = {"desks": desk.overview(request, self), **(extra_context or {})}
        return super().index(request, context)

    def reach_of(self, request: HttpRequest) -> Reach:
        """Return how far the account reaches, read once a request."""
        known: Reach | None = getattr(request, "reach", None)
        if known is None:
            known = request.reach = _reach(request)  # type: ignore[attr-defined]  # ours
        return known

    def actor_of(self, request: HttpRequest) -> Actor:
        """Return the account of the request, and where it came from."""
        user = request.user
        assert user.pk is not None  # noqa: S101  nobody else comes this far
        return Actor(
            account_id=user.pk,
            account=user.get_username(),
            address=client_network(request),
            trace_id=str(getattr(request, "trace_id", "")),
        )

    def orgs_offered(self, request: HttpRequest) -> list[str]:
        """Return the codes of the organisations that the account may look at."""
        from apps_registry.models import Org

        reach = self.reach_of(request)
        if reach.everywhere:
            return list(Org.objects.values_list("code", flat=True))
        return sorted(reach.viewed)

    def record(
        self,
        request: HttpRequest,
        act: str,
        thing: Model,
        *,
        org: str = "",
        details: object = None,
    ) -> None:
        """Write an entry of the audit trail."""
        from audit.choices import Act
        from audit.services import Thing, record

        row = Thing(thing._meta.label_lower, str(thing.pk), org)
        record(self.actor_of(request), Act(act), row, details=details)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the login page, with a button where a provider is configured."""
        from altinn import admin_login

        name = admin_login.provider_name()
        return super().login(request, {**(extra_context or {}), "provider": name})

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Sign out here, and show the way to sign out at the provider too."""
        from altinn import admin_login

        url = admin_login.sign_out_url(request)
        context = {**(extra_context or {}), "provider_sign_out": url}
        return super().logout(request, context)


def _name(page: URLResolver | URLPattern) -> str:
    return str(getattr(page, "name", "") or "")


def _reach(request: HttpRequest) -> Reach:
    from parties.choices import OrgRole
    from parties.memberships import orgs_of
    from parties.models import User

    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return Reach()
    if user.is_superuser:
        return Reach(everywhere=True)
    orgs = orgs_of(user)
    return Reach(
        viewed=orgs[OrgRole.VIEWER],
        worked=orgs[OrgRole.CASE_WORKER],
        managed=orgs[OrgRole.ADMINISTRATOR],
    )
