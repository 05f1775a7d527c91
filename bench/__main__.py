"""``python -m bench``: measure, and print a table.

Without a database and without a server: what is measured here is pure computation.
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "altinn.settings")

import django

django.setup()

from bench.authorization import Effort, compare, policies
from bench.forms import compare_forms
from bench.timing import Comparison

HERE = Path(__file__).resolve().parent.parent
SAMPLES = HERE / "samples"
_EFFORTS = {"quick": Effort(5, 0.02), "full": Effort(25, 0.1)}
_COLUMNS = "{:<42} {:>17} {:>17} {:>8} {:>8}  {}"


def main(arguments: list[str]) -> int:
    """Measure and print; return 1 with ``--strict`` where a ratio is not as it must."""
    options = _parser().parse_args(arguments)
    files = policies(options.apps)
    if not files:
        print(
            f"bench: no policy below {options.apps}; give a folder of applications"
            " with --apps.",
            file=sys.stderr,
        )
        return 2
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python"
        f" {platform.python_version()}; load {os.getloadavg()[0]:.1f}."
        " Times are of one call, the fastest of all rounds."
    )
    effort = _EFFORTS[options.effort]
    done = _print(chain(compare(files, effort), compare_forms(effort)))
    missed = [comparison.name for comparison in done if not comparison.holds]
    if missed:
        print(f"Not as it must be: {', '.join(missed)}.")
    return 1 if missed and options.strict else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure decisions, token verification, policies and forms."
        " Each line compares two ways to do the same in one run; the ratio holds on any"
        " machine, the times on this one.",
        epilog="examples:  make bench  |  make bench ARGS=quick  |  make bench"
        ' ARGS="--apps ../apps --strict"',
    )
    parser.add_argument(
        "effort",
        nargs="?",
        choices=_EFFORTS,
        default="full",
        help="quick takes some seconds and is rough; full takes half a minute",
    )
    parser.add_argument(
        "--apps",
        type=Path,
        default=SAMPLES,
        metavar="FOLDER",
        help="applications whose policies are measured (default: samples/)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit with status 1 where a ratio misses its goal",
    )
    return parser


def _print(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Print each comparison as soon as it is measured."""
    print(_COLUMNS.format("what", "one way, us", "other way, us", "ratio", "goal", ""))
    done = []
    for one in comparisons:
        done.append(one)
        mark = "" if one.holds else "  MISSED"
        print(
            _COLUMNS.format(
                one.name,
                f"{one.fast:,.1f}",
                f"{one.slow:,.1f}",
                f"{one.ratio:.1f}x",
                one.goal,
                f"{one.fast_name} / {one.slow_name}; {one.note}{mark}",
            ),
            flush=True,
        )
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
