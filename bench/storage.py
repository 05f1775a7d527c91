"""``python -m bench.storage``: the storage API with millions of instances, over HTTP.

This part makes the folder, the database and the settings, and starts ``bench.measure``
with them; at the end nothing of it is left but the results.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.cluster import Cluster, ClusterUnavailable
from bench.generate import SIZES
from bench.ports import held_port

HERE = Path(__file__).resolve().parent.parent
RESULTS = HERE / "bench" / "results"
_GIBIBYTE = 2**30


def main(arguments: list[str]) -> int:
    """Make the surroundings, measure in them, and take them away."""
    options = _parser().parse_args(arguments)
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="altinn-bench-", dir=options.folder)
        folder = Path(stack.enter_context(made))
        try:
            url = stack.enter_context(_database(options.database, folder))
        except ClusterUnavailable as reason:
            print(f"bench: {reason} Or give a server with DATABASE_URL.")
            return 2
        port = stack.enter_context(held_port())
        command = [sys.executable, "-m", "bench.measure", "--size", options.size]
        command += ["--rounds", str(options.rounds)] if options.rounds else []
        command += ["--seconds", str(options.seconds)] if options.seconds else []
        command += ["--scenarios", options.scenarios] if options.scenarios else []
        command += ["--results", str(options.results)]
        done = subprocess.run(  # noqa: S603  our own module
            command, cwd=HERE, env=_environment(folder, url, port), check=False
        )
    return done.returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make bench",
        description="Measure the storage API over HTTP, beside what PostgreSQL does"
        " with the least SQL and what a raw Django view does, in turns.",
        epilog="examples:  make bench SIZE=S  |  make bench SIZE=M DATABASE=postgresql"
        '  |  make bench SIZE=S ARGS="--scenarios get,list"',
    )
    parser.add_argument(
        "--size",
        default="S",
        help=f"how many instances: {', '.join(f'{k} {v:,}' for k, v in SIZES.items())},"
        " or a number; each has two data elements and a line of history",
    )
    parser.add_argument(
        "--database",
        choices=["sqlite", "postgresql"],
        default="postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
        help="postgresql: a database of its own on the server that DATABASE_URL names,"
        " or else a server of its own; both are removed at the end",
    )
    parser.add_argument(
        "--scenarios",
        default="",
        help="which ones, separated by commas; all if absent: get, list, page-1 …,"
        " worklist, task, inbox, window, create, next, state, confirm, blob, mixed,"
        " drain, contents, reads, forms, lease",
    )
    parser.add_argument("--rounds", type=int, help="how often each way takes its turn")
    parser.add_argument("--seconds", type=float, help="how long a turn takes")
    parser.add_argument(
        "--folder", type=Path, help="where data lies meanwhile; of this machine's disk"
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="where the results are written"
    )
    return parser


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of a database that nobody else uses."""
    given = os.environ.get("DATABASE_URL", "")
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'altinn.sqlite3'}"
    elif given.startswith("postgres"):
        with _beside(given) as url:
            yield url
    else:
        with Cluster.running(**_cluster_settings()) as cluster:
            yield cluster.url


@contextmanager
def _beside(given: str) -> Iterator[str]:
    name = f"altinn_bench_{secrets.token_hex(4)}"
    server = urlsplit(given)._replace(path="/postgres").geturl()
    identifier = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield urlsplit(given)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier)
            connection.execute(drop)


def _cluster_settings() -> dict[str, str]:
    """Return what an operator would set for this machine: a sixth of its memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    shared = max(1, memory // 6 // _GIBIBYTE)
    return {
        "shared_buffers": f"{shared}GB",
        "effective_cache_size": f"{max(1, memory // 2 // _GIBIBYTE)}GB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "30min",
        "jit": "off",
        "random_page_cost": "1.1",
    }


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    """Return the environment of what is measured: settings of its own alone."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ALTINN_", "DJANGO_", "DATABASE_URL"))
    }
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "altinn.settings",
        "DATABASE_URL": url,
        "ALTINN_ENVIRONMENT": "test",
        "ALTINN_SANDBOX": "true",
        "ALTINN_BASE_URL": f"http://localhost:{port}",
        "ALTINN_DATA_DIR": str(folder),
        "ALTINN_SECRET_KEY": secrets.token_urlsafe(50),
        "ALTINN_LOG_LEVEL": "ERROR",
        "ALTINN_TOKEN_LIFETIME_MINUTES": "600",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
