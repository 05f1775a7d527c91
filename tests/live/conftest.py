"""Fixtures of tests against a real server process."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import DjangoDbBlocker

from tests.servers import Inside, LiveServer, either_server, server, template

__all__ = ["either_server", "inside", "server", "template"]


@pytest.fixture
def inside(django_db_blocker: DjangoDbBlocker) -> Inside:
    """Look into a server's database: ``with inside(server) as alias``."""

    @contextmanager
    def look(server: LiveServer) -> Iterator[str]:
        with django_db_blocker.unblock(), server.database() as alias:
            yield alias

    return look
