"""Find the blobs that a crash left behind."""

import signal
from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from cleanup import services


class Command(BaseCommand):
    """``manage.py sweep_blobs``."""

    help = (
        "Find blobs that no data element points to: what an upload left that was broken"
        " off by a crash. A dry run that only counts, unless --execute is given."
        " SIGTERM ends it after the batch it is in; running it again goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--older-than",
            type=float,
            default=24.0,
            metavar="HOURS",
            help="look only at blobs older than this; younger ones may still be"
            " uploading (default: 24)",
        )
        parser.add_argument(
            "--execute", action="store_true", help="remove what was found, for good"
        )

    def handle(
        self, *args: object, older_than: float, execute: bool, **options: object
    ) -> None:
        """Sweep, and print one line."""
        stopped: list[int] = []
        previous = signal.signal(
            signal.SIGTERM, lambda number, _: stopped.append(number)
        )
        try:
            report = services.sweep_blobs(
                older_than=timezone.now() - timedelta(hours=older_than),
                execute=execute,
                stop=lambda: bool(stopped),
            )
        finally:
            signal.signal(signal.SIGTERM, previous)
        done = (
            f"removed {report.removed}"
            if execute
            else "removed none (dry run; --execute removes)"
        )
        self.stdout.write(
            f"Looked at {report.looked_at} blobs, found {report.found} orphans"
            f" ({report.size} bytes), {done}."
        )
