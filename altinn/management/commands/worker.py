"""Do what rows say is due, until SIGTERM."""

import signal
from argparse import ArgumentParser

from django.core.management.base import CommandError

from altinn import worker
from altinn.rooms_work import WORK
from common.commands import ExplainedCommand, number_between
from common.signals import set_by

_HELP = """\
Do the work that waits in the database, until SIGTERM or SIGINT.

  process   service tasks, which no call waited for or which failed: they are done,
            and the process moves on
  events    what happened is told to who subscribes, by HTTP; see docs/events.md
  data_elements
            malware scans: contents that wait for one are sent to the scanner
  exports   exports that owners ordered: they are written piece by piece, and expire
  cleanup   what recurs: counting for the dashboards, removing what was deleted for
            good, sweeping blobs without a row, pruning old rows

Run as many workers as you like, on any number of machines, beside any servers.
A row is in one worker's hands at a time. One that is killed loses nothing: its row is
free again when the lease ends, after some minutes, and is taken up where it was left.
What fails is tried again after 10 seconds, 20, 40 ... up to an hour, and an export or a
service task that failed ten times in a row is dead: it shows its error, to its owner
and in the admin.

A worker does one thing at a time, but for events, which have threads of their own.
Where one room's work must not wait for another's, run a worker for each:
--rooms process, --rooms exports cleanup.

SIGTERM ends the piece in hand, or gives it back, and then the worker. Logs are JSON on
standard error, one line work_done for each row: work, row, attempt, outcome, seconds.

With ALTINN_EMBEDDED_WORKER a server does the same in one of its processes.
"""


class Command(ExplainedCommand):
    """``manage.py worker``."""

    help = _HELP
    examples = (
        "worker",
        "worker --once --rooms events",
        "worker --rooms exports cleanup --poll 5",
    )
    failure = "if there is no such room"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--rooms",
            nargs="+",
            default=[],
            metavar="ROOM",
            help=f"only the work of these rooms: {', '.join(WORK)} (default: all)",
        )
        parser.add_argument(
            "--once",
            action="store_true",
            help="end when nothing is due any more",
        )
        parser.add_argument(
            "--poll",
            type=number_between(0.05, 3600),
            default=worker.POLL,
            metavar="SECONDS",
            help="how long to wait when nothing is due, 0.05 to 3600 (default: 1)",
        )

    def handle(
        self,
        *args: object,
        rooms: list[str],
        once: bool,
        poll: float,
        **options: object,
    ) -> None:
        """Work, and print one line at the end."""
        unknown = sorted(set(rooms) - WORK.keys())
        if unknown:
            raise CommandError(
                f"There is no room {', '.join(unknown)} with work; there are"
                f" {', '.join(WORK)}."
            )
        with set_by(signal.SIGTERM, signal.SIGINT) as stop:
            total = worker.run(worker.named(rooms), stop=stop, poll=poll, once=once)
        self.stdout.write(f"Had {total} rows in hand.")
