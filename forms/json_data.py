"""Form data as JSON: read into plain values by the model, and written without nulls."""

import re
from collections.abc import Mapping
from math import isinf
from typing import Final, TypeGuard

import orjson

from forms.errors import FormJsonRefused
from forms.model import ROW_ID, Member, Model, ObjectType, Simple
from forms.values import LARGEST_INTEGER, Value

Document = dict[str, Value]

MAX_DEPTH: Final = 64  # as deep as XML may be
_BOM: Final = b"\xef\xbb\xbf"
_MOST_DIGITS: Final = 400
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_EXACT: Final = {Simple.TEXT: str, Simple.TRUTH: bool, Simple.NUMBER: float}
_WANTED: Final = {
    Simple.TEXT: "a text",
    Simple.NUMBER: "a number",
    Simple.INTEGER: "a whole number",
    Simple.TRUTH: "true or false",
}


def read(content: bytes, model: Model) -> Document:
    """Return the data of a JSON document, members that the model lacks left out.

    Raises FormJsonRefused, with a JSON pointer.
    """
    try:
        parsed = orjson.loads(content.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise FormJsonRefused(
            reason=f"Line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    return read_object(parsed, model.type, pointer="", strict=False)


def read_object(
    given: object, type_: ObjectType, *, pointer: str, strict: bool
) -> Document:
    """Hold an object to its type and return it, in the model's order.

    ``strict`` refuses members that the type lacks. Raises FormJsonRefused.
    """
    if not isinstance(given, Mapping):
        raise _refused(pointer, given, "an object")
    if pointer.count("/") > MAX_DEPTH:
        raise FormJsonRefused(reason=f"The form is nested deeper than {MAX_DEPTH}.")
    found: Document = {}
    for name, value in given.items():
        member = type_.members.get(name) or type_.by_lower_case.get(name.lower())
        if member is not None:
            found[member.name] = (
                value
                if _is_plainly_right(value, member)
                else _member(value, member, f"{pointer}/{name}", strict)
            )
        elif name == ROW_ID and isinstance(value, str):
            found[ROW_ID] = value
        elif strict and not type_.any:
            known = ", ".join(list(type_.members)[:20])
            raise FormJsonRefused(
                reason=f"{pointer}/{name:.60}: the form has no such member; here it has"
                f" {known}."
            )
    return found


def by_hook(answer: object, type_: ObjectType) -> Document | None:
    """Hold what an application's code makes of a form to its model; None is none.

    Raises ValueError.
    """
    if answer is None:
        return None
    try:
        return without_nulls(read_object(answer, type_, pointer="", strict=True))
    except FormJsonRefused as error:
        raise ValueError(error.detail) from None


def write(document: Mapping[str, Value]) -> bytes:
    """Return the document as compact JSON."""
    return orjson.dumps(document)


def without_nulls(document: Mapping[str, Value]) -> Document:
    """Leave out what holds nothing: in a stored form it is not there."""
    found: Document = {}
    for name, value in document.items():
        match value:
            case None:
                continue
            case dict():
                found[name] = without_nulls(value)
            case list():
                found[name] = [
                    without_nulls(one) if isinstance(one, dict) else one
                    for one in value
                ]
            case _:
                found[name] = value
    return found


def _is_plainly_right(value: object, member: Member) -> TypeGuard[str | bool | float]:
    """Whether it is, as most values are, which need no name for where they stand."""
    kind = member.type
    return (
        isinstance(kind, Simple)
        and type(value) is _EXACT.get(kind)
        and not member.repeated
    )


def _member(value: object, member: Member, pointer: str, strict: bool) -> Value:
    if value is None:
        return None
    if not member.repeated:
        return _one(value, member, pointer, strict)
    if not isinstance(value, list):
        raise _refused(pointer, value, "a list")
    return [
        None if one is None else _one(one, member, f"{pointer}/{place}", strict)
        for place, one in enumerate(value)
    ]


def _one(value: object, member: Member, pointer: str, strict: bool) -> Value:
    kind = member.type
    if isinstance(kind, ObjectType):
        return read_object(value, kind, pointer=pointer, strict=strict)
    match kind:
        case Simple.TRUTH if isinstance(value, bool):
            return value
        case _ if isinstance(value, bool):
            raise _refused(pointer, value, _WANTED[kind])
        case Simple.TEXT if isinstance(value, str):
            return value
        case Simple.INTEGER if isinstance(value, int | float) and value == int(value):
            if abs(value) > LARGEST_INTEGER:
                raise _refused(pointer, value, f"at most {LARGEST_INTEGER}")
            return int(value)
        case Simple.NUMBER if isinstance(value, int | float):
            return value
        case Simple.INTEGER | Simple.NUMBER if isinstance(value, str):
            return _number(value, kind, pointer)
    raise _refused(pointer, value, _WANTED[kind])


def _number(text: str, kind: Simple, pointer: str) -> int | float:
    """Read a number that a client sent as a text."""
    found = _NUMBER.fullmatch(text) if len(text) <= _MOST_DIGITS else None
    if found is None or (kind is Simple.INTEGER and found.group(1)):
        raise _refused(pointer, text, _WANTED[kind])
    number = float(text) if found.group(1) else int(text)
    if abs(number) <= LARGEST_INTEGER:
        return number
    if kind is Simple.INTEGER or isinf(float(text)):
        raise _refused(pointer, text, f"at most {LARGEST_INTEGER}")
    return float(text)


def _refused(pointer: str, value: object, wanted: str) -> FormJsonRefused:
    try:
        shown = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # an integer beyond 64 bits, or nested too deep
        shown = repr(value) if isinstance(value, int) else "deeply nested"
    return FormJsonRefused(
        reason=f"{pointer or '/'} is {shown:.60}, where {wanted} is expected."
    )


def members(content: bytes) -> object:
    """Return what the bytes hold, whatever the order and the spaces."""
    return orjson.loads(content.removeprefix(_BOM))
