"""Dates and times, as the expression language reads and writes them."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from forms.errors import ExpressionFailed
from forms.functions.arguments import Arguments, Function
from forms.values import Value, text_of

_FORMAT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?"
)
_NORWEGIAN = frozenset({"nb", "nn", "no"})
_LONGEST_FORMAT = 200
# What a format asks for; every other character stands for itself, quotes too.
_TOKENS = re.compile(r"G+|y+|u+|M+|d+|E+|a+|h+|H+|m+|s+|S+")


def parse(text: str) -> datetime:
    """Read a date or time, naive where no zone stands; raises ExpressionFailed."""
    found = _FORMAT.fullmatch(text)
    if found is None:
        raise ExpressionFailed(f'Unable to parse date "{text:.60}": Unknown format')
    *numbers, fraction, zone = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        return datetime(
            year, month, day, hour, minute, second, micros, tzinfo=_zone(zone)
        )
    except ValueError:
        raise ExpressionFailed(
            f'Unable to parse date "{text:.60}": Format was recognized, but the'
            " date/time is invalid"
        ) from None


def compared_dates(name: str, one: Value, other: Value) -> bool:
    """Compare two dates as an operator says; raises ExpressionFailed."""
    if name not in _COMPARISONS:
        raise ExpressionFailed(f'Invalid operator "{name:.60}"')
    first, second = _read(one), _read(other)
    if first is None or second is None:
        return False
    if (first.tzinfo is None) is not (second.tzinfo is None):
        raise ExpressionFailed(
            "Can not compare timestamps where only one of them has a time zone"
        )
    return _COMPARISONS[name](first, second)


def _same_day(one: datetime, other: datetime) -> bool:
    if one.utcoffset() != other.utcoffset():
        raise ExpressionFailed("Can not compare days in different time zones")
    return one.date() == other.date()


_COMPARISONS: Final[Mapping[str, Callable[[datetime, datetime], bool]]] = {
    "isBefore": operator.lt,
    "isAfter": operator.gt,
    "isBeforeEq": operator.le,
    "isAfterEq": operator.ge,
    "isSameDay": _same_day,
}


def _format_date(arguments: Arguments, language: str) -> Value:
    if not 1 <= len(arguments) <= 2:
        raise ExpressionFailed(f"Expected 1 to 2 argument(s), got {len(arguments)}")
    moment = _read(arguments[0])
    if moment is None:
        return None
    pattern = text_of(arguments[1]) if len(arguments) == 2 else None
    if pattern is None:
        pattern = "dd.MM.yyyy" if language in _NORWEGIAN else "M/d/yy"
    if len(pattern) > _LONGEST_FORMAT:
        raise ExpressionFailed(f"The format has more than {_LONGEST_FORMAT} letters")
    return _TOKENS.sub(lambda found: _written(moment, found[0], language), pattern)


def _written(moment: datetime, pattern: str, language: str) -> str:
    # Here, so that only those pay for the memory whose forms write dates.
    from babel.dates import format_datetime

    # Without a zone babel takes the time for UTC, which changes nothing here.
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return format_datetime(
            zoned, pattern, tzinfo=zoned.tzinfo, locale=_locale(language)
        )
    except (ValueError, KeyError, AttributeError, TypeError):
        raise ExpressionFailed(f"The format {pattern!r} is not known") from None


def _locale(language: str) -> str:
    """Return the language, Bokmål for one that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(language))
    except (ValueError, UnknownLocaleError):
        return "nb"


def _read(value: Value) -> datetime | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if not isinstance(value, str):
        raise ExpressionFailed(f"Expected a date, got {text_of(value)!s:.60}")
    return parse(value)


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


FUNCTIONS: Final[Mapping[str, Function]] = {"formatDate": _format_date}
