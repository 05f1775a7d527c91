"""Bringing applications in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from apps_registry import catalogue
from apps_registry.app_folder import AppFolder, check_folder, read_folder
from apps_registry.errors import DeploymentConflict
from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    Org,
    RegistryVersion,
)
from common.errors import Issue

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ``created`` is false when the content was deployed before."""

    app_id: str
    number: int
    created: bool
    files: int
    warnings: tuple[Issue, ...]


def register_org(*, code: str, name: Mapping[str, str], org_number: str) -> Org:
    """Register a service owner, or update its name and number."""
    org, _ = Org.objects.update_or_create(
        code=code, defaults={"name": dict(name), "org_number": org_number}
    )
    return org


def import_app(
    path: Path, *, org: str = "", app: str = "", label: str = "", by: str = ""
) -> ImportReport:
    """Import an application folder as a new deployment and serve it.

    ``org`` and ``app`` fill the folder's placeholders. Content that was imported before
    makes no new deployment; it is served again. Raises AppFolderRefused with every
    finding, and stores nothing then.
    """
    folder = read_folder(path)
    checked = check_folder(folder, org=org, app=app)
    definition = checked.definition
    try:
        number, created = _deploy(
            folder, org=definition.org, app=definition.app, label=label, by=by
        )
    except IntegrityError:  # two imports at once: one of them has the number
        raise DeploymentConflict(app_id=definition.app_id) from None
    log.info(
        "app_imported", app_id=definition.app_id, deployment=number, created=created
    )
    return ImportReport(
        definition.app_id, number, created, len(folder.files), checked.warnings
    )


@transaction.atomic
def _deploy(
    folder: AppFolder, *, org: str, app: str, label: str, by: str
) -> tuple[int, bool]:
    owner, _ = Org.objects.get_or_create(code=org)
    application, _ = Application.objects.get_or_create(
        app_id=f"{org}/{app}", defaults={"org": owner, "name": app}
    )
    content_hash = folder.content_hash
    deployment = application.deployments.filter(content_hash=content_hash).first()
    created = deployment is None
    if deployment is None:
        last = application.deployments.aggregate(last=Max("number"))["last"] or 0
        deployment = Deployment.objects.create(
            application=application,
            number=last + 1,
            content_hash=content_hash,
            label=label,
            created_by=by,
        )
        DeploymentFile.objects.bulk_create(
            DeploymentFile(deployment=deployment, path=name, content=content)
            for name, content in folder.files.items()
        )
    application.current = deployment
    application.save(update_fields=["current"])
    _announce_change()
    return deployment.number, created


def _announce_change() -> None:
    """Let every process notice: the others by the counter, this one at once."""
    RegistryVersion.objects.get_or_create(pk=1)
    RegistryVersion.objects.filter(pk=1).update(number=F("number") + 1)
    catalogue.forget()
    transaction.on_commit(catalogue.forget)
