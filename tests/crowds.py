"""Many callers at once, each with a connection of their own: one crowd at a time.

PostgreSQL takes a hundred connections as it is installed, and all that run tests in
parallel share them.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def crowd() -> Iterator[None]:
    """Wait until no other test of this run has a crowd, and have one for a block."""
    with (Path(settings.ALTINN_DATA_DIR) / "crowd.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
