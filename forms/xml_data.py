"""Form data as XML: read into plain values by the model, and written in its order."""

import re
from decimal import Decimal, InvalidOperation
from math import isinf
from typing import Final, cast

from lxml import etree

from common import xml
from common.xml import Element
from forms.errors import FormXmlRefused
from forms.model import ROW_ID, Member, Model, ObjectType, Place, Simple
from forms.values import LARGEST_INTEGER, Value

Document = dict[str, Value]

_INSTANCE: Final = {"xsi": "http://www.w3.org/2001/XMLSchema-instance"}
_NIL: Final = f"{{{_INSTANCE['xsi']}}}nil"
_HAS_NILS: Final = etree.XPath("boolean(//*/@xsi:nil)", namespaces=_INSTANCE)
_TEXT, _TRUTH = Simple.TEXT, Simple.TRUTH
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,400}")
_DECIMAL: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
# What XML cannot hold, and what stands for it.
_NOT_XML: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_EMPTY_ID: Final = "00000000-0000-0000-0000-000000000000"
_MOST_PLAIN: Final = 2**53
_FEW_DIGITS: Final = 15  # of a whole number that is the same in every notation


def read(content: bytes, model: Model) -> Document:
    """Return the data of an XML document.

    Elements that the model lacks are left out, namespaces are not looked at. Raises
    FormXmlRefused, with the line, or what `common.xml.parse` raises.
    """
    root = xml.parse(content)
    name = _local(root)
    if model.root and name != model.root:
        raise FormXmlRefused(
            reason=f"The root element is <{name:.100}>, where the form has"
            f" <{model.root}>."
        )
    return _read_members(root, model.type, has_nils=bool(_HAS_NILS(root)))


def _read_members(element: Element, type_: ObjectType, *, has_nils: bool) -> Document:
    """Return the members of an element; raises FormXmlRefused.

    A form has thousands of them, so what most are is read without a call, and only
    forms with a nil anywhere (``has_nils``) have each element looked at for one.
    """
    found: Document = {}
    by_element = type_.by_element
    for child in element:
        member = by_element.get(child.tag) or _member_of(child, type_)
        if member is None:
            continue
        kind = member.type
        value: Value
        if has_nils and child.get(_NIL) in ("true", "1"):
            value = None
        elif kind is _TEXT and not len(child):
            value = child.text or ""
        elif isinstance(kind, ObjectType):
            value = _read_members(child, kind, has_nils=has_nils)
            if member.repeated and (row_id := child.get(ROW_ID)):
                value[ROW_ID] = row_id
        else:
            value = _simple(child, _text_of(child), kind)
        if not member.repeated:
            found[member.name] = value
        elif value is not None:
            rows = found.setdefault(member.name, [])
            rows.append(value)  # type: ignore[union-attr]  # it is always a list
    if type_.by_attribute:
        for name, text in element.attrib.items():
            attribute = type_.by_attribute.get(_without_namespace(str(name)))
            if attribute is not None:
                kind = cast(Simple, attribute.type)
                found[attribute.name] = _simple(element, str(text), kind)
    if type_.text is not None and (text_ := element.text or "").strip():
        kind = cast(Simple, type_.text.type)
        found[type_.text.name] = _simple(element, text_, kind)
    return found


def _member_of(child: Element, type_: ObjectType) -> Member | None:
    """Return the member of an element by its name alone; a comment is none."""
    tag = child.tag
    if not isinstance(tag, str):
        return None
    return type_.by_element.get(_without_namespace(tag))


def write(document: Document, model: Model) -> bytes:
    """Return the document as XML, UTF-8 with its declaration, in the model's order."""
    namespace = model.namespace
    tag = f"{{{namespace}}}{model.root}" if namespace else model.root
    nsmap = {None: namespace} if namespace else None
    root = etree.Element(tag, nsmap=nsmap)  # type: ignore[arg-type]  # None is default
    _write_members(root, document, model.type, namespace)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _text_of(element: Element) -> str:
    if not len(element):
        return element.text or ""
    if isinstance(element[0].tag, str):
        raise FormXmlRefused(
            reason=f"Line {element.sourceline}: <{_local(element)}> holds elements,"
            " where a plain value is expected."
        )
    return "".join(str(piece) for piece in element.itertext())


