"""manage.py check_issuers: are the keys of every trusted issuer to be had?"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from common.commands import ExplainedCommand
from common.egress import egress
from parties.issuer_file import load_issuers
from parties.issuers import Issuer, IssuerConfigInvalid
from parties.published import DocumentUnusable
from parties.remote_keys import RemoteKeys


class Command(ExplainedCommand):
    """Tries every issuer in the file of trusted issuers."""

    help = (
        "Try every issuer that ALTINN_TRUSTED_ISSUERS names: fetch its keys, as the"
        " server does at the first token, and keep them for all servers of this"
        " installation. Run it after a change of the file."
    )
    examples = ("check_issuers",)
    failure = "if the file has errors or an issuer fails"

    def handle(self, *args: object, **options: object) -> None:
        """Report on each issuer, and count those that fail."""
        path = settings.ALTINN_TRUSTED_ISSUERS
        if not path:
            self.stdout.write(
                "No issuers are trusted besides our own: ALTINN_TRUSTED_ISSUERS is not"
                " set here."
            )
            return
        try:
            issuers = load_issuers(
                Path(path), internal_hosts=settings.ALTINN_INTERNAL_HOSTS
            )
        except IssuerConfigInvalid as error:
            findings = "\n".join(f"  {i.pointer}: {i.detail}" for i in error.issues)
            raise CommandError(f"{path} has errors:\n{findings}") from error
        keys = RemoteKeys(egress())
        failed = sum(not self._try(issuer, keys) for issuer in issuers)
        if failed:
            raise CommandError(f"{failed} of {len(issuers)} issuers failed.")

    def _try(self, issuer: Issuer, remote: RemoteKeys) -> bool:
        self.stdout.write(f"{issuer.iss} ({issuer.kind})")
        if settings.ALTINN_ENVIRONMENT not in issuer.enabled_in:
            environments = ", ".join(sorted(issuer.enabled_in))
            self._say(f"not trusted here; enabled in {environments}")
            return True
        self._say(f"keys from {issuer.key_source or 'the file'}")
        try:
            keys = remote.refresh(issuer) if issuer.key_source else issuer.keys
        except DocumentUnusable as error:
            self._say(f"FAILED: {error.reason}")
            return False
        for kid, key in sorted(keys.items()):
            size = getattr(key.public_key, "key_size", "")
            self._say(f"key {kid} ({key.key_type} {size})")
        self._say(f"ok: {len(keys)} key{'s' if len(keys) != 1 else ''}")
        return True

    def _say(self, text: str) -> None:
        self.stdout.write(f"  {text}")
