"""What the application API says of data elements and their types, in Altinn's words.

Each has the code of what the platform API says in words of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from api.parsers import JsonMalformed
from api.permissions import NotPermitted
from apps_registry.definition import DataType
from apps_registry.errors import DataTypeUnknown
from common.errors import Invalid
from common.xml import XmlMalformed
from data_elements.errors import ContentEmpty, DataElementNotFound
from forms.errors import FormJsonRefused, FormXmlRefused


class ElementNotOnInstance(DataElementNotFound):
    """The instance has no data element of this id."""

    title = "Data Element Not Found"
    detail = "Did not find data element {element_id} on instance {instance_id}"


class TypeNotDeclared(DataTypeUnknown):
    """The application's metadata declare no data type of this id.

    ``dataTypes`` of the metadata has those that there are.
    """

    title = "Data Type Not Found"
    detail = (
        'Could not find the specified data type: "{data_type}" in'
        " applicationmetadata.json"
    )


class TypeNotPermitted(NotPermitted):
    """The data type takes a right of its own that the caller does not have here.

    ``explanation`` says which, as far as the caller may know.
    """

    title = "Unauthorized"
    detail = "Access denied for data element of type {data_type}"


class FileEmpty(ContentEmpty):
    """A file has at least one byte."""

    title = "Invalid data"
    detail = "Invalid data provided. Error: The file is zero bytes."


class ContentTypeMissing(Invalid):
    """A file is stored with its type; say in Content-Type what it is."""

    code = "content-type-missing"
    title = "Missing content type"
    detail = "The request is missing a content type header."


class FormXmlMalformed(XmlMalformed):
    """The form is no XML; the line says where it stops to be that."""

    title = FormXmlRefused.title


class FormJsonMalformed(JsonMalformed):
    """The form is no JSON; the line and column say where it stops to be that."""

    title = FormJsonRefused.title


@contextmanager
def told_of_type(data_type: DataType) -> Iterator[None]:
    """Tell of a right that a data type takes by the type, for a block."""
    try:
        yield
    except NotPermitted as refused:
        raise TypeNotPermitted(
            members=refused.members,
            data_type=data_type.id,
            action=refused.context["action"],
        ) from None


@contextmanager
def told_of_form() -> Iterator[None]:
    """Tell of bytes that are no XML or JSON as of a form that is none, for a block."""
    try:
        yield
    except XmlMalformed as refused:
        raise FormXmlMalformed(
            issues=refused.issues, members=refused.members, **refused.context
        ) from None
    except JsonMalformed as refused:
        raise FormJsonMalformed(
            issues=refused.issues, members=refused.members, **refused.context
        ) from None
