"""The bench of the storage API runs to its end, and tells what it found."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.charts import Bar, bars
from bench.lease_queue import Emptied
from bench.load import Load
from bench.rounds import Outcome, Spread, Turn
from bench.scenarios import Scenario
from bench.targets import targets

ROOT = Path(__file__).resolve().parent.parent.parent
_SCENARIOS = "get,list,worklist,create,next,confirm,blob,drain,reads"


@pytest.mark.slow
def test_a_small_run_measures_without_an_error_and_writes_its_results(
    tmp_path: Path,
) -> None:
    """Z-077: on the database that the suite runs on, in one of its own"""
    options = f"--size 1000 --rounds 1 --seconds 1 --scenarios {_SCENARIOS}".split()
    ran = subprocess.run(
        [sys.executable, "-m", "bench.storage", *options, "--results", str(tmp_path)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("ALTINN_")},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    (numbers,) = tmp_path.glob("1000-*.json")
    found = json.loads(numbers.read_text())
    measured = {one["scenario"]: one for one in found["outcomes"]}
    assert set(measured) == set(_SCENARIOS.split(",")) - {"drain", "reads"}
    for one in measured.values():
        assert one["ours"][0]["load"]["errors"] == 0, one
    assert found["drained"]["twice"] == 0
    page = numbers.with_suffix(".md").read_text()
    for chart in tmp_path.glob("*.svg"):
        assert f"({chart.name})" in page


def test_a_ceiling_that_swings_decides_nothing() -> None:
    """Performance.md §6: a round is invalid when its least is below 0.7 of its most"""
    steady, swung = _outcome([1000, 900]), _outcome([1000, 600])
    assert steady.is_valid
    assert not swung.is_valid
    found = [
        next(iter(targets([one], [], [], peak_memory=0, database="PostgreSQL"))).met
        for one in (steady, swung)
    ]
    assert found == [True, None]


@pytest.mark.parametrize(
    ("got", "twice", "met"), [(10, 0, True), (10, 1, False), (9, 0, False)]
)
def test_a_queue_is_to_hand_out_each_instance_once(
    got: int, twice: int, met: bool
) -> None:
    emptied = Emptied(
        instances=10, filled=1, workers=50, size=1, got=got, twice=twice, seconds=1,
        cpu=1, leases=10, refused=0,
    )  # fmt: skip
    (target,) = targets(
        [], [], [], peak_memory=0, database="PostgreSQL", leased=emptied
    )
    assert target.met is met
    assert target.found == f"{twice} twice, {10 - got} never"


def test_ratios_are_of_one_round_each() -> None:
    """Ours and the ceiling's, measured one after the other"""
    assert _outcome([1000, 500]).to_ceiling() == Spread(0.75, 0.5, 1.0)


def test_a_chart_is_readable_as_text() -> None:
    """And well formed whatever its labels say"""
    chart = bars([Bar("<a> & b", (1, 2), "3", goal=2)], title="x < y", note="&")
    root = ElementTree.fromstring(chart)  # noqa: S314  our own
    assert root.get("aria-label") == "x < y"
    assert "<a> & b" in [text.text for text in root.iter() if text.text]


def _outcome(ceilings: list[float]) -> Outcome:
    turn = Turn(Load(500, 1.0, 0, 1, 1, 1), python=1, database=1, wal=0)
    scenario = Scenario("get", "GET", lambda _: [], ceiling="get")
    return Outcome(scenario, ours=[turn] * len(ceilings), ceilings=ceilings)
