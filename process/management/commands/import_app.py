"""Import an application's Altinn config folder."""

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path

from django.core.management.base import CommandError

from apps_registry import services
from apps_registry.choices import MAX_LABEL
from apps_registry.deployments import ImportReport
from apps_registry.errors import AppFolderRefused
from apps_registry.findings import Report
from common.commands import ExplainedCommand, operator
from common.errors import DomainError
from process.deployments import InstancesStranded, spare_instances

_NO_NUMBER = (
    "  {org} has no organisation number here: nobody comes in as its service owner.\n"
    "      Give it one in the admin under Orgs, or by import_parties (orgs.json)."
)


class Command(ExplainedCommand):
    """``manage.py import_app PATH``."""

    help = """Import an application from its Altinn config folder (the one that holds
config/, or one that has it under App/) as a new, numbered deployment, and serve
it. Everything wrong with the folder is listed; nothing is stored then. Running
servers follow within about a second.

Content that was deployed before makes no new deployment. If another deployment
has taken its place since, it stays in place: what is served is never undone by
importing an old folder once more. Say --activate to go back to it all the same.
"""
    examples = (
        "import_app samples/nav/app2018",
        "import_app ~/my-app --org ttd --app my-app --label 'release 7'",
        "import_app ~/my-app --no-activate",
    )
    failure = "if the folder has errors, or running instances would be stranded"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="the application's folder")
        parser.add_argument("--org", default="", help="fills the placeholder [ORG]")
        parser.add_argument("--app", default="", help="fills the placeholder [APP]")
        parser.add_argument(
            "--label", default="", help="a note kept with the deployment"
        )
        parser.add_argument(
            "--activate",
            action=BooleanOptionalAction,
            help="serve it, even if it was deployed before and replaced since; or store"
            " it alone, and leave what is served (default: serve what is new)",
        )
        parser.add_argument(
            "--force",
            action="store_true",
            help="serve it although running instances are stranded by that",
        )

    def handle(
        self,
        *args: object,
        path: Path,
        org: str,
        app: str,
        label: str,
        activate: bool | None,
        force: bool,
        **options: object,
    ) -> None:
        """Import, and say what came of it."""
        if len(label) > MAX_LABEL:
            raise CommandError(
                f"A label may have {MAX_LABEL} characters; this one has {len(label)}."
            )
        if force and activate is None:
            activate = True
        try:
            report = services.import_app(
                path,
                org=org,
                app=app,
                label=label,
                by=operator(),
                activate=activate,
                guard=spare_instances(force=force),
            )
        except AppFolderRefused as error:
            text = f"{error.detail}\n{error.report.text()}"
            raise CommandError(text) from None
        except InstancesStranded as error:
            raise CommandError(_stranded(error)) from None
        except DomainError as error:
            raise CommandError(error.detail) from None
        if report.warnings:
            self.stderr.write(Report((), report.warnings).text())
        self.stdout.write(f"{report.app_id}: {_told(report)}")
        owner = report.app_id.partition("/")[0]
        if not services.number_of_service_owner(owner):
            self.stderr.write(_NO_NUMBER.format(org=owner))
        if not report.created and not report.served and activate is None:
            self.stdout.write("  Say --activate to serve it again.")


def _told(report: ImportReport) -> str:
    files = f"({report.files} files)"
    if report.created:
        stored = "" if report.served else ", not served"
        return f"imported deployment {report.number}{stored} {files}"
    if report.served:
        return f"was imported before; serving deployment {report.number} {files}"
    return f"was imported before as deployment {report.number}, not served now {files}"


def _stranded(error: InstancesStranded) -> str:
    listed = error.members["strandedInstances"]
    assert isinstance(listed, list)  # noqa: S101  the error's own list
    more = "Say --force to serve it all the same, --no-activate to store it alone."
    return "\n".join([error.detail, *(f"  {one}" for one in listed), more])
