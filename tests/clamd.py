"""ClamAV's real daemon, with a signature of our own: that of the EICAR test file."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ports import held_port

# In two halves, so that no scanner takes this file for what it looks for.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
INSTALLED = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin") or ""
MOST_BYTES = 2**20  # of a stream, by the configuration below
_SECONDS = 300


@dataclass(frozen=True)
class Daemon:
    """Where it listens."""

    path: str
    port: int


@contextmanager
def running(folder: Path) -> Iterator[Daemon]:
    """Run the daemon for a block."""
    database = folder / "database"
    database.mkdir()
    signature = f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n"
    (database / "test.ndb").write_text(signature, "ascii")
    with held_port() as port:
        daemon = Daemon(str(folder / "s"), port)
        configuration = folder / "clamd.conf"
        configuration.write_text(
            f"LocalSocket {daemon.path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
            f"DatabaseDirectory {database}\nForeground yes\n"
            f"StreamMaxLength {MOST_BYTES}\nMaxThreads 2\n",
            "ascii",
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [INSTALLED, "-c", str(configuration)], stdout=log, stderr=log
            )
        try:
            _wait_for(daemon, process, folder / "log")
            yield daemon
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _wait_for(daemon: Daemon, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", daemon.port), 1) as answered:
                answered.sendall(b"zPING\0")
                if answered.recv(16) == b"PONG\0":
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8", "replace")[-2000:])
