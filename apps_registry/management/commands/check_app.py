"""Check an application's config folder and store nothing."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import CommandError

from apps_registry.app_check import check_folder
from apps_registry.app_folder import read_folder
from apps_registry.errors import AppFolderRefused
from apps_registry.findings import Report
from common.commands import ExplainedCommand


class Command(ExplainedCommand):
    """``manage.py check_app PATH``."""

    # It looks at the folder alone, so it runs where no server is set up, as in CI.
    requires_system_checks = ()
    help = (
        "List everything that is wrong with an application's Altinn config folder (the"
        " one that holds config/, or one that has it under App/): file, line or JSON"
        " pointer, what, and how to mend it. Errors keep a folder from being imported,"
        " warnings do not. Nothing is stored, and no database or setting is needed."
    )
    examples = (
        "check_app samples/nav/app2018",
        "check_app ~/my-app --org ttd --app my-app",
    )
    failure = "if there is an error in the folder"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="the application's folder")
        parser.add_argument("--org", default="", help="fills the placeholder [ORG]")
        parser.add_argument("--app", default="", help="fills the placeholder [APP]")

    def handle(
        self, *args: object, path: Path, org: str, app: str, **options: object
    ) -> None:
        """Print the report; end with 1 if there is an error."""
        try:
            checked = check_folder(read_folder(path), org=org, app=app)
        except AppFolderRefused as error:
            raise CommandError(error.report.text()) from None
        if checked.warnings:
            self.stdout.write(Report((), checked.warnings).text())
        self.stdout.write(f"{checked.definition.app_id}: no errors")
