"""Find the blobs that a crash left behind."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import CommandError
from django.utils import timezone

from cleanup import services
from cleanup.errors import NothingBelongs
from cleanup.management.purging import PurgeCommand
from common.commands import number_between
from common.signals import stoppable
from data_elements.errors import StorageUnavailable


class Command(PurgeCommand):
    """``manage.py sweep_blobs``."""

    help = (
        "Find blobs that no data element points to: what an upload left that was broken"
        " off by a crash. A dry run that only counts, unless --execute is given."
        " SIGTERM ends it after the batch it is in; running it again goes on."
    )
    examples = ("sweep_blobs", "sweep_blobs --older-than 48 --execute")
    failure = (
        "if the store cannot be read, or the database knows too few of the blobs (see"
        " --force)"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--older-than",
            type=number_between(0, 1_000_000),
            default=24.0,
            metavar="HOURS",
            help="look only at blobs older than so many hours, 0 to 1000000; younger"
            " ones may still be uploading (default: 24)",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="remove many though the database knows none of them",
        )

    def handle(
        self,
        *args: object,
        older_than: float,
        execute: bool,
        force: bool,
        **options: object,
    ) -> None:
        """Sweep, and print one line."""
        try:
            with stoppable() as stop:
                report = services.sweep_blobs(
                    older_than=timezone.now() - timedelta(hours=older_than),
                    execute=execute,
                    force=force,
                    stop=stop,
                )
        except NothingBelongs as error:
            raise CommandError(f"{error.detail} (--force removes them.)") from None
        except StorageUnavailable as error:
            raise CommandError(
                f"{error.detail} Run it again: what was removed stays removed."
            ) from None
        done = (
            f"removed {report.found}"
            if execute
            else "removed none (dry run; --execute removes)"
        )
        self.stdout.write(
            f"Looked at {report.looked_at} blobs, found {report.found} orphans"
            f" ({report.size} bytes), {done}."
        )
