"""What was to be reached, and whether it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.contents import MEBIBYTE, Transfer
from bench.lease_queue import Emptied
from bench.rounds import Outcome, Spread, Turn
from bench.timing import Comparison

MOST_MEMORY = 120 * MEBIBYTE
TO_CEILING = {"get": 0.20, "list": 0.60, "create": 0.45, "next": 0.45}
_DEPTH = 1.2


@dataclass(frozen=True, slots=True)
class Target:
    """A number that was to be reached; ``met`` None means that nobody can tell."""

    what: str
    goal: str
    found: str
    met: bool | None


def targets(
    outcomes: Sequence[Outcome],
    compared: Sequence[Comparison],
    transfers: Sequence[Transfer],
    *,
    peak_memory: int,
    database: str,
    leased: Emptied | None = None,
) -> Iterator[Target]:
    """Yield those of which something was measured."""
    by_name = {outcome.scenario.name: outcome for outcome in outcomes}
    for one in compared:
        name = "GET an instance" if one.name == "GET" else one.name
        found = f"{one.ratio:.2f} ({one.slow:,.0f} µs by {one.fast:,.0f} µs)"
        what = f"{name}: Python by that of {one.fast_name}"
        yield Target(what, f"≤ {one.at_most}", found, one.holds)
    yield from _to_ceiling(by_name)
    yield from _depth(by_name)
    for transfer in transfers:
        if transfer.ratio and transfer.at_most:
            yield Target(
                f"{transfer.what}, by cp and hashlib",
                f"≤ {transfer.at_most}",
                transfer.ratio.text(".2f"),
                transfer.ratio.median <= transfer.at_most
                if transfer.is_valid
                else None,
            )
            yield Target(
                "Memory of the worker that took it, at its most",
                f"< {MOST_MEMORY // MEBIBYTE} MiB",
                f"{peak_memory / MEBIBYTE:.0f} MiB",
                peak_memory < MOST_MEMORY,
            )
    if leased:
        what = f"{leased.workers} lease workers, each instance once"
        found = f"{leased.twice} twice, {leased.never} never"
        yield Target(what, "0 twice, 0 never", found, leased.is_exact)
    if database.startswith("SQLite") and "create" in by_name:
        errors = by_name["create"].errors
        yield Target("8 writers on SQLite: errors", "0", f"{errors}", errors == 0)


def _to_ceiling(by_name: Mapping[str, Outcome]) -> Iterator[Target]:
    for name, goal in TO_CEILING.items():
        outcome = by_name.get(name)
        ratio = outcome.to_ceiling() if outcome else None
        if outcome is None or ratio is None:
            continue
        yield Target(
            f"{outcome.scenario.what}: rate by the ceiling's",
            f"≥ {goal}",
            ratio.text(".2f"),
            ratio.median >= goal if outcome.is_valid else None,
        )


def _depth(by_name: Mapping[str, Outcome]) -> Iterator[Target]:
    pages = {
        int(name.partition("-")[2]): outcome
        for name, outcome in by_name.items()
        if name.startswith("page-") and outcome.ours
    }
    if len(pages) < 2 or 1 not in pages:
        return
    first, last = pages[1], pages[max(pages)]
    ratios = [
        _cost(deep) / _cost(shallow)
        for deep, shallow in zip(last.ours, first.ours, strict=True)
    ]
    ratio = Spread.of(ratios)
    yield Target(
        f"Page {max(pages):,} by page 1, processor time",
        f"≤ {_DEPTH}",
        ratio.text(".2f"),
        ratio.median <= _DEPTH,
    )


def _cost(turn: Turn) -> float:
    """The database's time; ours, where that is not told."""
    return turn.database or turn.python
