"""The registry in the admin: service owners, applications and what was deployed."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    Org,
    RegistryVersion,
)
from common.admin import OrgFilter, ReadOnlyAdmin, ReadOnlyInline
from common.owner_admin import OwnerScoped


@admin.register(Org)
class OrgAdmin(OwnerScoped):
    """Service owners; an import makes them, and instances name their org for good."""

    org_path = "code"

    list_display = ["code", "english_name", "org_number"]
    search_fields = ["code", "org_number"]
    fields = ["code", "name", "org_number"]
    readonly_fields = ["code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: `manage.py import_app` and `import_parties` register them."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Refuse."""
        return False

    @admin.display(description="name")
    def english_name(self, org: Org) -> str:
        """Show the English name, or another."""
        return str(org.name.get("en") or org.name.get("nb") or "")


class DeploymentInline(ReadOnlyInline):
    """The deployments of an application, the newest first."""

    model = Deployment
    fields = ["number", "label", "created", "created_by"]


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    """Applications; `manage.py import_app` deploys them."""

    org_path = "org__code"
    list_display = ["app_id", "org", "current", "created"]
    list_filter = [OrgFilter]
    list_select_related = ["org", "current"]
    search_fields = ["app_id"]
    search_help_text = "A part of org/app."
    inlines = [DeploymentInline]


class DeploymentFileInline(ReadOnlyInline):
    """The files of a deployment; their content can be downloaded."""

    model = DeploymentFile
    verbose_name_plural = "files"
    fields = ["path", "size", "download"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeploymentFile]:
        """Measure the content and leave it in the database."""
        return _without_content(super().get_queryset(request))

    @admin.display(description="bytes")
    def size(self, file: DeploymentFile) -> int:
        """Show how long the content is."""
        return _size(file)

    @admin.display(description="content")
    def download(self, file: DeploymentFile) -> SafeString:
        """Link to the content."""
        return _download_link(file)


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    """What was deployed, and when."""

    org_path = "application__org__code"

    list_display = ["application", "number", "label", "created", "created_by"]
    list_display_links = ["application", "number"]
    list_select_related = ["application__org"]
    list_filter = [OrgFilter]
    search_fields = ["application__app_id", "content_hash"]
    search_help_text = "A part of org/app, or of the hash."
    inlines = [DeploymentFileInline]


@admin.register(DeploymentFile)
class DeploymentFileAdmin(ReadOnlyAdmin):
    """Files of deployments, byte for byte as imported."""

    org_path = "deployment__application__org__code"

    list_display = ["path", "app_id", "number", "size", "download"]
    list_select_related = ["deployment__application"]
    search_fields = ["path", "deployment__application__app_id"]
    search_help_text = "A part of the path or of org/app."
    fields = ["deployment", "path", "size", "download"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeploymentFile]:
        """Measure the content and leave it in the database."""
        return _without_content(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the content."""
        view = self.admin_site.admin_view(self.content)
        name = "apps_registry_deploymentfile_content"
        own = path("<int:pk>/content/", view, name=name)
        return [own, *super().get_urls()]

    def content(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the file's content, for saving: a browser never shows it."""
        if not self.has_view_permission(request):
            raise Http404
        rows = OwnerScoped.get_queryset(self, request)  # here with its content
        file = rows.filter(pk=pk).first()
        if file is None:
            raise Http404
        answer = HttpResponse(
            bytes(file.content), content_type="application/octet-stream"
        )
        name = file.path.rpartition("/")[2]
        answer["Content-Disposition"] = str(content_disposition_header(True, name))
        return answer

    @admin.display(description="application")
    def app_id(self, file: DeploymentFile) -> str:
        """Show whose file it is."""
        return file.deployment.application.app_id

    @admin.display(description="deployment")
    def number(self, file: DeploymentFile) -> int:
        """Show which deployment it is of."""
        return file.deployment.number

    @admin.display(description="bytes")
    def size(self, file: DeploymentFile) -> int:
        """Show how long the content is."""
        return _size(file)

    @admin.display(description="content")
    def download(self, file: DeploymentFile) -> SafeString:
        """Link to the content."""
        return _download_link(file)


@admin.register(RegistryVersion)
class RegistryVersionAdmin(ReadOnlyAdmin):
    """How often the registry changed."""

    list_display = ["id", "number"]


def _without_content(files: "QuerySet[DeploymentFile]") -> "QuerySet[DeploymentFile]":
    return files.defer("content").annotate(content_size=Length("content"))


def _size(file: Any) -> int:
    return int(file.content_size)


def _download_link(file: DeploymentFile) -> SafeString:
    address = reverse("admin:apps_registry_deploymentfile_content", args=[file.pk])
    return format_html('<a href="{}">download</a>', address)
