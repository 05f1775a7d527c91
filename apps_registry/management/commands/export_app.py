"""Write an application's deployment as the config folder that it was imported from."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from django.core.management.base import CommandError

from apps_registry import deployments
from common.commands import ExplainedCommand
from common.errors import DomainError


class Command(ExplainedCommand):
    """``manage.py export_app org/app PATH``."""

    help = (
        "Write the files of an application's deployment into a new or empty folder,"
        " below App/ as Altinn's tools have it, byte for byte as they were imported:"
        " importing that folder again is the same deployment."
    )
    examples = (
        "export_app nav/app2018 /tmp/app2018",
        "export_app nav/app2018 /tmp/app2018-before --deployment 1",
    )
    failure = (
        "if there is no such application or deployment, or the folder has something in"
        " it or cannot be written"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("app_id", metavar="org/app", help="the application")
        parser.add_argument("path", type=Path, help="a folder that is new or empty")
        parser.add_argument(
            "--deployment", type=int, help="its number; the one served by default"
        )

    def handle(
        self,
        *args: object,
        app_id: str,
        path: Path,
        deployment: int | None,
        **options: object,
    ) -> None:
        """Write the files, and print one line."""
        org, _, app = app_id.partition("/")
        try:
            files = deployments.files_of(org, app, number=deployment)
        except DomainError as error:
            raise CommandError(error.detail) from None
        try:
            _write(files, path)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror}); name another folder."
            ) from None
        self.stdout.write(f"{app_id}: {len(files)} files in {path}")


def _write(files: Mapping[str, bytes], path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise CommandError(f"{path} is there and not an empty folder.")
    for name, content in files.items():
        file = path / "App" / name  # a path that import found relative and plain
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
