"""A PostgreSQL server of one's own: made in a folder, started, crashed, thrown away.

Nothing that others run is touched, and what it does is counted for nobody else. It
commits to disk as any other: ``fsync`` stays on.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench.ports import held_port

_ACCOUNT = "postgres"  # root may not run the server; Debian's account is taken instead
_SUPERUSER = "bench"
_DEBIAN = Path("/usr/lib/postgresql")
_PATIENCE = "120"


class ClusterUnavailable(Exception):
    """A server cannot be made here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server in a folder of its own."""

    folder: Path
    port: int
    programs: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def running(cls, **settings: str) -> Iterator[Self]:
        """Run one for the length of a block, with these lines of its configuration.

        Raises ClusterUnavailable.
        """
        programs = _programs()
        folder = Path(tempfile.mkdtemp(prefix="altinn-postgres-"))
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            if account := _account():
                os.chown(folder, account.pw_uid, account.pw_gid)
            port = stack.enter_context(held_port())
            cluster = cls(folder, port, programs, settings)
            cluster._make()
            cluster.start()
            try:
                yield cluster
            finally:
                cluster.stop("immediate")

    @property
    def url(self) -> str:
        """The address of its database ``postgres``."""
        return f"postgres://{_SUPERUSER}@127.0.0.1:{self.port}/postgres"

    @property
    def data(self) -> Path:
        """Where its files lie."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What it has written so far."""
        return (self.folder / "log").read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The process id of its first process; the others are its children."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "--log", log, "--timeout", _PATIENCE)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` ends it as a crash would, without a checkpoint."""
        self._run("pg_ctl", "stop", "--mode", mode, "--timeout", _PATIENCE)

    def _make(self) -> None:
        self._run(
            "initdb",
            *("--auth", "trust", "--username", _SUPERUSER),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        lines = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            **self.settings,
        }
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(
                f"{name} = '{value}'\n" for name, value in lines.items()
            )

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "--pgdata", str(self.data), *arguments]
        if account := _account():
            command = ["runuser", "-u", account.pw_name, "--", *command]
        done = subprocess.run(  # noqa: S603  our own programs and arguments
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        if done.returncode:
            raise ClusterUnavailable(f"{program} failed: {done.stdout.strip()}")


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, the newest version's."""
    versions = sorted(
        _DEBIAN.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3])
    )
    found = shutil.which("initdb")
    if not versions and not found:
        raise ClusterUnavailable(
            "There is no initdb; install PostgreSQL's server programs"
            " (Debian: apt-get install postgresql)."
        )
    return versions[-1].parent if versions else Path(str(found)).resolve().parent


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as, None for one's own."""
    if os.geteuid() != 0:
        return None
    if shutil.which("runuser") is None:
        raise ClusterUnavailable("root may not run PostgreSQL, and runuser is missing.")
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        raise ClusterUnavailable(
            f"root may not run PostgreSQL, and there is no account {_ACCOUNT!r}."
        ) from None
