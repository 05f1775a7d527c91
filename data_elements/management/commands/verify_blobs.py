"""Compare every content with what its row says."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from uuid import UUID

from django.core.management.base import CommandError

from common.commands import ExplainedCommand
from common.signals import stoppable
from data_elements import verification
from data_elements.errors import StorageUnavailable
from data_elements.verification import Extent, Looked

_BAR = 30  # characters
_BETWEEN_SAVES = 5  # seconds
_BAD, _UNREADABLE = 1, 2


@dataclass
class _State:
    """Where a run is, so that another goes on there."""

    after: str = ""
    elements: int = 0
    size: int = 0
    bad: int = 0

    @classmethod
    def read(cls, path: Path | None) -> Self:
        try:
            if path is None or not path.exists():
                return cls()
            state = cls(**json.loads(path.read_text()))
            UUID(state.after)
        except OSError as error:
            raise _unusable(path, error) from None
        except (AttributeError, TypeError, ValueError) as error:
            raise CommandError(
                f"{path} is no state of this command ({error}); name another file, or"
                " remove it to begin anew."
            ) from None
        return state

    def save(self, path: Path | None) -> None:
        if path is not None and self.after:
            beside = path.with_name(path.name + ".new")
            try:
                beside.write_text(json.dumps(asdict(self)))
                beside.replace(path)
            except OSError as error:
                raise _unusable(path, error) from None

    def note(self, one: Looked) -> None:
        self.after = str(one.element)
        self.elements += 1
        self.size += one.size
        self.bad += bool(one.finding)


class Command(ExplainedCommand):
    """``manage.py verify_blobs``."""

    help = (
        "Read the contents of data elements and compare them with the size and SHA-256"
        " that their rows have. Prints each that is not as it must be. SIGTERM"
        " ends it after the content it is at."
    )
    examples = (
        "verify_blobs",
        "verify_blobs --sample 1",
        "verify_blobs --state /var/tmp/verify.json",
    )
    failure = "if a content is not as it must be; 2 if the store cannot be read"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--sample",
            type=_percent,
            default=100.0,
            metavar="PERCENT",
            help="look at so many of a hundred contents, chosen by chance; above 0, at"
            " most 100 (default)",
        )
        parser.add_argument(
            "--state",
            type=Path,
            metavar="FILE",
            help="keep in this file how far it is, and go on there if it exists; it is"
            " removed at the end",
        )
        parser.add_argument(
            "--progress",
            action="store_true",
            help="show a bar though standard error is no terminal",
        )

    def handle(
        self,
        *args: object,
        sample: float,
        state: Path | None,
        progress: bool,
        **options: object,
    ) -> None:
        """Verify; print the findings and one line."""
        shows = progress or self.stderr.isatty()
        at = _State.read(state)
        with stoppable() as stopping:
            try:
                self._verify(
                    at, share=sample / 100, state=state, shows=shows, stop=stopping
                )
            except StorageUnavailable as error:
                raise CommandError(
                    f"{error.detail} Looked at {at.elements} contents until then.",
                    returncode=_UNREADABLE,
                ) from None
            finally:
                at.save(state)
        if not stopping() and state is not None:
            state.unlink(missing_ok=True)
        how_far = "Stopped after" if stopping() else "Looked at"
        summary = f"{how_far} {at.elements} contents ({at.size} bytes), {at.bad} bad."
        if at.bad:
            raise CommandError(summary, returncode=_BAD)
        self.stdout.write(summary)

    def _verify(
        self,
        at: _State,
        *,
        share: float,
        state: Path | None,
        shows: bool,
        stop: Callable[[], bool],
    ) -> None:
        after = UUID(at.after) if at.after else None
        left = verification.extent(after=after) if shows else Extent(0, 0)
        whole = at.size + round(left.size * share)
        saved = time.monotonic()
        for one in verification.verify(after=after, share=share, stop=stop):
            at.note(one)
            if one.finding:
                self.stdout.write(
                    f"{one.finding}: data element {one.element} of instance"
                    f" {one.instance}, blob {one.key}"
                )
            if one.finding or time.monotonic() - saved > _BETWEEN_SAVES:
                at.save(state)
                saved = time.monotonic()
            if shows:
                self.stderr.write(_bar(at, whole), ending="")
        if shows:
            self.stderr.write("")


def _bar(at: _State, whole: int) -> str:
    part = min(1.0, at.size / max(whole, 1))
    filled = round(part * _BAR)
    drawn = "#" * filled + "." * (_BAR - filled)
    return f"\r[{drawn}] {part:4.0%}  {at.elements} contents, {at.bad} bad"


def _unusable(path: Path | None, error: OSError) -> CommandError:
    return CommandError(
        f"{path} cannot hold the state ({error.strerror}); name another file."
    )


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 100:
        raise ArgumentTypeError(f"{text!r} is no number above 0, and at most 100")
    return value
