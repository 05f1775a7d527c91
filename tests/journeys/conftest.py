"""Fixtures of journeys: servers to play them on."""

from tests.live.conftest import inside
from tests.servers import either_server, server, template

__all__ = ["either_server", "inside", "server", "template"]
