"""What can be wrong with form data, with the model of it, and with expressions."""

from common.errors import Invalid


class ExpressionFailed(Exception):
    """An expression has no value; the text says why, for the application's owner."""


class LayoutUnreadable(ExpressionFailed):
    """A page is not what pages are; importing refuses such a one."""


class ModelUnreadable(Exception):
    """A data model cannot be derived from a schema; the text says why."""


class FormXmlRefused(Invalid):
    """The XML is not what the form consists of.

    The detail names the place, what stands there, and what should.
    """

    code = "form-xml-refused"
    title = "Failed to deserialize XML"
    detail = "{reason}"


class FormJsonRefused(Invalid):
    """The JSON is not what the form consists of.

    The detail names the place, what stands there, and what should.
    """

    code = "form-json-refused"
    title = "Failed to deserialize JSON"
    detail = "{reason}"


class PatchFailed(Exception):
    """An operation of a patch cannot be done: ``place`` counts it from 0."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(f"Operation {place}: {reason}.")
        self.place = place


class PatchTestFailed(PatchFailed):
    """The test of a patch does not hold: the data is another than the sender saw."""
