"""Real servers for tests: a process of its own, over HTTP, with a database of its own.

The sandbox is migrated and loaded once (``Template``); each server gets a copy of it.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import environ
import psycopg
import pytest
from django.db import connections
from psycopg import sql

from bench.ports import held_port
from bench.serving import BUFFERS
from samples.journeys.transport import Server

ROOT = Path(__file__).resolve().parent.parent
SQLITE_FILE = "altinn.sqlite3"
_LOAD = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("import_parties", "samples/parties")
call_command("import_app", "samples/nav/app2018")
"""


@dataclass(frozen=True, slots=True)
class Command:
    """How a server is started; the code does not know which one serves it."""

    kind: str = "granian"
    workers: int = 1
    threads: int = 2

    def arguments(self, port: int) -> list[str]:
        """Return the command line."""
        python = sys.executable
        if self.kind == "gunicorn":
            line = f"-m gunicorn --worker-class gthread --bind 127.0.0.1:{port}"
            options = f"--workers {self.workers} --threads {self.threads}"
        else:
            line = f"-m granian --interface wsgi --no-ws --host 127.0.0.1 --port {port}"
            options = f"--workers {self.workers} --blocking-threads {self.threads}"
            options += f" {BUFFERS}"
        return [python, *line.split(), *options.split(), "altinn.wsgi:application"]


@dataclass
class LiveServer:
    """A server process and what it stores in; it can be killed and started again."""

    folder: Path
    database_url: str
    command: Command
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    api: Server = field(init=False)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def blobs(self) -> dict[str, int]:
        """Return the files in the blob store, unfinished ones too, and their sizes."""
        found = {}
        for path in (self.folder / "blobs").rglob("*"):
            with suppress(FileNotFoundError):  # the server may be removing it
                if path.is_file():
                    found[path.name] = path.stat().st_size
        return found

    @property
    def log(self) -> str:
        """What the server has written so far."""
        return (self.folder / "server.log").read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the server and of its commands."""
        usual = _environment(self.folder, self.database_url, self.port)
        return {**usual, **self.settings}

    def start(self) -> None:
        """Start the process and wait until it is healthy."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command.arguments(self.port),
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that kill() reaches the workers too
            )
        self.api = Server.at(f"http://localhost:{self.port}", patience=300)

    @contextmanager
    def beside(self) -> Iterator["LiveServer"]:
        """Serve the same data with a second server for the length of a block."""
        with held_port() as port:
            second = LiveServer(
                self.folder, self.database_url, self.command, port, self.settings
            )
            try:
                second.start()
                yield second
            finally:
                second.kill()

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        process = self._process
        if process is None:
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=300)
        self._process = None

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split()]

    def peak_memory(self) -> int:
        """Return the most memory in bytes that any worker has held so far."""
        peaks = []
        for pid in self.workers():
            status = Path(f"/proc/{pid}/status").read_text()
            (line,) = (one for one in status.splitlines() if one.startswith("VmHWM"))
            peaks.append(int(line.split()[1]) * 1024)
        return max(peaks)

    def manage(self, *arguments: str) -> str:
        """Run one of our commands on the server's data; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout

    @contextmanager
    def database(self) -> Iterator[str]:
        """Open the server's database beside it; yields the alias for ``using()``."""
        alias = f"live-{self.port}"
        config = environ.Env.db_url_config(self.database_url)
        settings = {"default": connections.settings["default"], alias: config}
        connections.settings[alias] = connections.configure_settings(settings)[alias]
        try:
            yield alias
        finally:
            connections[alias].close()
            del connections[alias], connections.settings[alias]


# Opens a server's database beside it: ``with inside(server) as alias``.
Inside = Callable[[LiveServer], AbstractContextManager[str]]


def wait_until(happened: Callable[[], bool], *, seconds: float = 300) -> None:
    """Wait for something that another process does."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Template:
    """A loaded sandbox that servers start from."""

    folder: Path
    database: "PostgresDatabase | None"

    @classmethod
    def make(cls, stack: ExitStack, *, beside: str = "") -> Self:
        """Migrate and load a sandbox, on PostgreSQL when DATABASE_URL is set.

        ``beside`` is the address of another server to take instead.
        """
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        given = beside or os.environ.get("DATABASE_URL")
        database = None
        if given:
            database = stack.enter_context(PostgresDatabase.made(given))
        url = database.url if database else _sqlite_url(folder)
        subprocess.run(
            [sys.executable, "-c", _LOAD],
            cwd=ROOT,
            env={
                **_environment(folder, url, 1),
                "DJANGO_SETTINGS_MODULE": "altinn.settings",
            },
            check=True,
            capture_output=True,
        )
        return cls(folder, database)

    @contextmanager
    def server(
        self, command: Command = Command(), **settings: str
    ) -> Iterator[LiveServer]:
        """Serve a copy of the sandbox for the length of a block.

        ``settings`` are environment variables besides, or instead of, the usual ones.
        """
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            shutil.copytree(self.folder, folder, dirs_exist_ok=True)
            url = _sqlite_url(folder)
            if self.database:
                copy = PostgresDatabase.made(self.database.url, like=self.database.name)
                url = stack.enter_context(copy).url
            port = stack.enter_context(held_port())
            server = LiveServer(folder, url, command, port, settings)
            stack.callback(server.kill)
            server.start()
            yield server


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """A database of its own beside the one that an address names."""

    url: str
    name: str

    @classmethod
    @contextmanager
    def made(cls, beside: str, *, like: str = "template1") -> Iterator[Self]:
        """Create a database for the length of a block, as a copy of another."""
        name = f"altinn_live_{secrets.token_hex(6)}"
        server = urlsplit(beside)._replace(path="/postgres").geturl()
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(like)
        )
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(create)
        try:
            yield cls(urlsplit(beside)._replace(path=f"/{name}").geturl(), name)
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(drop)


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    """A loaded sandbox, made once."""
    with ExitStack() as stack:
        yield Template.make(stack)


@pytest.fixture(scope="session")
def server(template: Template) -> Iterator[LiveServer]:
    """A server that tests share; they leave it running."""
    with template.server() as running:
        yield running


@pytest.fixture(scope="session", params=["granian", "gunicorn"])
def either_server(
    request: pytest.FixtureRequest, template: Template
) -> Iterator[LiveServer]:
    """The same on each server that we name in the documentation."""
    with template.server(Command(kind=request.param)) as running:
        yield running


def _environment(folder: Path, database_url: str, port: int) -> dict[str, str]:
    """Return this process's environment with a sandbox's settings in place of ours.

    Which settings module it is, the server must know by itself, as when it is served.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ALTINN_", "DJANGO_", "DATABASE_URL"))
    }
    return {
        **inherited,
        "ALTINN_ENVIRONMENT": "test",
        "ALTINN_SANDBOX": "true",
        "ALTINN_BASE_URL": f"http://localhost:{port}",
        "ALTINN_DATA_DIR": str(folder),
        "ALTINN_EMBEDDED_WORKER": "false",
        "ALTINN_SECRET_KEY": "of-live-tests-only-" + "0123456789" * 4,
        "DATABASE_URL": database_url,
    }


def _sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / SQLITE_FILE}"
