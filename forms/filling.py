"""Setting and clearing fields of a form by their paths (app-api.md §4.5, §18.1).

Names in a path are compared without regard to case and dashes, and no row is named: a
path stands for the field in every row when it is cleared, and for none when it is set.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from common.errors import Invalid, Issue, Phrase
from forms.model import Member, Model, ObjectType, Simple
from forms.values import Value

Document = dict[str, Value]

_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,18})?")
_TRUTHS: Final = {"true": True, "false": False}
_WANTED: Final = {
    Simple.TRUTH: Phrase("true or false"),
    Simple.INTEGER: Phrase("a whole number"),
    Simple.NUMBER: Phrase("a number"),
}


class PrefillRefused(Invalid):
    """A text of ``prefill`` is not of the kind that its field takes."""

    code = "prefill-refused"
    detail = "The prefill of {path!r} is {text!r:.100}, where {wanted} is expected."

    def __init__(self, *, path: str, text: str, wanted: Phrase) -> None:
        """Point at the member."""
        detail = f"{text!r:.100} is not {wanted}."
        issue = Issue(f"/prefill/{path}", self.code, detail)
        super().__init__(issues=[issue], path=path, text=text, wanted=wanted)


def filled(prefill: Mapping[str, str], model: Model) -> Document:
    """Return a new form with the texts at their paths, as the kinds of its fields.

    What the form does not have is left out. Raises PrefillRefused.
    """
    document: Document = {}
    fill(document, prefill, model)
    return document


def fill(document: Document, prefill: Mapping[str, str], model: Model) -> bool:
    """Put the texts where the form holds nothing yet; return whether that changed it.

    What the form does not have is left out. Raises PrefillRefused.
    """
    changed = False
    for path, text in prefill.items():
        target = target_at(path, model)
        if target is None:
            continue
        try:
            changed = put(document, target, text, overwrite=False) or changed
        except ValueError:
            kind = target[-1].type
            wanted = _WANTED[kind] if isinstance(kind, Simple) else Phrase("a value")
            raise PrefillRefused(path=path, text=text, wanted=wanted) from None
    return changed


def target_at(path: str, model: Model) -> tuple[Member, ...] | None:
    """Return the members that lead to a field that can be set, None for no such one.

    A row cannot be named, so nothing inside of one can.
    """
    members = members_at(path, model.type)
    if not members or any(member.repeated for member in members):
        return None
    return None if isinstance(members[-1].type, ObjectType) else members


def put(
    document: Document, target: Sequence[Member], value: Value, *, overwrite: bool
) -> bool:
    """Set the field to a simple value, as its kind; return whether that changed it.

    A field that holds something is left alone unless ``overwrite``. Raises ValueError
    for a value of another kind.
    """
    *outer, last = target
    kind = last.type
    if isinstance(kind, ObjectType):
        raise TypeError(f"{last.name} is no field")
    found = _converted(_plain_text(value), kind)
    inside = document
    for member in outer:
        below = inside.get(member.name)
        if below is None:
            below = inside[member.name] = {}
        if not isinstance(below, dict):
            raise TypeError(f"{member.name} is no object, where the model has one")
        inside = below
    if inside.get(last.name) is not None and not overwrite:
        return False
    changed = inside.get(last.name) != found
    inside[last.name] = found
    return changed


def clear(document: Document, paths: Iterable[str], model: Model) -> None:
    """Take the fields out of a form, in every row."""
    for path in paths:
        if members := members_at(path, model.type):
            _clear(document, members)


def _clear(value: Value, members: Sequence[Member]) -> None:
    if isinstance(value, list):
        for row in value:
            _clear(row, members)
    elif isinstance(value, dict):
        member, *inner = members
        if inner:
            _clear(value.get(member.name), inner)
        else:
            value.pop(member.name, None)


def members_at(path: str, type_: ObjectType) -> tuple[Member, ...]:
    """Return the members that a path leads through, none when it leads nowhere."""
    found: list[Member] = []
    inside: ObjectType | Simple = type_
    for name in path.split("."):
        if not isinstance(inside, ObjectType):
            return ()
        wanted = _folded(name)
        members = inside.members.values()
        member = next((one for one in members if _folded(one.name) == wanted), None)
        if member is None:
            return ()
        found.append(member)
        inside = member.type
    return tuple(found)


def _folded(name: str) -> str:
    return name.replace("-", "").casefold()


def _plain_text(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
    raise ValueError(value)


def _converted(text: str, kind: Simple) -> Value:
    """Read a text as its kind; raises ValueError."""
    plain = text.strip()
    if kind is Simple.TEXT:
        return text
    if kind is Simple.TRUTH and plain.lower() in _TRUTHS:
        return _TRUTHS[plain.lower()]
    if kind is Simple.INTEGER and _INTEGER.fullmatch(plain):
        return int(plain)
    if kind is Simple.NUMBER and _NUMBER.fullmatch(plain):
        return float(plain) if "." in plain else int(plain)
    raise ValueError(text)
