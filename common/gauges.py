"""Figures for whoever operates the server: rooms tell theirs, the faces write them.

Each is read from the database when somebody asks, so any process of the installation
gives the same answer, and none costs more because a table has grown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# Rows that are looked at for one figure: nobody acts otherwise on the next one.
MOST: Final = 10_000
AT_MOST: Final = f"counted up to {MOST}"


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure by the values of its labels; one without labels has the key ``()``.

    The name is as Prometheus wants it: ``altinn_``, what it is, and its unit at last.
    Nothing that tells of a person or a party is a label.
    """

    name: str
    text: str
    samples: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, text: str, value: float) -> "Gauge":
        """Return a figure without labels."""
        return cls(name, text, {(): value})


def by_state(name: str, text: str, counts: Mapping[str, float]) -> Gauge:
    """Return how many there are in each state."""
    samples: dict[tuple[str, ...], float] = {
        (state,): count for state, count in counts.items()
    }
    return Gauge(name, text, samples, ("state",))


def seconds_since(moment: datetime | None, now: datetime) -> float:
    """Return the age of what there is, 0 where there is nothing."""
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def timestamp(moment: datetime | None) -> float:
    """Return the moment as Prometheus counts time, 0 for never."""
    return moment.timestamp() if moment else 0.0
