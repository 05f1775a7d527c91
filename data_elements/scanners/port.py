"""What a malware scanner does for the server, whichever it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class ScanFailed(Exception):
    """The scanner is away, or has no answer: nothing is known of the content."""


class ScannerMisconfigured(ValueError):
    """The setting names no scanner; the text says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; ``malware`` is the scanner's name for it, empty for nothing."""

    malware: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not self.malware


class Scanner(Protocol):
    """A malware scanner."""

    def scan(self, pieces: Iterable[bytes]) -> Verdict:
        """Look at content, piece by piece; raises ScanFailed where it cannot."""
        ...
