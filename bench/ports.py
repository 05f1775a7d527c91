"""Ports of this machine that nobody listens on."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """Keep one of the loopback address for the length of a block, for a server.

    The system gives it to nobody else meanwhile, whether the server runs or not.
    Servers can listen at it, since they reuse addresses; until one does, a connection
    is refused.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian does
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
