"""Problems of the application registry."""

from apps_registry.findings import Report
from common.errors import Conflict, Invalid, NotFound, Unavailable, Unprocessable


class AppNotFound(NotFound):
    """No application is registered under this org and name.

    Check the spelling, and whether the application was imported (``manage.py
    import_app``).
    """

    code = "app-not-found"
    detail = "Did not find application with appId={app_id}"


class AppUnreadable(Unavailable):
    """The application's stored deployment can no longer be read by this server.

    It was imported by another version. Its owner imports the folder again.
    """

    code = "app-unreadable"
    detail = (
        "The deployment of {app_id} cannot be read; its owner must import it again."
    )


class AppFolderRefused(Invalid):
    """The application folder has errors, so nothing of it was stored.

    Every finding is listed with its file and place, the errors first. Mend them all and
    import again; warnings refuse nothing.
    """

    code = "app-folder-refused"
    detail = "The application folder has {count} error(s); nothing was stored."

    def __init__(self, report: Report) -> None:
        """Carry everything that was found."""
        super().__init__(issues=report.all, count=len(report.errors))
        self.report = report


class DataTypeUnknown(Invalid):
    """The application declares no data type of this id.

    Use one that its metadata lists.
    """

    code = "data-type-unknown"
    detail = "Requested element type is not declared in application metadata"


class DeploymentNotFound(NotFound):
    """The application has no deployment of this number; its list has those it has."""

    code = "deployment-not-found"
    detail = "{app_id} has no deployment {number}."


class DeploymentNotRead(Unprocessable):
    """The deployment was stored by another version, and this server cannot read it.

    Import its folder again, and activate the deployment that this makes.
    """

    code = "deployment-unreadable"
    detail = "Deployment {number} of {app_id} cannot be read by this server."


class DeploymentConflict(Conflict):
    """Another import of the same application was stored at the same moment.

    Import again.
    """

    code = "deployment-conflict"
    detail = "Another import of {app_id} was stored at the same moment; import again."


class AppFileNotFound(NotFound):
    """The application has no such schema, layout set, text or list of options.

    Names are compared exactly; the problem lists those that the application has.
    """

    code = "app-file-not-found"
    detail = "The application {app_id} has no {kind} {name!r}; it has: {existing}."


class AppFileUnreadable(Unavailable):
    """A stored file of the application is not what it should be.

    Its owner mends it and imports the application again.
    """

    code = "app-file-unreadable"
    detail = "The file {path} of {app_id} cannot be read: {reason}"
