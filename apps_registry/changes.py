"""Applications changed a few files at a time; each change is a deployment."""

from collections.abc import Callable, Mapping

import structlog

from apps_registry import deployments
from apps_registry.app_check import check_folder
from apps_registry.app_folder import AppFolder
from apps_registry.definition import AppDefinition
from apps_registry.deployments import (
    Guard,
    ImportReport,
    announce_change,
    note,
    served_deployment,
)
from apps_registry.errors import AppNotFound, DeploymentConflict
from apps_registry.models import Application, DeploymentFile
from audit.choices import Act
from common.actors import THE_SERVER, Actor
from common.transactions import atomic

log = structlog.get_logger()

# From the files that are served to those that take their place; None leaves one out.
Edit = Callable[[Mapping[str, bytes]], Mapping[str, bytes | None]]


def change_files(
    *,
    org: str,
    app: str,
    edit: Edit,
    label: str,
    by: Actor = THE_SERVER,
    guard: Guard | None = None,
) -> ImportReport:
    """Serve the app with some files changed, all else as it is: a new deployment.

    ``edit`` is given the files that are served, and returns those to put in their
    place. As with an import, the same content makes no second deployment, and what has
    errors changes nothing. Raises AppNotFound, DeploymentConflict, AppFolderRefused,
    and what ``guard`` raises.
    """
    current = served_deployment(org, app)
    files = DeploymentFile.objects.contents_of(current.pk)
    changed = {**files, **edit(files)}
    kept = {path: content for path, content in changed.items() if content is not None}
    folder = AppFolder(kept)
    checked = check_folder(folder, org=org, app=app)
    return deployments.store(
        folder, checked, label=label, by=by, instead_of=current, guard=guard
    )


def found_app(
    *,
    org: str,
    app: str,
    files: Mapping[str, bytes],
    label: str,
    by: Actor = THE_SERVER,
) -> None:
    """Serve an app that is not served, from these files.

    Raises DeploymentConflict when it is by now, and AppFolderRefused.
    """
    folder = AppFolder(files)
    checked = check_folder(folder, org=org, app=app)
    deployments.store(folder, checked, label=label, by=by, guard=_nothing_is_served)


@atomic()
def retire(*, org: str, app: str, by: Actor = THE_SERVER) -> None:
    """Serve the app no more; its deployments stay, and one can be served again.

    Raises AppNotFound.
    """
    served = Application.objects.served().filter(app_id=f"{org}/{app}")
    application = served.select_for_update(of=("self",)).first()
    if application is None:
        raise AppNotFound(app_id=f"{org}/{app}")
    application.current = None
    application.save(update_fields=["current"])
    announce_change()
    note(by, Act.RETIRE, application)
    log.info("app_retired", app_id=f"{org}/{app}")


def _nothing_is_served(served: AppDefinition, following: AppDefinition) -> int:
    raise DeploymentConflict(app_id=following.app_id)
