"""A deployment that is uploaded at the desk, by an administrator of its owner."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from apps_registry import services as registry
from apps_registry.app_archive import read_archive
from apps_registry.definition import MEBIBYTE
from apps_registry.deployments import ImportReport
from apps_registry.errors import AppFolderRefused
from apps_registry.models import Application
from common.admin import number_or_none
from common.bounded_upload import BoundedFiles
from common.errors import DomainError
from process.deployment_admin import TEMPLATES, DeploymentPages, address_of, named
from process.deployment_forms import DeploymentForm, FirstDeploymentForm

admin.site.unregister(Application)
_FORM_ROOM = 64 * 1024  # of an upload, for all but the file
_REFUSED, _CONFLICT, _TOO_LARGE = 400, 409, 413


@admin.register(Application)
class ApplicationPagesAdmin(DeploymentPages):
    """An application, with all pages of its deployments."""

    change_list_template = f"{TEMPLATES}/list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of an application's first deployment."""
        return [self.page("deploy/", self.first_page, "first"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the applications, with the way to deploy another."""
        context = {"may_deploy": self.may(request, "managed"), **(extra_context or {})}
        return super().changelist_view(request, context)

    # --- uploading --------------------------------------------------------------------
    @csrf_exempt  # _take_upload asks, when it is known who sends and how much he may
    def deployments_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the deployments of an application; take another."""
        application = self.application(request, pk)
        if request.method == "POST":
            self.require_manager(request, application)
            return self._take_upload(request, application)
        return self.listing(request, application, DeploymentForm())

    @csrf_exempt
    def first_page(self, request: HttpRequest) -> HttpResponse:
        """Take the first deployment of an application."""
        if not self.may(request, "managed"):
            raise PermissionDenied
        if request.method == "POST":
            return self._take_upload(request, None)
        return self._first_form(request, FirstDeploymentForm(self._managed(request)))

    def _take_upload(
        self, request: HttpRequest, application: Application | None
    ) -> HttpResponse:
        """Spool the file to the disk as far as it may go, then read the form."""
        most = settings.ALTINN_MAX_APP_MIB * MEBIBYTE
        files = BoundedFiles(most)
        announced = number_or_none(request.META.get("CONTENT_LENGTH", "")) or 0
        if announced > most + _FORM_ROOM:
            files.is_too_large = True  # not a byte is read of it
            return self._upload(request, application, files)
        request.upload_handlers = [files]
        return csrf_protect(self._upload)(request, application, files)

    def _upload(
        self, request: HttpRequest, application: Application | None, files: BoundedFiles
    ) -> HttpResponse:
        sent = (request.POST, request.FILES) if not files.is_too_large else (None, None)
        form = (
            DeploymentForm(*sent)
            if application
            else FirstDeploymentForm(self._managed(request), *sent)
        )
        if files.is_too_large:
            limit = settings.ALTINN_MAX_APP_MIB
            reason = f"An application may have {limit} MiB; the file has more."
            messages.error(request, reason)
            return self._form_page(request, application, form, status=_TOO_LARGE)
        if not form.is_valid():
            return self._form_page(request, application, form, status=_REFUSED)
        return self._deploy(request, application, form)

    def _deploy(
        self, request: HttpRequest, application: Application | None, form: Form
    ) -> HttpResponse:
        """Store what was sent, then serve it if that strands nothing.

        In two steps: what would strand instances is stored all the same, and need not
        be sent again by who wants it forced.
        """
        given = form.cleaned_data
        org, app = named(application) if application else (given["org"], given["app"])
        try:
            report = registry.deploy(
                read_archive(given["archive"]),
                org=org,
                app=app,
                label=given["label"],
                by=self.site.actor_of(request),
                activate=False,
            )
        except AppFolderRefused as error:
            told = error.report
            found = {"errors": told.errors, "warnings": told.warnings}
            return self._form_page(
                request, application, form, status=_REFUSED, found=found
            )
        except DomainError as error:
            messages.error(request, error.detail)
            return self._form_page(request, application, form, status=_CONFLICT)
        stored = Application.objects.get(app_id=report.app_id)
        messages.success(request, _stored(report))
        if given["serve"] and not report.served:
            refused = self.serve(request, stored, report.number, force=False)
            if refused is not None:
                messages.warning(request, "It is not served yet.")
                return HttpResponseRedirect(address_of("serve", stored, report.number))
        if report.warnings:  # to be read now, so no redirect takes them away
            found = {"warnings": report.warnings}
            return self.listing(request, stored, DeploymentForm(), found=found)
        return HttpResponseRedirect(address_of("deployments", stored))

    def _form_page(
        self,
        request: HttpRequest,
        application: Application | None,
        form: Form,
        *,
        status: int,
        found: Mapping[str, object] | None = None,
    ) -> HttpResponse:
        """Show the form again, with what was wrong."""
        if application is None:
            return self._first_form(request, form, status=status, found=found)
        return self.listing(request, application, form, status=status, found=found)

    def _first_form(
        self,
        request: HttpRequest,
        form: Form,
        *,
        status: int = 200,
        found: Mapping[str, object] | None = None,
    ) -> HttpResponse:
        title = "Deploy an application"
        shown = {"title": title, "form": form, **(found or {})}
        return self.rendered(request, "first", None, shown, status=status)

    def _managed(self, request: HttpRequest) -> list[str]:
        """Return the organisations for which the account may deploy."""
        reach = self.reach(request)
        if reach.everywhere:
            return self.site.orgs_offered(request)
        return sorted(reach.managed)


def _stored(report: ImportReport) -> str:
    if report.created:
        return f"Stored as deployment {report.number}."
    served = ", which is served" if report.served else ""
    return f"The same content is deployment {report.number} already{served}."
