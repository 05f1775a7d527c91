"""Tables of the registry: orgs, applications and their immutable deployments."""

from django.db import models
from django.db.models import Q

from apps_registry.choices import (
    MAX_APP,
    MAX_LABEL,
    MAX_ORG,
    RESERVED_APP_NAMES,
    RESERVED_ORG_CODES,
)
from apps_registry.querysets import (
    ApplicationQuerySet,
    DeploymentFileQuerySet,
    DeploymentQuerySet,
)


class Org(models.Model):
    """A public agency that owns applications."""

    code = models.CharField(
        max_length=MAX_ORG,
        unique=True,
        help_text="The short code in addresses: nav, skd.",
    )
    name = models.JSONField(default=dict, help_text="Language to name.")
    org_number = models.CharField(
        max_length=9, blank=True, default="", help_text="Organisation number."
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="org_code_not_reserved",
                condition=~Q(code__in=sorted(RESERVED_ORG_CODES)),
                violation_error_message="This code is reserved for the server's"
                " addresses.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Application(models.Model):
    """A form application; what it is stands in its current deployment."""

    org = models.ForeignKey(Org, on_delete=models.PROTECT, related_name="applications")
    name = models.CharField(
        max_length=MAX_APP, help_text="The name in addresses: app2018."
    )
    app_id = models.CharField(max_length=121, unique=True, help_text="org/name.")
    current = models.ForeignKey(
        "Deployment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The deployment that is served.",
    )
    created = models.DateTimeField(auto_now_add=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["app_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["org", "name"], name="application_name_unique_in_org"
            ),
            models.CheckConstraint(
                name="application_name_not_reserved",
                condition=~Q(name__in=sorted(RESERVED_APP_NAMES)),
                violation_error_message="This name is reserved for the server's"
                " addresses.",
            ),
        ]

    def __str__(self) -> str:
        return self.app_id


class Deployment(models.Model):
    """One import of an application's config folder; never changed afterwards."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="deployments"
    )
    number = models.PositiveIntegerField(help_text="Counts from 1 in each application.")
    content_hash = models.CharField(
        max_length=64, help_text="SHA-256 over all its files."
    )
    label = models.CharField(max_length=MAX_LABEL, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=64, blank=True, default="")

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["application", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="deployment_number_unique"
            ),
            models.UniqueConstraint(
                fields=["application", "content_hash"],
                name="deployment_content_unique",
                violation_error_message="The same content is a deployment already.",
            ),
        ]

    def __str__(self) -> str:
        return f"deployment {self.number}"


class DeploymentFile(models.Model):
    """A file of a deployment, byte for byte as imported."""

    deployment = models.ForeignKey(
        Deployment, on_delete=models.CASCADE, related_name="files"
    )
    path = models.CharField(
        max_length=255, help_text="Relative to the folder with config/."
    )
    content = models.BinaryField()

    objects = DeploymentFileQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["deployment", "path"], name="deployment_file_path_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.path


class RegistryVersion(models.Model):
    """One row that counts changes; every process notices them within a second."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registry_version_is_one_row",
                condition=Q(pk=1),
                violation_error_message="There is one registry version.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