def plain(text: str, kind: Simple) -> Value:
    """Read a plain value by its kind; an empty one that is no text is none.

    Raises ValueError.
    """
    if kind is _TEXT:
        return text
    if (
        kind is not _TRUTH
        and text.isdigit()
        and text.isascii()
        and len(text) < _FEW_DIGITS
    ):
        return int(text)  # as most are
    text = text.strip()
    if not text:
        return None
    if kind is _TRUTH and text in _TRUTHS:
        return _TRUTHS[text]
    if kind is Simple.INTEGER and _INTEGER.fullmatch(text):
        number = int(text)
        if abs(number) <= LARGEST_INTEGER:
            return number
    if kind is Simple.NUMBER and _DECIMAL.fullmatch(text):
        return _number(text)
    raise ValueError(text)


def _simple(element: Element, text: str, kind: Simple) -> Value:
    try:
        return plain(text, kind)
    except ValueError:
        wanted = {
            Simple.TRUTH: "true or false",
            Simple.INTEGER: "a whole number",
            Simple.NUMBER: "a number",
        }
        raise FormXmlRefused(
            reason=f"Line {element.sourceline}: <{_local(element)}> is"
            f" {text.strip()!r:.60}, where {wanted[kind]} is expected."
        ) from None


def _number(text: str) -> int | float:
    try:
        exact = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets none through
        raise FormXmlRefused(reason=f"{text!r:.60} is no number.") from None
    if exact == exact.to_integral_value() and abs(exact) < _MOST_PLAIN:
        return int(exact)
    number = float(exact)
    if isinf(number):
        raise ValueError(text)
    return number


def _write_members(
    element: Element, document: Document, type_: ObjectType, namespace: str
) -> None:
    for member in type_.members.values():
        value = document.get(member.name)
        if member.place is Place.ATTRIBUTE:
            written = member.fixed if value is None else _text(value)
            if written is not None:
                element.set(member.xml_name, written)
        elif value is None:
            # What XML demands and may hold nothing says so.
            if member.nillable and (member.required or member.name in document):
                _write_nil(element, member, namespace)
        elif member.place is Place.TEXT:
            element.text = _text(value)
        elif not member.repeated:
            _write_one(element, member, value, namespace)
        elif isinstance(value, list):
            for one in value:
                if one is not None:
                    _write_one(element, member, one, namespace)


def _write_nil(parent: Element, member: Member, namespace: str) -> None:
    if member.place is Place.ELEMENT and not member.repeated:
        qualified = namespace and member.qualified
        tag = f"{{{namespace}}}{member.xml_name}" if qualified else member.xml_name
        etree.SubElement(parent, tag, nsmap=_INSTANCE).set(_NIL, "true")


def _write_one(parent: Element, member: Member, value: Value, namespace: str) -> None:
    qualified = namespace and member.qualified
    tag = f"{{{namespace}}}{member.xml_name}" if qualified else member.xml_name
    element = etree.SubElement(parent, tag)
    if not isinstance(member.type, ObjectType):
        element.text = _text(value)
    elif isinstance(value, dict):
        row_id = value.get(ROW_ID)
        if member.is_rows and isinstance(row_id, str) and row_id != _EMPTY_ID:
            element.set(ROW_ID, row_id)
        _write_members(element, value, member.type, namespace)


def _text(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < _MOST_PLAIN:
            return str(int(value))
        case float():
            return format(Decimal(repr(value)), "f")
        case _:
            return _NOT_XML.sub("\ufffd", str(value))


def _local(element: Element) -> str:
    return _without_namespace(str(element.tag))


def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2]
