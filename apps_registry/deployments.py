"""Deployments of an application: stored once, served by choice, compared, given back.

A deployment is never changed. Which one is served is one column of the application;
every process follows by the registry's counter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from apps_registry import catalogue
from apps_registry.app_check import CheckedApp, read_definition
from apps_registry.app_folder import AppFolder
from apps_registry.comparison import compare
from apps_registry.definition import AppDefinition
from apps_registry.errors import (
    AppFolderRefused,
    AppNotFound,
    DeploymentConflict,
    DeploymentNotFound,
    DeploymentNotRead,
)
from apps_registry.findings import Finding
from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    Org,
    RegistryVersion,
)
from audit.choices import Act
from audit.services import Thing, record
from common.actors import THE_SERVER, Actor
from common.transactions import atomic

log = structlog.get_logger()

# Told what is served and what is about to be, in the transaction that changes it;
# refuses by raising, or returns how many instances it lets be stranded. The registry
# knows no instances: whoever does, hands one in.
Guard = Callable[[AppDefinition, AppDefinition], int]
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; ``created`` is false when the content was deployed before."""

    app_id: str
    deployment: Deployment
    created: bool
    served: bool
    files: int
    warnings: tuple[Finding, ...]

    @property
    def number(self) -> int:
        """The number of the deployment among those of the app."""
        return self.deployment.number


@dataclass(frozen=True, slots=True)
class Listed:
    """A deployment, whether it is served, and how many files it has."""

    deployment: Deployment
    served: bool
    files: int

    @classmethod
    def of(cls, row: Deployment) -> Self:
        """Return a row that was ``counted``."""
        served = row.application.current_id == row.pk
        count: int = row.file_count  # type: ignore[attr-defined]  # annotated
        return cls(row, served, count)


def store(
    folder: AppFolder,
    checked: CheckedApp,
    *,
    label: str = "",
    by: Actor = THE_SERVER,
    activate: bool | None = True,
    instead_of: Deployment | None = None,
    guard: Guard | None = None,
) -> ImportReport:
    """Store a checked folder as a deployment, and serve it unless told not to.

    Content that is a deployment already makes none; where ``activate`` is None it is
    not served again either. ``instead_of`` is what it was made out of: if another is
    served by now, that one's changes would be lost. Raises DeploymentConflict, and what
    ``guard`` raises; nothing is stored then.
    """
    try:
        return _store(
            folder,
            checked,
            label=label,
            by=by,
            activate=activate,
            instead_of=instead_of,
            guard=guard,
        )
    except IntegrityError:  # two at once: one of them has the number
        raise DeploymentConflict(app_id=checked.definition.app_id) from None


@atomic()
def activate(
    org: str,
    app: str,
    number: int,
    *,
    by: Actor = THE_SERVER,
    guard: Guard | None = None,
) -> Deployment:
    """Serve a deployment from now on, an earlier one too.

    Raises AppNotFound, DeploymentNotFound, DeploymentNotRead, and what ``guard``
    raises; what is served stays served then.
    """
    application = _locked(org, app)
    deployment = _numbered(application, number)
    definition = _required(application, deployment)
    _serve(application, deployment, definition, by=by, guard=guard)
    return deployment


def ensure_activation(org: str, app: str, number: int, *, guard: Guard) -> None:
    """Raise what ``activate`` would raise now; nothing is changed."""
    rows = Application.objects.select_related("current")
    application = rows.filter(app_id=f"{org}/{app}").first()
    if application is None:
        raise AppNotFound(app_id=f"{org}/{app}")
    deployment = _numbered(application, number)
    definition = _required(application, deployment)
    current = application.current
    if current is None or current == deployment:
        return
    served = _readable(application, current)
    if served is not None:
        guard(served, definition)


def deployments_of(
    org: str, app: str, *, before: int | None, most: int
) -> list[Listed]:
    """Return the app's deployments, newest first, at most ``most``.

    ``before`` leaves out that deployment and all that are newer. Raises AppNotFound.
    """
    rows = Deployment.objects.of_app(f"{org}/{app}").counted().order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = [Listed.of(row) for row in rows[:most]]
    if not found and not _exists(org, app):
        raise AppNotFound(app_id=f"{org}/{app}")
    return found


def last_deployments_of(
    org: str, app: str, *, most: int
) -> list[tuple[Deployment, bool]]:
    """Return the app's newest deployments, and of each whether it is served."""
    rows = Deployment.objects.of_app(f"{org}/{app}").select_related("application")
    last = rows.order_by("-number")[:most]
    return [(row, row.application.current_id == row.pk) for row in last]


def deployment_of(org: str, app: str, number: int) -> Listed:
    """Return one deployment; raises AppNotFound and DeploymentNotFound."""
    rows = Deployment.objects.of_app(f"{org}/{app}").counted()
    found = rows.filter(number=number).first()
    if found is not None:
        return Listed.of(found)
    if not _exists(org, app):
        raise AppNotFound(app_id=f"{org}/{app}")
    raise DeploymentNotFound(number=number, app_id=f"{org}/{app}")


def files_of(org: str, app: str, *, number: int | None = None) -> Mapping[str, bytes]:
    """Return a deployment's files by path, those of the one served by default.

    Raises AppNotFound and DeploymentNotFound.
    """
    if number is None:
        return DeploymentFile.objects.contents_of(served_deployment(org, app).pk)
    found = deployment_of(org, app, number)
    return DeploymentFile.objects.contents_of(found.deployment.pk)


