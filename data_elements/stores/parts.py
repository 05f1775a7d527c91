"""Large content in parts: several on their way at once, and no more in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Receipt = TypeVar("Receipt")


def in_parts(pieces: Iterable[bytes], size: int) -> Iterator[bytearray]:
    """Yield the same bytes in parts of one size; only the last may be shorter.

    Nothing is yielded before the part is full or the pieces have come to their end, so
    a stream that ends in an error never yields its last part.
    """
    part = bytearray()
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            room = size - len(part)
            part += rest[:room]
            rest = rest[room:]
            if len(part) == size:
                yield part
                part = bytearray()
    if part:
        yield part


def send_all(
    parts: Iterable[bytearray],
    *,
    at_once: int,
    send: Callable[[int, bytearray], Receipt],
) -> list[Receipt]:
    """Send the parts, numbered from 1, and return their receipts in that order.

    At most ``at_once`` parts are in memory: one that fills, the others on their way.
    When anything fails, none is on its way any more once this raises.
    """
    receipts: list[Receipt] = []
    sent: deque[Future[Receipt]] = deque()
    on_their_way = max(1, at_once - 1)
    pool = ThreadPoolExecutor(on_their_way, thread_name_prefix="blob-part")
    try:
        for number, part in enumerate(parts, 1):
            if len(sent) == on_their_way:
                receipts.append(sent.popleft().result())
            sent.append(pool.submit(send, number, part))
        receipts.extend(future.result() for future in sent)
    finally:
        pool.shutdown(cancel_futures=True)
    return receipts
