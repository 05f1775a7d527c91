"""The results as a page, as charts, and as numbers to compare with later."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.charts import Bar, bars
from bench.contents import MEBIBYTE, Drained, Transfer
from bench.lease_queue import Emptied
from bench.machine import Machine
from bench.rounds import STEADY, Outcome
from bench.targets import TO_CEILING, Target, targets
from bench.timing import Comparison

_GIBIBYTE = 2**30
_MET = {True: "met", False: "**missed**", None: "not told: the ceiling swung"}
_HOW = """
Ours, the ceiling and the raw view take turns, round after round; a number is the median
of the rounds, with the least and the most. Trust ratios within this page; absolute
numbers are of this machine at that load. *µs* are microseconds of the processor per
answer, of our workers and of the database's processes. The *ceiling* is pgbench with
the least SQL for the same, prepared, on the same cores. Where its rounds differ by more
than {steady:.0%}, ratios to it are not told. *Buffers* are pages of 8 KiB that the
reading statements of one call touch.
"""


@dataclass(frozen=True)
class Result:
    """All that one run has found."""

    size: str
    instances: int
    machine: Machine
    load_after: float
    outcomes: Sequence[Outcome]
    compared: Sequence[Comparison]
    transfers: Sequence[Transfer]
    drained: Drained | None
    disk: Mapping[str, tuple[int, int]]
    peak_memory: int
    leased: Emptied | None = None
    peak_of_transfers: int = 0

    @property
    def name(self) -> str:
        """What its files are called: the size and the database."""
        return f"{self.size.lower()}-{self.machine.database.partition(' ')[0].lower()}"

    @property
    def targets(self) -> list[Target]:
        """What was to be reached."""
        return list(
            targets(
                self.outcomes,
                self.compared,
                self.transfers,
                peak_memory=self.peak_of_transfers,
                database=self.machine.database,
                leased=self.leased,
            )
        )


def write(result: Result, folder: Path) -> None:
    """Write page, charts and numbers; print the page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, chart in _charts(result):
        (folder / f"{result.name}-{name}.svg").write_text(chart, "utf-8")
    page = "\n".join(_page(result))
    (folder / f"{result.name}.md").write_text(page, "utf-8")
    numbers = json.dumps(_numbers(result), indent=1, default=str)
    (folder / f"{result.name}.json").write_text(numbers + "\n", "utf-8")
    print(page)


def _page(result: Result) -> Iterator[str]:
    machine = result.machine
    yield f"# {result.instances:,} instances on {machine.database}\n"
    versions = ", ".join(f"{name} {one}" for name, one in machine.versions.items())
    yield (
        f"{machine.moment:%Y-%m-%d %H:%M} UTC, commit {machine.commit}."
        f" {machine.cores} cores of {machine.processor},"
        f" {machine.memory / _GIBIBYTE:.0f} GiB; load {machine.load:.1f} before and"
        f" {result.load_after:.1f} after. {versions}. Load by {machine.tool}."
    )
    yield _HOW.format(steady=1 - STEADY)
    if result.targets:
        yield "## Targets\n"
        yield from _table(
            ("Target", "Goal", "Found", ""),
            [(one.what, one.goal, one.found, _MET[one.met]) for one in result.targets],
        )
    if result.outcomes:
        yield "## Calls\n"
        yield f"![Processor time]({result.name}-processor.svg)\n"
        yield from _table(*_calls(result.outcomes))
        yield "## What a call takes\n"
        yield from _table(*_asked(result.outcomes))
    with_ceiling = [one for one in result.outcomes if one.ceilings]
    if with_ceiling:
        yield "## Beside the ceiling\n"
        yield f"![Beside the ceiling]({result.name}-ceiling.svg)\n"
        yield from _table(*_beside(with_ceiling))
    if result.transfers:
        yield "## Contents\n"
        yield from _table(*_transfers(result.transfers))
    yield from _rest(result)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


_Table = tuple[Sequence[str], list[Sequence[str]]]


def _calls(outcomes: Sequence[Outcome]) -> _Table:
    head = (
        *("Call", "a second", "p50 ms", "p95", "p99"),
        *("Python µs", "Database µs", "Errors"),
    )
    rows = [
        (
            f"{one.scenario.what} (`{one.scenario.name}`)",
            one.rate.text(),
            f"{one.spread(lambda turn: turn.load.p50).median:.1f}",
            f"{one.spread(lambda turn: turn.load.p95).median:.1f}",
            f"{one.spread(lambda turn: turn.load.p99).median:.1f}",
            one.spread(lambda turn: turn.python).text(),
            one.spread(lambda turn: turn.database).text(),
            str(one.errors),
        )
        for one in outcomes
    ]
    return head, list(rows)


