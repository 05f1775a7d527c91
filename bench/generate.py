"""Made-up instances with the skew of a real year: the same for the same seed.

A row is a template, which the server itself has written, with some columns replaced; so
whatever columns the tables have, their values are ones that the server writes.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

SIZES: Mapping[str, int] = {"S": 20_000, "M": 2_000_000, "L": 20_000_000}
_HANDFUL = 5_000
_FEW = 200_000  # instances, for which fewer applications do
FIRST_PARTY = 1_000_000
DAYS = 730  # over which instances were created
COMPLETED, CONFIRMED, FILLED = 0.85, 0.95, 0.65  # the last two of those before
CHUNK = 10_000

INSTANCE, ELEMENT, EVENT = (
    "instances_instance",
    "data_elements_dataelement",
    "instances_instanceevent",
)
# The columns that are replaced, in the order of the rows that are yielded.
REPLACED: Mapping[str, tuple[str, ...]] = {
    INSTANCE: (
        *("id", "org", "app_id", "owner_party_id", "created", "last_changed"),
        *("process_ended", "archived_at", "confirmed_by", "confirmations"),
    ),
    ELEMENT: ("id", "instance_id", "created", "last_changed", "blob_key"),
    EVENT: ("id", "instance_id", "owner_party_id", "created"),
}
STAGES: Final = ("filled", "confirm", "ended", "confirmed")

Row = tuple[str | None, ...]
# Of each table, the rows and which template each is made from.
Rows = list[tuple[str, Row]]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the server notes that an org has confirmed, with the org to be replaced."""

    org: str
    confirmed_by: str
    confirmations: str

    def of(self, org: str) -> tuple[str, str]:
        """Return both columns for an org."""
        named = (self.confirmed_by, self.confirmations)
        by, confirmations = (text.replace(self.org, org) for text in named)
        return by, confirmations


@dataclass(frozen=True, slots=True)
class Skew:
    """How instances are spread over applications and parties.

    The largest org has 29 % of them, and the largest party about 11,000 of two million.
    """

    instances: int
    orgs: Sequence[str] = tuple(f"bench{number:02}" for number in range(40))

    @classmethod
    def of(cls, instances: int) -> "Skew":
        """Return the skew of so many; a handful needs no forty orgs."""
        skew = cls(instances)
        return skew if instances >= _HANDFUL else cls(instances, skew.orgs[:4])

    @property
    def apps_of_each(self) -> int:
        """How many applications an org has."""
        return 12 if self.instances >= _FEW else 3

    @property
    def apps(self) -> list[str]:
        """Every application as ``org/app``, the largest first in its org."""
        numbers = range(self.apps_of_each)
        return [f"{org}/skjema{n:02}" for org in self.orgs for n in numbers]

    @property
    def app_weights(self) -> list[float]:
        """The applications' weights, summed up."""
        return list(
            accumulate(
                org**-1.15 * app**-1.0
                for org in range(1, len(self.orgs) + 1)
                for app in range(1, self.apps_of_each + 1)
            )
        )

    @property
    def parties(self) -> int:
        """How many parties own instances."""
        return max(20, self.instances // 5)

    @property
    def party_weights(self) -> list[float]:
        """The parties' weights, summed up; the first is the largest."""
        return list(accumulate(number**-0.7 for number in range(1, self.parties + 1)))


@dataclass
class Generator:
    """Yields the rows, in the order in which they were created."""

    skew: Skew
    now: datetime
    confirmation: Confirmation
    elements: Sequence[str] = ("form", "attachment")
    null: str | None = None
    seed: int = 2018

    def chunks(self) -> Iterator[dict[str, Rows]]:
        """Yield the rows of each table, for some thousands of instances at a time."""
        draw = random.Random(self.seed)  # noqa: S311  made-up data
        apps, app_weights = self.skew.apps, self.skew.app_weights
        parties = range(FIRST_PARTY, FIRST_PARTY + self.skew.parties)
        party_weights = self.skew.party_weights
        confirmed = {org: self.confirmation.of(org) for org in self.skew.orgs}
        step = timedelta(days=DAYS) / self.skew.instances
        begun = self.now - timedelta(days=DAYS)
        for first in range(0, self.skew.instances, CHUNK):
            count = min(CHUNK, self.skew.instances - first)
            some = zip(
                draw.choices(apps, cum_weights=app_weights, k=count),
                draw.choices(parties, cum_weights=party_weights, k=count),
                range(first, first + count),
                strict=True,
            )
            rows: dict[str, Rows] = {INSTANCE: [], ELEMENT: [], EVENT: []}
            for app, party, number in some:
                self._add(rows, draw, app, party, begun + step * number, confirmed)
            yield rows

    def _add(
        self,
        rows: dict[str, Rows],
        draw: random.Random,
        app: str,
        party: int,
        created: datetime,
        confirmed: Mapping[str, tuple[str, str]],
    ) -> None:
        """Add an instance with its elements and a line of history."""
        org = app.partition("/")[0]
        stage = _stage(draw)
        until = self.now - created
        changed = created + min(until, timedelta(days=draw.expovariate(0.1)))
        made, last = created.isoformat(" "), changed.isoformat(" ")
        owner, guid = str(party), guid7(created, draw)
        null = self.null
        ended = last if stage in ("ended", "confirmed") else null
        by, confirmations = confirmed[org] if stage == "confirmed" else ("", null)
        rows[INSTANCE].append(
            (
                stage,
                (guid, org, app, owner, made, last, ended, ended, by, confirmations),
            )
        )
        for kind in self.elements:
            key = f"{draw.getrandbits(128):032x}"
            blob = f"{key[:2]}/{key[2:4]}/{key}"
            row = (guid7(created, draw), guid, made, last, blob)
            rows[ELEMENT].append((f"{kind} {stage}", row))
        rows[EVENT].append(("created", (guid7(created, draw), guid, owner, made)))


def guid7(moment: datetime, draw: random.Random) -> str:
    """Return a UUIDv7 of a moment, in hexadecimal digits."""
    milliseconds = int((moment - _EPOCH) / _MILLISECOND)
    drawn = draw.getrandbits(74)
    low = 0x8000000000000000 | drawn & 0x3FFFFFFFFFFFFFFF
    return f"{milliseconds:012x}7{drawn >> 62:03x}{low:016x}"


_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  without a zone, as it is written
_MILLISECOND = timedelta(milliseconds=1)


def _stage(draw: random.Random) -> str:
    if draw.random() < COMPLETED:
        return "confirmed" if draw.random() < CONFIRMED else "ended"
    return "filled" if draw.random() < FILLED else "confirm"
