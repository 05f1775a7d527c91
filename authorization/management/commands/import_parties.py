"""``manage.py import_parties PATH``."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from authorization.seeding import import_seed_folder
from parties.errors import SeedFolderRefused


class Command(BaseCommand):
    """Import a folder of test identities."""

    help = (
        "Import a folder of test identities: parties, the users of the register, the"
        " roles that users hold for parties, system users with the actions that are"
        " delegated to them, and service owners. What is stored already is changed in"
        " place, nothing is deleted, and importing the same folder again changes"
        " nothing. If anything in the folder is wrong, every finding is listed and"
        " nothing is stored. Check digits of identity and organisation numbers are not"
        " judged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument(
            "path",
            type=Path,
            metavar="PATH",
            help=(
                "the folder that holds Register/{Party,Person,Org}, Profile/User,"
                " authorization/{partylist,roles,systems} and orgs.json, or some of"
                " them"
            ),
        )

    def handle(self, *, path: Path, **options: object) -> None:
        """Import and print one line."""
        try:
            report = import_seed_folder(path)
        except SeedFolderRefused as error:
            findings = [f"  {issue.pointer}: {issue.detail}" for issue in error.issues]
            raise CommandError("\n".join([error.detail, *findings])) from None
        parties = report.parties
        line = (
            f"Imported {parties.parties} parties ({parties.parties_written} new or"
            f" changed), {parties.profiles} users ({parties.profiles_written} new or"
            f" changed), {report.roles} roles ({report.roles_added} new),"
            f" {report.system_users} system users and {report.orgs} service owners."
        )
        if report.not_read:
            line += f" Not read: {', '.join(report.not_read)}."
        self.stdout.write(line)
