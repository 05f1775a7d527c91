"""Problems of exports."""

from common.errors import Conflict, Gone, NotFound


class ExportNotFound(NotFound):
    """The organisation has ordered no export of this id; the list has those it has."""

    code = "export-not-found"
    detail = "There is no export {export_id} of {org}."


class ExportNotReady(Conflict):
    """The export is not written yet, or will not be; its own document says how it is.

    Ask for that until its ``state`` is ``completed``.
    """

    code = "export-not-ready"
    detail = "Export {export_id} is {state}; its result cannot be downloaded."


class ExportGone(Gone):
    """The result was kept for its time, and is removed. Order the export anew."""

    code = "export-gone"
    detail = "The result of export {export_id} is removed: it is {state}."


class TooManyExports(Conflict):
    """The organisation has as many exports waiting or running as it may have.

    Wait for one of them, or cancel it.
    """

    code = "too-many-exports"
    detail = "{org} has {count} exports that are not finished; {most} are allowed."


class ExportNotFailed(Conflict):
    """Only an export that was given up can be tried anew; any other goes on by itself.

    A cancelled or expired one is ordered anew.
    """

    code = "export-not-failed"
    detail = "Export {export_id} is {state}; only one that failed is tried anew."