def compared(org: str, app: str, before: int, after: int) -> dict[str, object]:
    """Return what changed from one deployment to another, part by part.

    Raises AppNotFound and DeploymentNotFound.
    """
    return compare(*differing_files(org, app, before, after))


def differing_files(
    org: str, app: str, before: int, after: int
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the files of each of two deployments that the other has not or otherwise.

    Raises AppNotFound and DeploymentNotFound.
    """
    old, new = (deployment_of(org, app, n).deployment for n in (before, after))
    rows = DeploymentFile.objects
    return rows.differing(old, new), rows.differing(new, old)


def served_deployment(org: str, app: str) -> Deployment:
    """Return the deployment that is served; raises AppNotFound."""
    found = Application.objects.served().filter(app_id=f"{org}/{app}")
    application = found.select_related("current").first()
    if application is None or application.current is None:
        raise AppNotFound(app_id=f"{org}/{app}")
    return application.current


# --- in one transaction ---------------------------------------------------------------
@atomic()
def _store(
    folder: AppFolder,
    checked: CheckedApp,
    *,
    label: str,
    by: Actor,
    activate: bool | None,
    instead_of: Deployment | None,
    guard: Guard | None,
) -> ImportReport:
    definition = checked.definition
    org, _ = Org.objects.get_or_create(code=definition.org)
    Application.objects.get_or_create(
        app_id=definition.app_id, defaults={"org": org, "name": definition.app}
    )
    application = _locked(definition.org, definition.app)
    if instead_of is not None and application.current_id != instead_of.pk:
        raise DeploymentConflict(app_id=application.app_id)
    content_hash = definition.content_hash
    deployment = application.deployments.filter(content_hash=content_hash).first()
    created = deployment is None
    if deployment is None:
        last = application.deployments.aggregate(last=Max("number"))["last"] or 0
        deployment = Deployment.objects.create(
            application=application,
            number=last + 1,
            content_hash=content_hash,
            label=label,
            created_by=by.account[:_LONGEST_NAME],
        )
        DeploymentFile.objects.bulk_create(
            DeploymentFile(deployment=deployment, path=name, content=content)
            for name, content in folder.files.items()
        )
        log.info(
            "deployment_stored",
            app_id=definition.app_id,
            deployment=last + 1,
            by=by.account,
        )
        note(by, Act.DEPLOY, application, deployment=last + 1)
    if activate or (activate is None and created):
        _serve(application, deployment, definition, by=by, guard=guard)
    return ImportReport(
        app_id=definition.app_id,
        deployment=deployment,
        created=created,
        served=application.current_id == deployment.pk,
        files=len(folder.files),
        warnings=checked.warnings,
    )


def _serve(
    application: Application,
    deployment: Deployment,
    definition: AppDefinition,
    *,
    by: Actor,
    guard: Guard | None,
) -> None:
    """Serve a deployment of the locked application, if the guard lets it.

    Nothing happens if it is served already.
    """
    current = application.current
    if current is not None and current.pk == deployment.pk:
        return
    stranded = 0
    if current is not None and guard is not None:
        served = _readable(application, current)
        if served is not None:  # else nothing can be lost by it
            stranded = guard(served, definition)
    application.current = deployment
    application.save(update_fields=["current"])
    announce_change()
    log.info(
        "deployment_served",
        app_id=application.app_id,
        deployment=deployment.number,
        instead_of=current.number if current else None,
        by=by.account,
    )
    note(
        by,
        Act.ACTIVATE,
        application,
        deployment=deployment.number,
        insteadOf=current.number if current else None,
        stranded=stranded,
    )


def _readable(application: Application, deployment: Deployment) -> AppDefinition | None:
    """Read a stored deployment; None if that fails."""
    files = DeploymentFile.objects.contents_of(deployment.pk)
    org, _, app = application.app_id.partition("/")
    try:
        return read_definition(AppFolder(files), org=org, app=app)
    except AppFolderRefused:
        return None


def _required(application: Application, deployment: Deployment) -> AppDefinition:
    """Read a stored deployment; raises DeploymentNotRead."""
    definition = _readable(application, deployment)
    if definition is None:
        raise DeploymentNotRead(number=deployment.number, app_id=application.app_id)
    return definition


def announce_change() -> None:
    """Let every process notice: the others by the counter, this one at once."""
    RegistryVersion.objects.get_or_create(pk=1)
    RegistryVersion.objects.filter(pk=1).update(number=F("number") + 1)
    catalogue.forget()
    transaction.on_commit(catalogue.forget)


def note(by: Actor, act: Act, application: Application, **details: object) -> None:
    """Write down who did it, in the transaction that does it."""
    org, _, _ = application.app_id.partition("/")
    thing = Thing("apps_registry.application", str(application.pk), org)
    record(by, act, thing, details=details or None)


def _locked(org: str, app: str) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("current")
    application = rows.filter(app_id=f"{org}/{app}").first()
    if application is None:
        raise AppNotFound(app_id=f"{org}/{app}")
    return application


def _numbered(application: Application, number: int) -> Deployment:
    found = application.deployments.filter(number=number).first()
    if found is None:
        raise DeploymentNotFound(number=number, app_id=application.app_id)
    return found


def _exists(org: str, app: str) -> bool:
    return Application.objects.filter(app_id=f"{org}/{app}").exists()
