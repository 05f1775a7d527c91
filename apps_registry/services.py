"""Bringing applications in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from apps_registry import changes, deployments
from apps_registry.app_check import check_folder
from apps_registry.app_folder import POLICY, AppFolder, read_folder
from apps_registry.deployments import Guard, ImportReport, served_deployment
from apps_registry.errors import DeploymentNotFound
from apps_registry.models import Deployment, DeploymentFile, Org
from common.actors import THE_SERVER, Actor

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeployedPolicy:
    """The policy of one deployment, byte for byte; ``served`` is it in force."""

    deployment: Deployment
    content: bytes
    served: bool


def register_org(*, code: str, name: Mapping[str, str], org_number: str) -> Org:
    """Register a service owner, or update its name and number."""
    org, _ = Org.objects.update_or_create(
        code=code, defaults={"name": dict(name), "org_number": org_number}
    )
    return org


def number_of_service_owner(code: str) -> str:
    """Return the service owner's organisation number, empty where none is known."""
    numbers = Org.objects.filter(code=code).values_list("org_number", flat=True)
    return numbers.first() or ""


def service_owner_with_number(org_number: str) -> str:
    """Return the code of the service owner with this organisation number.

    Empty for none, and where several share the number: which is meant, nobody can tell.
    """
    if not org_number:
        return ""
    codes = Org.objects.filter(org_number=org_number).values_list("code", flat=True)
    found = list(codes[:2])
    if len(found) > 1:
        log.warning("org_number_ambiguous", org_number=org_number)
    return found[0] if len(found) == 1 else ""


def is_service_owner(code: str) -> bool:
    """Whether a service owner of this code is registered."""
    return Org.objects.filter(code=code).exists()


def import_app(
    path: Path,
    *,
    org: str = "",
    app: str = "",
    label: str = "",
    by: Actor = THE_SERVER,
    activate: bool | None = True,
    guard: Guard | None = None,
) -> ImportReport:
    """Import an application folder as a new deployment and serve it.

    ``org`` and ``app`` fill the folder's placeholders. Content that was imported before
    makes no new deployment; it is served again, unless ``activate`` is None: then only
    what is new is served. If it is False, what is served stays. Raises AppFolderRefused
    with every finding, DeploymentConflict, and what ``guard`` raises; nothing is stored
    then.
    """
    folder = read_folder(path)
    checked = check_folder(folder, org=org, app=app)
    return deployments.store(
        folder, checked, label=label, by=by, activate=activate, guard=guard
    )


def deploy(
    folder: AppFolder,
    *,
    org: str,
    app: str,
    label: str = "",
    by: Actor = THE_SERVER,
    activate: bool | None = True,
    guard: Guard | None = None,
) -> ImportReport:
    """Import a folder that was sent to the address of ``org``/``app``, for it alone.

    As ``import_app`` otherwise; a folder of another application is refused.
    """
    checked = check_folder(folder, org=org, app=app, addressed=True)
    return deployments.store(
        folder, checked, label=label, by=by, activate=activate, guard=guard
    )


def replace_policy(
    *, org: str, app: str, content: bytes, by: Actor = THE_SERVER
) -> ImportReport:
    """Serve the app with another policy, all else as it is: a new deployment.

    A policy that was deployed with all else the same before makes none; that deployment
    is served again. The warnings are those of the policy. Raises AppNotFound,
    DeploymentConflict, and AppFolderRefused with every finding; the policy in force
    stays in force then.
    """
    report = changes.change_files(
        org=org, app=app, edit=lambda _: {POLICY: content}, label="policy", by=by
    )
    own = tuple(warning for warning in report.warnings if warning.file == POLICY)
    return replace(report, warnings=own)


def policy_of(org: str, app: str, *, number: int | None = None) -> DeployedPolicy:
    """Return the policy of a deployment of the app, of the one served by default.

    Raises AppNotFound and DeploymentNotFound.
    """
    served = served_deployment(org, app)
    deployment = served
    if number is not None and number != served.number:
        found = Deployment.objects.of_app(f"{org}/{app}").filter(number=number).first()
        if found is None:
            raise DeploymentNotFound(number=number, app_id=f"{org}/{app}")
        deployment = found
    (content,) = DeploymentFile.objects.policies_of([deployment]).values()
    return DeployedPolicy(deployment, content, deployment == served)


def policies_of(
    org: str, app: str, *, before: int | None, most: int
) -> list[DeployedPolicy]:
    """Return the policies of the app's deployments, newest first, at most ``most``.

    ``before`` leaves out that deployment and all that are newer. Raises AppNotFound.
    """
    served = served_deployment(org, app)
    rows = Deployment.objects.of_app(f"{org}/{app}").order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    page = list(rows[:most])
    contents = DeploymentFile.objects.policies_of(page)
    return [DeployedPolicy(row, contents[row.pk], row == served) for row in page]
