"""manage.py rotate_signing_key: a new key for the tokens that this server issues."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from common.commands import ExplainedCommand
from parties.key_rotation import (
    KeyTooNew,
    NoNextKey,
    publish_next,
    sign_with_next,
    utc_now,
)
from parties.keys import KeyRing, SigningKeyUnusable, key_ring

_HELP = """\
Give the server a new key to sign its tokens with, without refusing a token.

Run it twice, a day apart. From cron, once a week gives a new key every other week:

  1. The first run makes the next key and publishes it in the key set. It does not sign
     yet: others may keep the key set that they have for 24 hours.
  2. A run 24 hours later lets it sign. The old key stays in the key set until the last
     token that it may have signed has expired, which is another 24 hours.

A run in between changes nothing. Servers follow without a
restart, on every machine that shares ALTINN_KEYS_DIR.

If a key has leaked, waiting is worse than refusing: use --now, and then remove the
file previous-*.pem of that key from ALTINN_KEYS_DIR, which ends all its tokens.
"""


class Command(ExplainedCommand):
    """Makes the next key, or lets it sign."""

    examples = (
        "rotate_signing_key --status",
        "rotate_signing_key",
        "rotate_signing_key --now",
    )
    failure = "if it is too early, or the folder of keys cannot be used"
    help = _HELP

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--now",
            action="store_true",
            help="sign with a new key at once; others refuse its tokens until they"
            " fetch the key set again",
        )
        choice.add_argument(
            "--status", action="store_true", help="list the keys and change nothing"
        )

    def handle(self, *args: object, **options: object) -> None:
        """Do the next step."""
        directory = Path(settings.ALTINN_KEYS_DIR).absolute()
        try:
            if not options["status"]:
                self._rotate(directory, at_once=bool(options["now"]))
            self._list(directory, key_ring(directory))
        except SigningKeyUnusable as error:
            raise CommandError(error.detail) from error

    def _rotate(self, directory: Path, *, at_once: bool) -> None:
        now = utc_now()
        if not at_once and not key_ring(directory).upcoming:
            made = publish_next(directory, now=now)
            self.stdout.write(f"Published the next key, {made.keys.kid}.")
            self.stdout.write(f"Run this again after {_text(made.at)} to sign with it.")
            return
        try:
            ring = sign_with_next(directory, now=now, too_early=at_once)
        except KeyTooNew as error:
            raise CommandError(
                f"Nothing was changed: the next key, {error.key.keys.kid}, may sign"
                f" from {_text(error.key.at)}. Run this again then, or use --now."
            ) from None
        except NoNextKey:
            self.stdout.write("Another run has let the next key sign a moment ago.")
            return
        self.stdout.write(f"Tokens are signed with {ring.current.kid} from now on.")
        if at_once:
            self.stderr.write(
                self.style.WARNING(
                    "Warning: others refuse them until they fetch the key set again,"
                    " which may take 24 hours."
                )
            )

    def _list(self, directory: Path, ring: KeyRing) -> None:
        self.stdout.write(f"Keys in {directory}:")
        self.stdout.write(f"  current   {ring.current.kid}  signs")
        for key in ring.upcoming:
            self.stdout.write(f"  next      {key.keys.kid}  signs from {_text(key.at)}")
        for key in ring.previous:
            until = _text(key.at)
            self.stdout.write(f"  previous  {key.keys.kid}  verifies until {until}")


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
