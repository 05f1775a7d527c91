"""Ways to do the same in turns, round after round, and what each cost."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from statistics import median

from bench.ceilings import Ceiling
from bench.load import CONNECTIONS, Call, Load, drive
from bench.plans import Asked, ask
from bench.scenarios import Scenario, World
from bench.serving import DatabaseUse, Served

STEADY = 0.7  # a ceiling that swings more than that makes its scenario invalid


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum the rounds up."""
        return cls(median(values), min(values), max(values))

    def text(self, form: str = ",.0f") -> str:
        """Write it as ``median [least-most]``."""
        return f"{self.median:{form}} [{self.least:{form}}-{self.most:{form}}]"


@dataclass(frozen=True, slots=True)
class Turn:
    """One way, one round: answers, and microseconds of processors per answer."""

    load: Load
    python: float
    database: float
    wal: float


@dataclass
class Outcome:
    """All rounds of a scenario."""

    scenario: Scenario
    asked: Asked | None = None
    ours: list[Turn] = field(default_factory=list)
    raw: list[Turn] = field(default_factory=list)
    ceilings: list[float] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether the machine was steady enough for ratios to the ceiling."""
        return not self.ceilings or min(self.ceilings) / max(self.ceilings) >= STEADY

    @property
    def rate(self) -> Spread:
        """Our answers a second."""
        return Spread.of([turn.load.rate for turn in self.ours])

    @property
    def errors(self) -> int:
        """Answers of all rounds that were none, or 400 and above."""
        return sum(turn.load.errors for turn in (*self.ours, *self.raw))

    def spread(self, of: Callable[[Turn], float]) -> Spread:
        """Return the spread of something of our turns."""
        return Spread.of([of(turn) for turn in self.ours])

    def to_ceiling(self) -> Spread | None:
        """Return our rate by the ceiling's, round by round."""
        pairs = zip(self.ours, self.ceilings, strict=False)
        ratios = [turn.load.rate / ceiling for turn, ceiling in pairs]
        return Spread.of(ratios) if ratios else None

    def to_raw(self) -> Spread | None:
        """Return our Python time by the raw view's, round by round."""
        pairs = zip(self.ours, self.raw, strict=False)
        ratios = [ours.python / raw.python for ours, raw in pairs]
        return Spread.of(ratios) if ratios else None


@dataclass(frozen=True)
class Rounds:
    """Where and how long is measured; without a ceiling, only we are."""

    world: World
    ours: Served
    raw: Served | None
    ceiling: Ceiling | None
    rounds: int
    seconds: float
    tell: Callable[[str], None]

    def run(self, scenarios: Sequence[Scenario]) -> Iterator[Outcome]:
        """Measure; scenarios of one group take turns with each other."""
        for _, some in groupby(scenarios, key=lambda one: one.group or one.name):
            yield from self._together(list(some))

    def _together(self, scenarios: Sequence[Scenario]) -> Iterator[Outcome]:
        outcomes, calls = [], []
        for scenario in scenarios:
            try:
                made = scenario.calls(self.world)
            except LookupError as reason:
                self.tell(f"{scenario.name}: left out. {reason}\n")
                continue
            if len(made) < 3 and scenario.once:
                self.tell(f"{scenario.name}: left out, there is nothing to call.\n")
                continue
            asked, made = _asked(scenario, made)
            outcomes.append(Outcome(scenario, asked))
            calls.append(made)
        for outcome, made in zip(outcomes, calls, strict=True):
            self._warm_up(outcome.scenario, made)
        for number in range(self.rounds):
            for outcome, made in zip(outcomes, calls, strict=True):
                self._round(outcome, self._share(outcome, made, number))
                self.tell(
                    f"{outcome.scenario.name}: round {number + 1} of {self.rounds},"
                    f" {outcome.ours[-1].load.rate:,.0f} a second\n"
                )
        yield from outcomes

    def _warm_up(self, scenario: Scenario, calls: Sequence[Call]) -> None:
        """Let every worker read what it reads but once, however long that takes."""
        if scenario.once:
            return
        for server in filter(None, (self.ours, self.raw if scenario.raw else None)):
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                list(pool.map(server.answered, [calls[0]] * (2 * CONNECTIONS)))

    def _share(
        self, outcome: Outcome, calls: Sequence[Call], number: int
    ) -> Sequence[Call]:
        """Return the calls of one round: a part, where each is made but once."""
        if not outcome.scenario.once:
            return calls
        size = len(calls) // self.rounds
        return calls[number * size : (number + 1) * size]

    def _round(self, outcome: Outcome, calls: Sequence[Call]) -> None:
        scenario = outcome.scenario
        if self.ceiling and scenario.ceiling:
            outcome.ceilings.append(
                self.ceiling.tps(scenario.ceiling, seconds=self.seconds)
            )
        outcome.ours.append(self._turn(self.ours, scenario, calls))
        if self.raw and scenario.raw:
            outcome.raw.append(self._turn(self.raw, scenario, calls))

    def _turn(self, server: Served, scenario: Scenario, calls: Sequence[Call]) -> Turn:
        database, python = DatabaseUse.now(), server.cpu()
        load = drive(server.port, calls, seconds=self.seconds, once=scenario.once)
        used, wal = DatabaseUse.now().since(database)
        count = max(1, load.requests)
        return Turn(
            load=load,
            python=(server.cpu() - python) / 1e3 / count,
            database=used / 1e3 / count,
            wal=wal / count,
        )


def _asked(
    scenario: Scenario, calls: Sequence[Call]
) -> tuple[Asked | None, Sequence[Call]]:
    """Look at one of the calls; return what it asks, and the calls that are left."""
    if scenario.mixed:
        return None, calls
    if not scenario.once:
        return ask(calls[0]), calls
    *left, before, last = calls
    return ask(last, before=before), left
