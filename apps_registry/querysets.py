"""Reads of the registry."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce

from apps_registry.app_folder import POLICY
from apps_registry.metadata import FILE as METADATA

if TYPE_CHECKING:
    from apps_registry.models import Application, Deployment, DeploymentFile


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications."""

    def served(self) -> "ApplicationQuerySet":
        """Those with a current deployment."""
        return self.filter(current__isnull=False)


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    """Deployments of applications."""

    def of_app(self, app_id: str) -> Self:
        """Keep those of one application."""
        return self.filter(application__app_id=app_id)

    def counted(self) -> Self:
        """Bring the application of each, and the count of its files."""
        # Below the rows that are wanted: a join would count the files of all of them.
        files = self.model._meta.get_field("files").related_model._default_manager
        of_each = files.filter(deployment=OuterRef("pk")).order_by()
        count = of_each.values("deployment").annotate(n=models.Count("pk")).values("n")
        return self.select_related("application").annotate(
            file_count=Coalesce(models.Subquery(count), 0)
        )


class DeploymentFileQuerySet(models.QuerySet["DeploymentFile"]):
    """Files of deployments."""

    def contents_of(self, deployment_id: int) -> dict[str, bytes]:
        """Return every file of a deployment by its path."""
        rows = self.filter(deployment_id=deployment_id).values_list("path", "content")
        return {path: bytes(content) for path, content in rows}

    def differing(
        self, deployment: "Deployment", other: "Deployment"
    ) -> dict[str, bytes]:
        """Return the deployment's files that the other lacks or has otherwise."""
        same = self.filter(
            deployment=other, path=OuterRef("path"), content=OuterRef("content")
        )
        rows = self.filter(~Exists(same), deployment=deployment)
        return {p: bytes(c) for p, c in rows.values_list("path", "content")}

    def metadata_of(self, app_id: str, *, most: int) -> list[bytes]:
        """Return the metadata of the app's last deployments, newest first."""
        rows = self.filter(deployment__application__app_id=app_id, path=METADATA)
        last = rows.order_by("-deployment__number")[:most]
        return [bytes(content) for content in last.values_list("content", flat=True)]

    def policies_of(self, deployments: Iterable["Deployment"]) -> dict[int, bytes]:
        """Return the policy of each deployment by the deployment's key."""
        rows = self.filter(deployment__in=deployments, path=POLICY)
        found = rows.values_list("deployment_id", "content")
        return {deployment: bytes(content) for deployment, content in found}
