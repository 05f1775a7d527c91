"""``python -m bench.measure``: what ``bench.storage`` starts in its surroundings."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from apps_registry.services import import_app
from bench import form_calls, lease_queue, reads, report
from bench.authorization import Effort
from bench.ceilings import PGBENCH, Ceiling
from bench.contents import Transfer, drain, transfers
from bench.generate import SIZES, Skew
from bench.lease_queue import Emptied
from bench.loading import progress
from bench.machine import Machine, disk_use
from bench.ports import held_port
from bench.rounds import Rounds
from bench.scenarios import World, all_scenarios
from bench.serving import Served
from bench.timing import Comparison
from bench.world import HERE, Callers, fill, register

_FEW = 200_000  # below that, a run is a quick one
_WITHOUT_LOAD = ("drain", "contents", "reads", "forms", "lease")
_SAMPLE_APP = "nav/app2018"


def main(arguments: list[str]) -> int:
    """Fill the database, measure, and write the results."""
    options = _parser().parse_args(arguments)
    count = SIZES.get(options.size) or int(options.size)
    chosen = set(filter(None, options.scenarios.split(",")))
    few = count < _FEW
    skew = Skew.of(count)
    machine = Machine.now()
    with ExitStack() as stack:
        _prepare(skew)
        app_id = skew.apps[0]
        with _server("filling", workers=1) as server:
            written = fill(skew, server, progress)
        url = os.environ["DATABASE_URL"]
        on_postgres = connection.vendor == "postgresql"
        disk = disk_use()
        ours = stack.enter_context(_server("ours", workers=os.cpu_count() or 1))
        raw = ceiling = None
        if on_postgres:
            raw = stack.enter_context(
                _server("raw", workers=os.cpu_count() or 1, module="bench.raw_settings")
            )
        if on_postgres and PGBENCH:
            prepared = Ceiling.prepared(url, app_id, written)
            ceiling = stack.enter_context(prepared)
        world = World(ours, app_id, Callers.of(app_id.partition("/")[0]))
        rounds = Rounds(
            world,
            ours,
            raw,
            ceiling,
            rounds=options.rounds or 3,
            seconds=options.seconds or (2 if few else 4),
            tell=progress,
        )
        scenarios = [
            one for one in all_scenarios(count) if not chosen or one.name in chosen
        ]
        outcomes = list(rounds.run(scenarios))
        wanted = [name for name in _WITHOUT_LOAD if not chosen or name in chosen]
        compared = _compared(app_id, few) if on_postgres and "reads" in wanted else []
        if "forms" in wanted:
            org = app_id.partition("/")[0]
            compared += form_calls.compare(org, rounds=20 if few else 60)
        moved, peak = _moved(world, few) if "contents" in wanted else ([], 0)
        drained = drain(world) if "drain" in wanted else None
        leased = _leased(few) if "lease" in wanted else None
        result = report.Result(
            size=options.size,
            instances=count,
            machine=machine,
            load_after=os.getloadavg()[0],
            outcomes=outcomes,
            compared=compared,
            transfers=moved,
            drained=drained,
            leased=leased,
            disk=disk,
            peak_memory=ours.peak_memory(),
            peak_of_transfers=peak,
        )
    report.write(result, options.results)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.measure")
    parser.add_argument("--size", default="S")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--scenarios", default="")
    parser.add_argument("--results", type=Path, required=True)
    return parser


def _prepare(skew: Skew) -> None:
    call_command("migrate", verbosity=0)
    call_command("import_parties", str(HERE / "samples" / "parties"), verbosity=0)
    register(skew, progress)


@contextmanager
def _server(
    name: str, *, workers: int, module: str = "altinn.settings"
) -> Iterator[Served]:
    """Serve; what stands in for the server, at the address of the settings."""
    with ExitStack() as stack:
        port = urlsplit(settings.ALTINN_BASE_URL).port or 80
        if name in ("raw", "contents"):
            port = stack.enter_context(held_port())
        served = Served.running(
            name,
            port,
            workers=workers,
            settings=module,
            folder=Path(settings.ALTINN_DATA_DIR),
        )
        yield stack.enter_context(served)


def _moved(world: World, few: bool) -> tuple[list[Transfer], int]:
    """Measure contents on a server that does nothing else; return its peak too."""
    with _server("contents", workers=1) as server:
        found = transfers(
            replace(world, server=server),
            Path(settings.ALTINN_DATA_DIR),
            sizes=[10, 128] if few else [10, 1024],
            rounds=3,
        )
        return list(found), server.peak_memory()


def _leased(few: bool) -> Emptied:
    """Let fifty workers drain the queue of an application that has no instances yet."""
    import_app(HERE / "samples" / _SAMPLE_APP)
    return lease_queue.empty(_SAMPLE_APP, instances=10_000 if few else 100_000)


def _compared(app_id: str, few: bool) -> list[Comparison]:
    """Compare the faces' reads with raw views in this process, by its own clock."""
    return list(reads.compare(app_id, Effort(7, 0.2 if few else 0.4)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
