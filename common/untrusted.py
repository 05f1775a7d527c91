"""What a browser may do with content that somebody else has written."""

from typing import Protocol


class _Answer(Protocol):
    """An HTTP response, as far as its headers go."""

    def __setitem__(self, header: str, value: str) -> None: ...


def let_nothing_run(answer: _Answer) -> None:
    """Have a browser that opens the answer run nothing of it, and load nothing."""
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
