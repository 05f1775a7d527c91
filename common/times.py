"""Times as the wire has them."""

import re
from datetime import UTC, datetime

from django.utils.dateparse import parse_date, parse_datetime

_FRACTION = re.compile(r"(\.\d{6})\d+")


def wire_time(moment: datetime) -> str:
    """Write a time in UTC with Z, trailing zeros of the fraction trimmed."""
    # strftime would write years before 1000 with fewer than four digits.
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="microseconds").rstrip("0").rstrip(".") + "Z"


def optional_wire_time(moment: datetime | None) -> str | None:
    """Write a time as ``wire_time`` does; None for none."""
    return None if moment is None else wire_time(moment)


def parse_time(text: str) -> datetime:
    """Read an ISO time with up to seven digits of fraction, or a date.

    Zone-less is UTC. Raises ValueError.
    """
    cut = _FRACTION.sub(
        r"\1", text.strip()
    )  # .NET writes one digit more than Python reads
    moment = parse_datetime(cut)
    if moment is None:
        day = parse_date(cut)
        if day is None:
            raise ValueError(f"{text!r} is no ISO 8601 time")
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999") from None
