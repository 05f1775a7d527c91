"""Times of two ways to do the same, taken in turns."""

import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two times in microseconds, and what their ratio must be.

    With ``at_least`` the slower one must take so many times the faster one's time; with
    ``at_most`` no more than that.
    """

    name: str
    fast_name: str
    fast: float
    slow_name: str
    slow: float
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times the faster one's time the slower one takes."""
        return self.slow / self.fast

    @property
    def holds(self) -> bool:
        """Whether the ratio is what it must be; True where nothing is demanded."""
        enough = self.at_least is None or self.ratio >= self.at_least
        return enough and (self.at_most is None or self.ratio <= self.at_most)

    @property
    def goal(self) -> str:
        """What is demanded, in words."""
        if self.at_least is not None:
            return f">= {self.at_least:g}x"
        return "-" if self.at_most is None else f"<= {self.at_most:g}x"


def alternate(
    fast: Work, slow: Work, *, rounds: int, seconds: float
) -> tuple[float, float]:
    """Return the times of one call of each, in microseconds.

    Each of the ``rounds`` calls both for about ``seconds``.
    """
    works = (fast, slow)
    counts = [_calls_in(seconds, work) for work in works]
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for which, work in enumerate(works):
            best[which] = min(best[which], _time(work, counts[which]))
    return best[0] * 1e6, best[1] * 1e6


def _calls_in(seconds: float, work: Work) -> int:
    work()
    once = _time(work, 1)
    return max(1, int(seconds / max(once, 1e-7)))


def _time(work: Work, count: int) -> float:
    """Return the seconds of the processor that one call takes, over ``count``.

    Its seconds rather than the clock's: what is measured waits for nothing, and while
    another process has the core no time passes.
    """
    begun = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - begun) / count
