"""Servers that are measured: real processes, and what they and the database cost."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from django.db import connection

from bench.load import CONNECTIONS, Call

HERE = Path(__file__).resolve().parent.parent
# What the documentation tells to serve with.
THREADS = 2  # of each worker
BUFFERS = "--http1-buffer-size 131072"
_APPLICATION = "bench.served:application"
_PATIENCE = 300.0
_TIMEOUT = 300.0


class CallFailed(Exception):
    """A call that prepares a measurement was not answered as it must be."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    @contextmanager
    def running(
        cls, name: str, port: int, *, workers: int, settings: str, folder: Path
    ) -> Iterator["Served"]:
        """Run one for the length of a block, with this settings module."""
        line = f"-m granian --interface wsgi --no-ws --host 127.0.0.1 --port {port}"
        threads = THREADS
        if connection.vendor == "sqlite":
            threads = CONNECTIONS // workers  # as many writers at once as callers
        options = f"--workers {workers} --blocking-threads {threads} {BUFFERS}"
        path = folder / f"{name}.log"
        with path.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  our own command line
                [
                    sys.executable,
                    *line.split(),
                    *options.split(),
                    _APPLICATION,
                ],
                cwd=HERE,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,  # of our session: what ends us, ends it too
            )
        server = cls(name, port, process, path)
        try:
            server._wait()
            yield server
        finally:
            server._stop()

    @property
    def host(self) -> str:
        """The Host header: all faces by path."""
        return f"localhost:{self.port}"

    def open(
        self, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> tuple[HTTPConnection, HTTPResponse]:
        """Call over a connection of its own, and return both."""
        calling = HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT)
        calling.request(method, path, body, {"Host": self.host, **headers})
        return calling, calling.getresponse()

    def json(
        self, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> Any:
        """Call and return the JSON of the answer; raises CallFailed."""
        calling, answer = self.open(method, path, headers, body)
        content = answer.read()
        calling.close()
        if answer.status >= 300:
            said = content.decode(errors="replace")[:600]
            raise CallFailed(f"{method} {path} was answered {answer.status}: {said}")
        return json.loads(content) if content else None

    def answered(self, call: Call) -> int:
        """Make a call over a connection of its own; return the status."""
        calling, answer = self.open(call.method, call.path, call.headers, call.body)
        answer.read()
        calling.close()
        return answer.status

    def workers(self) -> list[int]:
        """The processes that serve."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split()]

    def cpu(self) -> int:
        """Nanoseconds of the processor that the workers have used."""
        return sum(processor_time(self.workers()).values())

    def peak_memory(self) -> int:
        """The most bytes that any worker has held."""
        most = 0
        for pid in self.workers():
            status = Path(f"/proc/{pid}/status").read_text()
            (line,) = (one for one in status.splitlines() if one.startswith("VmHWM"))
            most = max(most, int(line.split()[1]) * 1024)
        return most

    def _stop(self) -> None:
        """End it: the first process ends its workers, unless it hangs."""
        workers = [] if self.process.poll() is not None else self.workers()
        self.process.terminate()
        try:
            self.process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            for pid in (self.process.pid, *workers):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            with suppress(OSError, HTTPException):
                calling, answer = self.open("GET", "/docs/platform", {})
                calling.close()
                if answer.status < 500:
                    return
            if self.process.poll() is not None or time.monotonic() > until:
                said = self.log.read_text(errors="replace")[-2000:]
                raise CallFailed(f"The server {self.name!r} did not start: {said}")
            time.sleep(0.1)


def processor_time(pids: Iterable[int]) -> dict[int, int]:
    """Return the nanoseconds that each process has used, by all of its threads."""
    used = {}
    for pid in pids:
        with suppress(OSError):
            tasks = Path(f"/proc/{pid}/task").iterdir()
            used[pid] = sum(
                int((task / "schedstat").read_text().split()[0]) for task in tasks
            )
    return used


@dataclass(frozen=True, slots=True)
class DatabaseUse:
    """What the database has used so far: processor time by process, and WAL."""

    cpu: Mapping[int, int]
    wal: int

    @classmethod
    def now(cls) -> "DatabaseUse":
        """Look; SQLite works in the server's own process and tells nothing."""
        if connection.vendor != "postgresql":
            return cls({}, 0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            pids = [pid for (pid,) in cursor.fetchall()]
            cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
            (wal,) = cursor.fetchone() or (0,)
        return cls(processor_time(pids), int(wal))

    def since(self, before: "DatabaseUse") -> tuple[int, int]:
        """Return nanoseconds and bytes of WAL between two looks."""
        spent = (used - before.cpu.get(pid, 0) for pid, used in self.cpu.items())
        return sum(spent), self.wal - before.wal
