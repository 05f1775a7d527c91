"""Remove rows past their time."""

from django.utils import timezone

from cleanup.management.purging import PurgeCommand
from cleanup.pruning import prune


class Command(PurgeCommand):
    """``manage.py prune_rows``."""

    help = (
        "Find rows that nobody reads any more: malware scans that are done, answers"
        " kept for calls that are sent again, sessions that have ended, leases of the"
        " owners' queues that ended a day ago and whose instance is confirmed,"
        " deliveries that ended and subscriptions nobody uses after"
        " ALTINN_DELIVERIES_KEPT_DAYS, and events after ALTINN_EVENTS_KEPT_DAYS. A dry"
        " run that only counts, unless --execute is given. The worker does it every"
        " day."
    )
    examples = ("prune_rows", "prune_rows --execute")

    def handle(self, *args: object, execute: bool, **options: object) -> None:
        """Prune, and print one line."""
        self.conclude(prune(now=timezone.now(), execute=execute), execute=execute)
