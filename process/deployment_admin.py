"""Deployments at the desk of an application's owner: uploaded, compared, activated.

Whoever sees the application sees and compares them; an administrator of the
organisation changes what is served. Here, because this room knows what a deployment
would strand.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from apps_registry import deployments
from apps_registry.comparison import compare
from apps_registry.deployments import Listed
from apps_registry.line_changes import MOST_FILES, line_changes
from apps_registry.models import Application
from common.admin import number_or_none
from common.errors import DomainError
from instances.application_admin import ApplicationDeskAdmin
from parties.numbers import LARGEST_ID
from process.deployment_forms import ComparisonForm, DeploymentForm
from process.deployments import InstancesStranded, spare_instances

_ON_THE_PAGE = 5  # of the application itself
_ON_A_LIST = 25
TEMPLATES = "admin/apps_registry/application"
_CONFLICT = 409


class DeploymentPages(ApplicationDeskAdmin):
    """An application, with pages of its deployments: listed, compared, served."""

    inlines = []

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of deployments."""
        one = "<int:pk>/deployments/"
        return [
            self.page(one, self.deployments_page, "deployments"),
            self.page(f"{one}compare/", self.compare_page, "compare"),
            self.page(f"{one}<int:number>/serve/", self.serve_page, "serve"),
            *super().get_urls(),
        ]

    def page(
        self, address: str, view: Callable[..., HttpResponse], name: str
    ) -> URLPattern:
        """Return the address of a page for who is signed in."""
        return path(
            address,
            self.admin_site.admin_view(view),
            name=f"apps_registry_application_{name}",
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Show the last deployments beside what they made."""
        last = deployments.last_deployments_of(*named(obj), most=_ON_THE_PAGE)
        context["deployments"] = [
            {"deployment": row, "served": served} for row, served in last
        ]
        context["may_deploy"] = self.may(request, "managed", obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def deployments_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the deployments of an application."""
        return self.listing(request, self.application(request, pk), DeploymentForm())

    # --- serving ----------------------------------------------------------------------
    def serve_page(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Ask whether to serve a deployment from now on, and do it."""
        application = self.application(request, pk)
        self.require_manager(request, application)
        listed = self.numbered(application, number)
        if request.method != "POST":
            return self._ask(request, application, listed)
        force = "force" in request.POST
        try:
            refused = self.serve(request, application, number, force=force)
        except DomainError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(address_of("deployments", application))
        if refused is not None:
            return self._ask(request, application, listed, status=_CONFLICT)
        return HttpResponseRedirect(address_of("deployments", application))

    def serve(
        self,
        request: HttpRequest,
        application: Application,
        number: int,
        *,
        force: bool,
    ) -> InstancesStranded | None:
        """Serve it and say so, or return what it would strand."""
        try:
            deployments.activate(
                *named(application),
                number,
                by=self.site.actor_of(request),
                guard=spare_instances(force=force),
            )
        except InstancesStranded as error:
            return error
        messages.success(request, f"Deployment {number} is served from now on.")
        return None

    def _ask(
        self,
        request: HttpRequest,
        application: Application,
        listed: Listed,
        *,
        status: int = 200,
    ) -> HttpResponse:
        """Show what serving it would change and strand."""
        number, current = listed.deployment.number, application.current
        shown: dict[str, object] = {
            "title": f"Serve deployment {number} of {application.app_id}?",
            "listed": listed,
        }
        try:
            deployments.ensure_activation(
                *named(application), number, guard=spare_instances()
            )
        except InstancesStranded as error:
            shown |= {"stranded": error, "instances": _rows_of(error)}
        except DomainError as error:
            shown["unreadable"] = error.detail
        if current is not None and not listed.served:
            files = deployments.differing_files(
                *named(application), current.number, number
            )
            shown["comparison"] = compare(*files)
        return self.rendered(request, "serve", application, shown, status=status)

    # --- comparing --------------------------------------------------------------------
    def compare_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs between two deployments, part by part and line by line."""
        application = self.application(request, pk)
        form = ComparisonForm(request.GET)
        if not form.is_valid():
            messages.error(request, "Give the numbers of two deployments.")
            return HttpResponseRedirect(address_of("deployments", application))
        numbers = form.cleaned_data["before"], form.cleaned_data["after"]
        old, new = (self.numbered(application, number) for number in numbers)
        before, after = deployments.differing_files(*named(application), *numbers)
        shown = {
            "title": f"From deployment {old.deployment.number} to"
            f" {new.deployment.number} of {application.app_id}",
            "old": old,
            "new": new,
            "comparison": compare(before, after),
            "files": line_changes(before, after),
            "unshown": max(0, len({*before, *after}) - MOST_FILES),
        }
        return self.rendered(request, "compare", application, shown)

    # --- what the pages share ---------------------------------------------------------
    def application(self, request: HttpRequest, pk: int) -> Application:
        """Return the application of the address; 404 unless the account may see it."""
        found: Application = self.get_object(request, str(pk))
        if not self.has_view_permission(request, found):
            raise Http404
        return found

    def require_manager(self, request: HttpRequest, application: Application) -> None:
        if not self.may(request, "managed", application):
            raise PermissionDenied

    def numbered(self, application: Application, number: int) -> Listed:
        if number > LARGEST_ID:
            raise Http404
        try:
            return deployments.deployment_of(*named(application), number)
        except DomainError:
            raise Http404 from None

    def listing(
        self,
        request: HttpRequest,
        application: Application,
        form: Form,
        *,
        status: int = 200,
        found: Mapping[str, object] | None = None,
    ) -> HttpResponse:
        """Show the deployments, the form for another, and what was found in one."""
        before = number_or_none(request.GET.get("before", ""))
        if before is not None and not 0 < before <= LARGEST_ID:
            before = None
        listed = deployments.deployments_of(
            *named(application), before=before, most=_ON_A_LIST + 1
        )
        page, more = listed[:_ON_A_LIST], len(listed) > _ON_A_LIST
        shown = {
            "title": f"Deployments of {application.app_id}",
            "deployments": page,
            "following": page[-1].deployment.number if more else None,
            "newest": page[0].deployment.number if page else 0,
            "form": form,
            "may_deploy": self.may(request, "managed", application),
            **(found or {}),
        }
        return self.rendered(request, "deployments", application, shown, status=status)

    def rendered(
        self,
        request: HttpRequest,
        name: str,
        application: Application | None,
        shown: Mapping[str, object],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """Render a page of an application, or of none yet."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": application,
            "limit": settings.ALTINN_MAX_APP_MIB,
            **shown,
        }
        template = f"{TEMPLATES}/{name}.html"
        return TemplateResponse(request, template, context, status=status)


def named(application: Application) -> tuple[str, str]:
    org, _, app = application.app_id.partition("/")
    return org, app


def address_of(page: str, application: Application, *more: object) -> str:
    return reverse(
        f"admin:apps_registry_application_{page}", args=[application.pk, *more]
    )


def _rows_of(error: InstancesStranded) -> list[tuple[str, str]]:
    """Return the id of each listed instance, with the address of its page."""
    listed = error.members["strandedInstances"]
    assert isinstance(listed, list)  # noqa: S101  the error's own list
    return [
        (one, reverse("admin:instances_instance_change", args=[one.split("/")[1]]))
        for one in listed
    ]
