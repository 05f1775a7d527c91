"""manage.py verify_receipt: are these receipts what they say they are?"""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from django.core.management.base import CommandError
from joserfc.jwk import RSAKey

from common.commands import ExplainedCommand
from receipts import services
from receipts.canonical import canonical
from receipts.verification import (
    MOST_BYTES,
    NotVerified,
    Verified,
    broken_links,
    read_keys,
    verify,
)

_HELP = """Verify receipts of submitted instances.

A receipt says what an instance held when its process ended: the id, type, size
and SHA-256 of each data element, who owns it, which deployment of the application
took it in, and when. It is got at

  GET {application}/instances/{party}/{guid}/receipt

and each names the hash of the receipt before it in its application. Of elements that
are not for all readers there is a commitment in place of size, type and hash; what the
receipt's "disclosures" tell of them is held against that. Of several
FILEs, neighbours in a chain are held against each other too.

Offline, with --keys, nothing is asked but the files: neither the database nor any
network. The keys are published at /authentication/api/v1/openid/receipt-keys on
the platform's host; keep a copy beside the receipts. Without --keys, those of this
installation are taken.

  curl -s ADDRESS/receipt -H "Authorization: Bearer ..." | manage.py verify_receipt -
  sha256sum report.xml       # and compare with the hash that is shown
"""


class Command(ExplainedCommand):
    """Verifies the signatures of receipts, and how they hang together."""

    help = _HELP
    examples = (
        "verify_receipt receipt.json --keys keys.json",
        "verify_receipt first.json second.json",
    )
    failure = "if a receipt does not hold, or a file cannot be read"
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the receipts and, for work offline, the keys."""
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a receipt; - reads it from input"
        )
        parser.add_argument(
            "--keys",
            metavar="FILE",
            help="the public keys, a JWKS; without it, those of this installation",
        )

    def handle(self, *args: object, **options: object) -> None:
        """Say of each receipt whether it holds, and what it says."""
        keys = self._keys(options["keys"])
        held: list[Verified] = []
        failed = 0
        files = list(options["files"])  # type: ignore[call-overload]
        for name in files:
            try:
                held.append(verify(_read(str(name)), keys))
                self._tell(str(name), held[-1])
            except NotVerified as error:
                failed += 1
                self.stdout.write(f"{name}: NOT VERIFIED: {error.reason}")
        for before, after in broken_links(held):
            failed += 1
            self.stdout.write(
                f"NOT VERIFIED: receipt {after.sequence} of {after.application} does"
                f" not follow receipt {before.sequence}."
            )
        if failed:
            raise CommandError(f"{failed} finding(s) in {len(files)} receipt(s).")
        self.stdout.write(f"{len(files)} receipt(s) verified.")

    def _keys(self, path: object) -> Mapping[str, RSAKey]:
        try:
            if path:
                return read_keys(_read(str(path)))
            return read_keys(canonical(services.public_keys()))
        except NotVerified as error:
            raise CommandError(error.reason) from error

    def _tell(self, name: str, found: Verified) -> None:
        document = found.manifest
        self.stdout.write(f"{name}: verified, signed by key {found.kid}")
        for part in ("application", "instance", "party", "issued", "chain"):
            self.stdout.write(f"  {part}: {_shown(document.get(part))}")
        for part in ("elements", "signatures"):
            for one in found.listed(part):
                self.stdout.write(f"  {part}: {_shown(one)}")


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {member}" for name, member in value.items())
    return str(value)


def _read(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
