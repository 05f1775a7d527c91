"""Count instances and deliveries for the dashboards of the admin."""

import signal
from argparse import ArgumentParser

from common.commands import ExplainedCommand, number_between
from common.signals import set_by
from events import statistics as deliveries
from instances import statistics


class Command(ExplainedCommand):
    """``manage.py refresh_dashboard``."""

    help = (
        "Count the instances of every application, by state, task and day, and the"
        " deliveries of events, for the dashboards of the admin. Once, or with --every"
        " again and again until SIGTERM."
    )
    examples = ("refresh_dashboard", "refresh_dashboard --every 300")
    failure = "if the database cannot be read"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--every",
            type=number_between(1, 86_400),
            metavar="SECONDS",
            help="count again after so many seconds, 1 to 86400, until SIGTERM",
        )

    def handle(self, *args: object, every: float | None, **options: object) -> None:
        """Count, and print one line each time."""
        with set_by(signal.SIGTERM) as stopped:
            self._count()
            while every is not None and not stopped.wait(every):
                self._count()

    def _count(self) -> None:
        deliveries.refresh()
        self.stdout.write(f"Counted the instances of {statistics.refresh()} apps.")