def _asked(outcomes: Sequence[Outcome]) -> _Table:
    head = ("Call", "Statements", "Buffers", "Sorts", "WAL bytes", "Indexes")
    rows: list[Sequence[str]] = []
    for one in outcomes:
        asked = one.asked
        if asked is None:
            continue
        wal = one.spread(lambda turn: turn.wal).median
        rows.append(
            (
                f"`{one.scenario.name}`",
                str(asked.statements),
                "" if asked.buffers is None else f"{asked.buffers:,}",
                "yes" if asked.sorts else "no",
                f"{wal:,.0f}" if one.scenario.writes and wal else "",
                ", ".join(f"`{name}`" for name in asked.indexes),
            )
        )
    return head, rows


def _beside(outcomes: Sequence[Outcome]) -> _Table:
    head = ("Call", "Ours a second", "Ceiling", "Ratio", "Raw view a second", "Python")
    rows: list[Sequence[str]] = []
    for one in outcomes:
        ratio, raw = one.to_ceiling(), one.to_raw()
        rates = [turn.load.rate for turn in one.raw]
        rows.append(
            (
                f"`{one.scenario.name}`",
                one.rate.text(),
                " / ".join(f"{tps:,.0f}" for tps in one.ceilings),
                _swung(ratio.text(".2f"), one.is_valid) if ratio else "",
                " / ".join(f"{rate:,.0f}" for rate in rates),
                f"{raw.text('.2f')} of the raw view's" if raw else "",
            )
        )
    return head, rows


def _swung(ratio: str, is_valid: bool) -> str:
    return ratio if is_valid else f"{ratio} (swung)"


def _transfers(transfers: Sequence[Transfer]) -> _Table:
    head = ("Transfer", "Seconds", "MiB a second", "cp and hashlib", "Ratio", "Growth")
    rows = [
        (
            one.what,
            one.ours.text(".2f"),
            f"{one.rate:,.0f}",
            one.floor.text(".2f") if one.floor else "",
            _swung(one.ratio.text(".2f"), one.is_valid) if one.ratio else "",
            f"{one.growth / MEBIBYTE:.1f} MiB" if one.floor else "",
        )
        for one in transfers
    ]
    return head, list(rows)


def _rest(result: Result) -> Iterator[str]:
    drained = result.drained
    if drained:
        yield (
            f"A worklist of {drained.instances:,} instances was read through its"
            f" continuation tokens in {drained.seconds:.1f} s"
            f" ({drained.rate:,.0f} instances a second, {drained.pages} pages);"
            f" {drained.twice} came twice.\n"
        )
    if result.leased:
        yield f"The lease queue: {result.leased}\n"
    yield "## On the disk\n"
    yield from _table(
        ("Table", "Rows, MiB", "Indexes, MiB"),
        [
            (name, f"{heap / MEBIBYTE:,.1f}", f"{indexes / MEBIBYTE:,.1f}")
            for name, (heap, indexes) in result.disk.items()
        ],
    )
    yield (
        f"A worker held {result.peak_memory / MEBIBYTE:.0f} MiB at most, the policies"
        " and definitions of every application among them.\n"
    )


def _charts(result: Result) -> Iterator[tuple[str, str]]:
    title = f"{result.instances:,} instances, {result.machine.database}"
    costs = [
        Bar(
            one.scenario.what,
            (
                one.spread(lambda turn: turn.python).median / 1e3,
                one.spread(lambda turn: turn.database).median / 1e3,
            ),
            f"{one.rate.median:,.0f} a second",
        )
        for one in result.outcomes
    ]
    if costs:
        note = "Milliseconds of the processor per answer: Python, then the database."
        yield "processor", bars(costs, title=title, note=note)
    beside = []
    for one in result.outcomes:
        if ratio := one.to_ceiling():
            beside.append(
                Bar(
                    one.scenario.what,
                    (ratio.median,),
                    f"{ratio.median:.2f}{'' if one.is_valid else ' (ceiling swung)'}",
                    TO_CEILING.get(one.scenario.name),
                )
            )
    if beside:
        note = "Our answers a second by pgbench's transactions; the line is the goal."
        yield "ceiling", bars(beside, title=title, note=note)


def _numbers(result: Result) -> dict[str, object]:
    return {
        "size": result.size,
        "instances": result.instances,
        "machine": asdict(result.machine),
        "load_after": result.load_after,
        "targets": [asdict(one) for one in result.targets],
        "outcomes": [
            {
                "scenario": one.scenario.name,
                "asked": asdict(one.asked) if one.asked else None,
                "ours": [asdict(turn) for turn in one.ours],
                "raw": [asdict(turn) for turn in one.raw],
                "ceilings": one.ceilings,
            }
            for one in result.outcomes
        ],
        "compared": [asdict(one) for one in result.compared],
        "transfers": [asdict(one) for one in result.transfers],
        "drained": asdict(result.drained) if result.drained else None,
        "leased": asdict(result.leased) if result.leased else None,
        "disk": result.disk,
        "peak_memory": result.peak_memory,
        "peak_of_transfers": result.peak_of_transfers,
    }
