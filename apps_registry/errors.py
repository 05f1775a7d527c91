"""Problems of the application registry."""

from common.errors import Conflict, Invalid, NotFound, Unavailable


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

    Every finding is listed with its file and place; mend them all and import again.
    """

    code = "app-folder-refused"
    detail = "The application folder has {count} error(s); nothing was stored."


class DataTypeUnknown(Invalid):
    """The application declares no data type of this id.

    Use one that its metadata lists.
    """

    code = "data-type-unknown"
    detail = "Requested element type is not declared in application metadata"


class DeploymentConflict(Conflict):
    """Another import of the same application was stored at the same moment.

    Import again.
    """

    code = "deployment-conflict"
    detail = "Another import of {app_id} was stored at the same moment; import again."
