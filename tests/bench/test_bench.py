"""The bench runs, explains itself, and tells when a ratio is not as it must be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.timing import Comparison, alternate

ROOT = Path(__file__).resolve().parent.parent.parent


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it as ``make bench`` does."""
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.slow
def test_a_quick_run_prints_every_comparison() -> None:
    """Z-077: what is measured; how fast it is, a loaded machine cannot tell"""
    ran = bench("quick")
    assert ran.returncode == 0, ran.stderr
    named = [line.split("  ")[0] for line in ran.stdout.splitlines()]
    assert any(name.startswith("decision: a user by role") for name in named)
    assert any(name.startswith("decision: ") and "owner" in name for name in named)
    assert {"token", "policy"} <= set(named)
    assert any(name.startswith("validate a form") for name in named)
    assert any(name.startswith("patch one field") for name in named)


def test_the_help_tells_how_to_use_it() -> None:
    """A newcomer's first look"""
    ran = bench("--help")
    assert ran.returncode == 0
    assert "make bench ARGS=quick" in ran.stdout
    assert "--apps" in ran.stdout


def test_a_folder_without_applications_is_named(tmp_path: Path) -> None:
    """And what to do"""
    ran = bench("quick", "--apps", str(tmp_path))
    assert ran.returncode == 2
    assert str(tmp_path) in ran.stderr
    assert "--apps" in ran.stderr


def test_a_ratio_is_held_to_its_goal() -> None:
    """At least, at most, or no goal at all"""
    assert Comparison("", "", 1, "", 20, at_least=20).holds
    assert not Comparison("", "", 1, "", 19, at_least=20).holds
    assert Comparison("", "", 1, "", 3, at_most=3).holds
    assert not Comparison("", "", 1, "", 3.1, at_most=3).holds
    assert Comparison("", "", 1, "", 99).holds


def test_the_slower_way_is_seen_to_be_slower() -> None:
    """Times are of one call, in microseconds"""
    fast, slow = alternate(
        lambda: sum(range(10)), lambda: sum(range(10_000)), rounds=3, seconds=0.002
    )
    assert 0 < fast < slow
