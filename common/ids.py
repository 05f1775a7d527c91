"""Keys made in Python: UUIDv7, so that new rows land at the end of their index."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, 74 random.

    In one process each is greater than the one before, so rows that are made in the
    same millisecond keep their order.
    """
    global _last
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    with _lock:
        # One more than the last leaves version and variant alone: 62 random bits are
        # below them.
        _last = max(value, _last + 1)
        return uuid.UUID(int=_last)
