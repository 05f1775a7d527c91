"""Remove hard-deleted instances for good."""

from argparse import ArgumentParser

from django.core.management.base import CommandError
from django.utils import timezone

from apps_registry import catalogue
from apps_registry.errors import AppNotFound, AppUnreadable
from cleanup import retention
from cleanup.management.purging import PurgeCommand
from common.signals import stoppable
from instances.models import Instance


class Command(PurgeCommand):
    """``manage.py purge_instances``."""

    help = (
        "Find instances that were deleted for good and can be removed: active ones at"
        " once, archived ones when they were deleted and confirmed seven days ago. A"
        " dry run that only counts, unless --execute is given. SIGTERM ends it after"
        " the batch it is in; running it again goes on. The worker does it every hour."
    )
    examples = (
        "purge_instances",
        "purge_instances --execute",
        "purge_instances --app ttd/my-app --execute",
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--app",
            metavar="ORG/APP",
            help="all instances of this app instead, whatever their state, with their"
            " history",
        )

    def handle(
        self, *args: object, execute: bool, app: str | None, **options: object
    ) -> None:
        """Purge, and print one line."""
        if app is not None and not _is_known(app):
            raise CommandError(
                f"There is neither an application {app!r} nor an instance of it; say"
                " ORG/APP as the list of applications has it."
            )
        with stoppable() as stop:
            if app:
                report = retention.purge_app(
                    app_id=app, execute=execute, stop=stop, progress=self.show
                )
            else:
                report = retention.purge_instances(
                    now=timezone.now(), execute=execute, stop=stop, progress=self.show
                )
        self.conclude(report, execute=execute)


def _is_known(app_id: str) -> bool:
    org, _, app = app_id.partition("/")
    try:
        catalogue.definition_of(org, app)
    except AppUnreadable:
        return True
    except AppNotFound:  # it may have been deleted, and its instances not
        return Instance.objects.filter(app_id=app_id).exists()
    return True
