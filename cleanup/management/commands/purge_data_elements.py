"""Remove data elements that were marked deleted for good."""

from django.utils import timezone

from cleanup import retention
from cleanup.management.purging import PurgeCommand
from common.signals import stoppable


class Command(PurgeCommand):
    """``manage.py purge_data_elements``."""

    help = (
        "Find data elements that were marked deleted seven days ago, of instances that"
        " their organisation confirmed seven days ago. A dry run that only counts,"
        " unless --execute is given. SIGTERM ends it after the batch it is in; running"
        " it again goes on. The worker does it every hour."
    )
    examples = ("purge_data_elements", "purge_data_elements --execute")

    def handle(self, *args: object, execute: bool, **options: object) -> None:
        """Purge, and print one line."""
        with stoppable() as stop:
            report = retention.purge_data_elements(
                now=timezone.now(), execute=execute, stop=stop, progress=self.show
            )
        self.conclude(report, execute=execute)
