"""ClamAV's daemon, by its own protocol: content goes to its socket in pieces.

``INSTREAM`` takes chunks, each after its length in four bytes, until one of no length;
the answer is one line that ends in NUL. The daemon sees no file of ours.
"""

import re
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from data_elements.scanners.port import ScanFailed, Verdict

_CHUNK: Final = 256 * 1024
_CONNECT_SECONDS: Final = 10
_ANSWER_SECONDS: Final = 120
_LONGEST_ANSWER: Final = 4096
_FOUND: Final = re.compile(r"stream: (.+) FOUND")
_CLEAN: Final = "stream: OK"


@dataclass(frozen=True, slots=True)
class ClamAV:
    """The daemon at a host and port, or at a socket of this machine."""

    host: str = ""
    port: int = 0
    path: str = ""

    def scan(self, pieces: Iterable[bytes]) -> Verdict:
        """Look at content; raises ScanFailed."""
        with self._connected() as daemon:
            # Once it has seen enough it closes its end, and its answer says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(daemon, pieces)
            return _verdict(_answer(daemon))

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        family = socket.AF_UNIX if self.path else socket.AF_INET
        try:
            if self.path:
                daemon = socket.socket(family, socket.SOCK_STREAM)
                daemon.settimeout(_CONNECT_SECONDS)
                daemon.connect(self.path)
            else:
                address = (self.host, self.port)
                daemon = socket.create_connection(address, _CONNECT_SECONDS)
        except OSError as error:
            raise ScanFailed(f"The scanner cannot be reached: {error}") from error
        with closing(daemon):
            daemon.settimeout(_ANSWER_SECONDS)
            try:
                yield daemon
            except OSError as error:
                raise ScanFailed(f"The scanner does not go on: {error}") from error


def _send(daemon: socket.socket, pieces: Iterable[bytes]) -> None:
    daemon.sendall(b"zINSTREAM\0")
    for piece in pieces:
        for begin in range(0, len(piece), _CHUNK):
            chunk = piece[begin : begin + _CHUNK]
            daemon.sendall(struct.pack("!I", len(chunk)) + chunk)
    daemon.sendall(struct.pack("!I", 0))


def _answer(daemon: socket.socket) -> str:
    """Read one line, up to its NUL; raises ScanFailed for one that is cut off."""
    answer = b""
    while not answer.endswith(b"\0"):
        received = daemon.recv(_LONGEST_ANSWER)
        answer += received
        if not received or len(answer) > _LONGEST_ANSWER:
            raise ScanFailed(f"The scanner's answer is cut off: {answer[:200]!r}")
    return answer.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    """Read the answer: what is neither clean nor found is a failure."""
    if answer == _CLEAN:
        return Verdict()
    if found := _FOUND.fullmatch(answer):
        return Verdict(malware=found.group(1))
    raise ScanFailed(f"The scanner answered {answer[:200]!r}")
