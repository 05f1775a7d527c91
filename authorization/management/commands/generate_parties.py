"""``manage.py generate_parties --count N --seed S``."""

import time
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import CommandError

from authorization.errors import GeneratedOtherwise
from authorization.generation import Progress, generate_parties
from common.commands import ExplainedCommand
from parties.synthetic import FIRST_ID, MOST


class Command(ExplainedCommand):
    """Make up parties for tests of size."""

    help = (
        "Make up parties until there are COUNT of them, for tests of size: of every ten"
        " seven are persons, two organisations and one is a sub-unit. Persons are users"
        " too, with their party id for user id, and act for themselves (priv). A person"
        " manages each organisation and its sub-unit (dagl); an accountant keeps the"
        " books of a hundred organisations (regna), so some users have long lists of"
        " parties. All numbers have valid check digits: identity numbers are of the"
        " range that no real person has (month + 80), organisation numbers begin with"
        f" 2. Party and user ids begin at {FIRST_ID}, far above those of imported test"
        " identities. The same seed always makes the same parties, and a longer run"
        " begins with those of a shorter one. Each batch is a transaction: a run that"
        " was broken off is finished by giving the same command again, and a run that"
        " is finished changes nothing. Do not run this on a database that holds real"
        " cases: nothing removes the parties again."
    )
    examples = ("generate_parties --count 1000", "generate_parties --count 50 --seed 7")
    failure = "if those that are there were made with another seed"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--count",
            type=_count,
            required=True,
            metavar="COUNT",
            help=f"how many there shall be when the command ends, 1 to {MOST}",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=1,
            metavar="SEED",
            help="a whole number that decides what is made up (default: 1)",
        )

    def handle(self, *args: object, count: int, seed: int, **options: object) -> None:
        """Make them up, with a line that shows how far it is."""
        began = time.monotonic()
        progress = Progress(0, 0)
        shown = -1
        try:
            for progress in generate_parties(count=count, seed=seed):
                percent = min(100, progress.stored * 100 // count)
                if percent > shown:
                    self._show(progress, count, percent, began)
                    shown = percent
        except GeneratedOtherwise as error:
            raise CommandError(error.detail) from None
        if self.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(
            f"Made {progress.made} parties; there are {progress.stored} made-up ones,"
            f" from party {FIRST_ID} on, of seed {seed}."
        )

    def _show(self, progress: Progress, count: int, percent: int, began: float) -> None:
        """Write the line anew on a terminal, and now and then one elsewhere."""
        on_terminal = self.stderr.isatty()
        if not on_terminal and percent % 10:
            return
        seconds = max(time.monotonic() - began, 0.001)
        rate = round(progress.made / seconds)
        wanted = min(progress.stored, count)  # an earlier run may have made more
        line = f"{percent:3} %  {wanted} of {count} parties, {rate} a second"
        self.stderr.write(line, ending="\r" if on_terminal else "\n")


def _count(text: str) -> int:
    short = text.isascii() and text.isdigit() and len(text) <= len(str(MOST))
    if short and 1 <= int(text) <= MOST:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST}.")
