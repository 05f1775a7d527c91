"""What the commands share that remove for good."""

from argparse import ArgumentParser

from cleanup.retention import PurgeReport
from common.commands import ExplainedCommand

DRY = "Nothing was removed: a dry run; --execute removes."


class PurgeCommand(ExplainedCommand):
    """A command that only counts, unless it is told otherwise."""

    failure = "if it could not be done; what was removed until then stays removed"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--execute", action="store_true", help="remove what was found, for good"
        )

    def show(self, report: PurgeReport) -> None:
        """Print how far it is, on a line of its own for each batch."""
        self.stderr.write(str(report))

    def conclude(self, report: object, *, execute: bool) -> None:
        """Print one line."""
        self.stdout.write(f"{report} {'' if execute else DRY}".rstrip())
