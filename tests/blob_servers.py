"""Real blob stores for tests: moto's server for S3, and Azurite for Azure.

Each runs as a process of its own. Azurite is a package of npm; it is installed once
into a cache of the user's, which ``ALTINN_TEST_CACHE`` moves.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.ports import held_port

AZURITE = "3.37.0"
AZURITE_ACCOUNT = "devstoreaccount1"
# The account and the key that every Azurite has; they are no secret.
AZURITE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/"
    "KBHBeksoGMGw=="
)
_START = 300  # seconds
_INSTALL = 600
_READ_ONLY_ROOT = "/"


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    """The port of an S3 server."""
    with held_port() as port:
        line = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with _running(line, port):
            yield port


@pytest.fixture(scope="session")
def azurite_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an Azure Blob server."""
    with azurite(tmp_path_factory.mktemp("azurite")) as port:
        yield port


@contextmanager
def azurite(folder: Path, *options: str | Path) -> Iterator[int]:
    """Run an Azure Blob server that keeps its contents in a folder; yield its port."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        missing = "Azurite needs Node.js and npm on the PATH"
        if os.environ.get("CI"):
            pytest.fail(f"{missing}; CI may not do without them.")
        pytest.skip(f"{missing}; the tests of Azure are skipped.")
    program = _installed_azurite()
    with held_port() as port:
        usual = f"--silent --skipApiVersionCheck --disableTelemetry --blobPort {port}"
        line = [node, program, *usual.split(), "--location", folder, *options]
        with _running(line, port):
            yield port


def azurite_connection(port: int) -> str:
    """Return the connection string of the account, at a port of this machine."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};"
        f"AccountKey={AZURITE_KEY};"
        f"BlobEndpoint=http://127.0.0.1:{port}/{AZURITE_ACCOUNT};"
    )


def _installed_azurite() -> Path:
    default = Path.home() / ".cache" / "altinn-tests"
    cache = Path(os.environ.get("ALTINN_TEST_CACHE", default))
    folder = cache / f"azurite-{AZURITE}"
    program = folder / "node_modules" / "azurite" / "dist/src/blob/main.js"
    done = folder / "installed"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests in parallel install it once
        if not done.exists():
            quietly = "--no-audit --no-fund --no-package-lock --ignore-scripts"
            quietly += " --fetch-retries=5"
            install = ["npm", "install", "--prefix", folder, *quietly.split()]
            subprocess.run(
                [*install, f"azurite@{AZURITE}"],
                check=True,
                timeout=_INSTALL,
                capture_output=True,
            )
            done.touch()
    return program


@contextmanager
def _running(line: list[str | Path], port: int) -> Iterator[None]:
    process = subprocess.Popen(
        line,
        cwd=_READ_ONLY_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield
    finally:
        process.kill()
        process.wait(timeout=60)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, f"{process.args} did not start"
            assert time.monotonic() < until, f"{process.args} does not answer"
            time.sleep(0.05)
