"""Import an application's Altinn config folder."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps_registry import services
from apps_registry.errors import AppFolderRefused
from common.errors import DomainError


class Command(BaseCommand):
    """``manage.py import_app PATH``."""

    help = (
        "Import an application from its Altinn config folder (the one that holds"
        " config/, or one that has it under App/) as a new, numbered deployment, and"
        " serve it. Everything wrong with the folder is listed; nothing is stored then."
        " Running servers follow within about a second."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="the application's folder")
        parser.add_argument("--org", default="", help="fills the placeholder [ORG]")
        parser.add_argument("--app", default="", help="fills the placeholder [APP]")
        parser.add_argument(
            "--label", default="", help="a note kept with the deployment"
        )

    def handle(
        self,
        *args: object,
        path: Path,
        org: str,
        app: str,
        label: str,
        **options: object,
    ) -> None:
        """Import, and print one line."""
        try:
            report = services.import_app(
                path, org=org, app=app, label=label, by="command line"
            )
        except AppFolderRefused as error:
            lines = [
                f"  {issue.pointer}  {issue.code}: {issue.detail}"
                for issue in error.issues
            ]
            raise CommandError("\n".join([error.detail, *lines])) from None
        except DomainError as error:
            raise CommandError(error.detail) from None
        for warning in report.warnings:
            self.stderr.write(
                f"warning: {warning.pointer}  {warning.code}: {warning.detail}"
            )
        outcome = "imported" if report.created else "was imported before; serving"
        self.stdout.write(
            f"{report.app_id}: {outcome} deployment {report.number} ({report.files}"
            " files)"
        )
