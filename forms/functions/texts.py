"""Texts. Lengths and places count UTF-16 units, as browsers do."""

from collections.abc import Callable, Mapping
from typing import Final

from forms.errors import ExpressionFailed
from forms.functions.arguments import Function, between, exactly
from forms.values import Value, number_of, text_of


def _concat(*arguments: Value) -> Value:
    return "".join(text_of(one) or "" for one in arguments)


def _cased(change: Callable[[str], str]) -> Callable[[Value], Value]:
    def changed(value: Value) -> Value:
        text = text_of(value)
        return None if text is None else change(text)

    return changed


def _found(search: Callable[[str, str], bool]) -> Callable[[Value, Value], bool]:
    def found(one: Value, other: Value) -> bool:
        text, wanted = text_of(one), text_of(other)
        return text is not None and wanted is not None and search(text, wanted)

    return found


_contains = _found(lambda text, wanted: wanted in text)


def _comma_contains(listed: Value, item: Value) -> bool:
    text, wanted = text_of(listed), text_of(item)
    if text is None or wanted is None:
        return False
    return wanted in (one.strip() for one in text.split(","))


def _length(value: Value) -> Value:
    return len(_units(text_of(value) or "")) // 2


def _index_of(subject: Value, search: Value) -> Value:
    text, wanted = text_of(subject), text_of(search)
    if text is None or wanted is None or (at := text.find(wanted)) < 0:
        return None
    return len(_units(text[:at])) // 2


def _replace(subject: Value, search: Value, replacement: Value) -> Value:
    text, wanted = text_of(subject), text_of(search)
    if not text or not wanted:
        return None
    return text.replace(wanted, text_of(replacement) or "")


def _slice(subject: Value, start: Value, *end: Value) -> Value:
    bounds = [_index(one) for one in (start, *end)]
    text = text_of(subject)
    if text is None:
        return None
    units = _units(text)
    count = len(units) // 2
    first, last = (_clamped(one, count) for one in (*bounds, count)[:2])
    if end and last < first:
        raise ExpressionFailed("The slice ends before it starts")
    return units[first * 2 : last * 2].decode("utf-16-le", "replace")


def _index(value: Value) -> int:
    number = number_of(value)
    if number is None or not number.is_integer():
        raise ExpressionFailed("Expected a whole number as index")
    return int(number)


def _clamped(index: int, count: int) -> int:
    return min(max(index + count if index < 0 else index, 0), count)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


FUNCTIONS: Final[Mapping[str, Function]] = {
    "concat": between(0, None, _concat),
    "upperCase": exactly(1, _cased(str.upper)),
    "lowerCase": exactly(1, _cased(str.lower)),
    "upperCaseFirst": exactly(1, _cased(lambda text: text[:1].upper() + text[1:])),
    "lowerCaseFirst": exactly(1, _cased(lambda text: text[:1].lower() + text[1:])),
    "contains": exactly(2, _contains),
    "notContains": exactly(2, lambda one, other: not _contains(one, other)),
    "startsWith": exactly(2, _found(str.startswith)),
    "endsWith": exactly(2, _found(str.endswith)),
    "commaContains": exactly(2, _comma_contains),
    "stringLength": exactly(1, _length),
    "stringIndexOf": exactly(2, _index_of),
    "stringReplace": exactly(3, _replace),
    "stringSlice": between(2, 3, _slice),
}
