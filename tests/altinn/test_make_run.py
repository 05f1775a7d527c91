"""``make run``: what it says of a port that it cannot serve on, before all else."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def refused(port: str, *, folder: Path) -> str:
    """Return why the server is not started; nothing is prepared either."""
    data = folder / "data"
    python = folder / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    # No link to the interpreter, which would look for its library beside the link.
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    # -o: what the server needs is there, so nothing is installed.
    said = subprocess.run(
        [
            *("make", "-o", f"{folder}/venv/.runtime", f"VENV={folder}/venv"),
            *("run", f"PORT={port}"),
        ],
        cwd=ROOT,
        env={**os.environ, "ALTINN_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode != 0
    assert not data.exists()
    return said.stdout


@pytest.mark.parametrize(
    "port", ["abc", "", "0", "080", "65536", "9" * 30, "-1", "8 8"]
)
def test_what_is_no_port_number_is_told_as_that(tmp_path: Path, port: str) -> None:
    said = refused(port, folder=tmp_path)
    assert f"'{port}' is no port number; take one from 1 to 65535" in said
    assert "cannot be bound" not in said


def test_a_port_that_is_taken_is_told_as_that(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        said = refused(str(port), folder=tmp_path)
    assert (
        f"127.0.0.1:{port} cannot be bound, most likely because a server runs" in said
    )
