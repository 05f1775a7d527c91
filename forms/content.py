"""Form data as bytes of a content type, and as plain values."""

from typing import Final

from apps_registry.definition import DataType
from common import xml
from forms import json_data, xml_data
from forms.model import ROW_ID, Member, Model, ObjectType, Place, Simple
from forms.values import Value

Document = dict[str, Value]

XML: Final = "application/xml"
JSON: Final = "application/json"


def read(content: bytes, content_type: str | None, model: Model) -> Document:
    """Return the data; raises FormXmlRefused, FormJsonRefused or what XML raises."""
    if is_json(content_type):
        return json_data.read(content, model)
    return xml_data.read(content, model)


def write(document: Document, content_type: str | None, model: Model) -> bytes:
    """Return the data as the content type has it."""
    if is_json(content_type):
        return json_data.write(document)
    return xml_data.write(document, model)


def is_json(content_type: str | None) -> bool:
    """Whether form data of this type is JSON; without a type it is XML."""
    return "json" in (content_type or "").lower()


def storage_type(data_type: DataType) -> str:
    """Return what new form data is kept as: the first that is allowed, else XML."""
    for allowed in data_type.allowed_content_types:
        if allowed.lower() in (XML, JSON):
            return allowed.lower()
    return XML


def is_as_written(content: bytes, content_type: str | None, written: bytes) -> bool:
    """Whether content has no member less, more or elsewhere than what we would write.

    Then it is kept byte for byte, and its sender's hash stays true.
    """
    if is_json(content_type):
        return json_data.members(content) == json_data.members(written)
    return _tags(content) == _tags(written)


def complete(document: Document, type_: ObjectType) -> Document:
    """Return the document with every member of the model, null where there is none.

    An attribute whose value is fixed has that.
    """
    members = {
        name: _complete(document.get(name), member)
        for name, member in type_.members.items()
    }
    if ROW_ID in document:
        members[ROW_ID] = document[ROW_ID]
    return members


def _complete(value: Value, member: Member) -> Value:
    kind = member.type
    if not isinstance(kind, ObjectType):
        is_fixed = member.place is Place.ATTRIBUTE and member.fixed is not None
        return _fixed(member.fixed, kind) if value is None and is_fixed else value
    if isinstance(value, list):
        return [complete(one, kind) if isinstance(one, dict) else one for one in value]
    return complete(value, kind) if isinstance(value, dict) else value


def _fixed(text: str | None, kind: Simple) -> Value:
    """Return a fixed value; one that is not of its kind is none."""
    try:
        return xml_data.plain(text or "", kind)
    except ValueError:
        return None


def _tags(content: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements in their order, with the names of their attributes."""
    return [
        (str(one.tag), tuple(sorted(map(str, one.attrib))))
        for one in xml.parse(content).iter()
        if isinstance(one.tag, str)
    ]
