"""``manage.py import_parties PATH``."""

import time
from argparse import ArgumentParser
from pathlib import Path
from textwrap import dedent

from django.core.management.base import CommandError

from authorization.errors import RegisterChanged
from authorization.register_import import Progress, RegisterReport, import_register
from authorization.seeding import import_seed_folder
from common.commands import ExplainedCommand
from common.errors import Issue
from parties.errors import SeedFolderRefused
from parties.register_columns import Kind
from parties.register_files import register_files

_EVERY = 2.0  # seconds between lines of progress
_HELP = """
Import parties, users and their roles.

PATH is one of
  a folder with persons.csv, organisations.csv, users.csv, roles.csv and parties.json,
  or some of them; or one such file;
  a .json file with the lists persons, organisations, users and roles, or some of them,
  or with the test users that an application brings along (test-users.schema.v1);
  a folder of test identities as Altinn's local test platform has it, with
  Register/{Party,Person,Org}, Profile/User, authorization/{partylist,roles,systems} and
  orgs.json, or some of them;
  a folder of Tenor's downloads, freg.*.kildedata.json and brreg-er-fr.*.kildedata.json.

docs/parties.md says which columns and members there are, with examples. CSV is UTF-8,
with a header line and commas or semicolons. Files of any size are read row by row.

What is stored already is changed in place, what a row does not state stays, nothing is
deleted, and importing the same again changes nothing. It is all one transaction: if
anything is wrong, every finding is listed with its file, row and column, and nothing is
stored. The check digits of identity and organisation numbers are judged, except in test
identities of Altinn's two forms, some of which have wrong ones, and of Tenor.
"""


class Command(ExplainedCommand):
    """Import parties, users and roles."""

    examples = (
        "import_parties samples/parties",
        "import_parties persons.csv --dry-run",
        "import_parties ~/tenor",
    )
    failure = "if anything is wrong; nothing is stored then"
    help = dedent(_HELP).strip()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the path."""
        parser.add_argument(
            "path", type=Path, metavar="PATH", help="the file or folder to import"
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="read and check everything, say what would change, store nothing",
        )
        parser.add_argument(
            "--any-check-digits",
            action="store_true",
            help="take numbers with wrong check digits too, for made-up registers",
        )

    def handle(
        self, *, path: Path, dry_run: bool, any_check_digits: bool, **options: object
    ) -> None:
        """Import and print one line."""
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        try:
            files = register_files(path)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if files:
            judged = not any_check_digits
            line = self._import_files(files, dry_run=dry_run, check_digits=judged)
        elif path.is_dir():
            line = _import_folder(path, dry_run=dry_run)
        else:
            raise CommandError(
                f"{path} is neither .csv nor .json, nor a folder; see --help."
            )
        self.stdout.write(f"{'Would import' if dry_run else 'Imported'} {line}")

    def _import_files(
        self,
        files: list[tuple[Path, Kind | None]],
        *,
        dry_run: bool,
        check_digits: bool,
    ) -> str:
        began = shown = time.monotonic()

        def show(progress: Progress) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= _EVERY:
                shown = now
                self._show(progress, now - began)

        try:
            report = import_register(
                files,
                check_digits=check_digits,
                dry_run=dry_run,
                note=self._note,
                show=show,
            )
        except (RegisterChanged, OSError) as error:
            raise CommandError(str(error)) from None
        if report.findings:
            raise CommandError(
                f"{report.findings} error(s) in {report.rows} rows; nothing was stored."
            )
        return _imported(report)

    def _note(self, issue: Issue) -> None:
        self.stderr.write(f"  {issue.pointer}: {issue.code}: {issue.detail}")

    def _show(self, progress: Progress, seconds: float) -> None:
        """Write the line anew on a terminal, and one after another elsewhere."""
        percent = progress.read * 100 // (progress.size or 1)
        rate = round(progress.rows / seconds)
        line = f"{progress.file}: {percent:3} %, {progress.rows} rows, {rate} a second"
        self.stderr.write(line, ending="\r" if self.stderr.isatty() else "\n")


def _imported(report: RegisterReport) -> str:
    return (
        f"{report.parties} parties ({report.parties_written} new or changed),"
        f" {report.profiles} users ({report.profiles_written} new or changed) and"
        f" {report.roles} roles ({report.roles_added} new) from {report.rows} rows."
    )


def _import_folder(path: Path, *, dry_run: bool) -> str:
    try:
        report = import_seed_folder(path, dry_run=dry_run)
    except SeedFolderRefused as error:
        findings = [
            f"  {issue.pointer}: {issue.code}: {issue.detail}" for issue in error.issues
        ]
        raise CommandError("\n".join([error.detail, *findings])) from None
    parties = report.parties
    line = (
        f"{parties.parties} parties ({parties.parties_written} new or changed),"
        f" {parties.profiles} users ({parties.profiles_written} new or changed),"
        f" {report.roles} roles ({report.roles_added} new),"
        f" {report.system_users} system users and {report.orgs} service owners."
    )
    if report.not_read:
        line += f" Not read: {', '.join(report.not_read)}."
    return line
