"""What the app's own code is asked of signing, and what it answers."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from process.hooks import TaskView


@dataclass(frozen=True, slots=True)
class SigneeQuery:
    """A task to sign in that was entered; ``provider`` is the process's name for whom.

    A process with several such tasks tells them apart by it.
    """

    provider: str
    task: "TaskView"


@dataclass(frozen=True, slots=True)
class Signee:
    """Somebody who is to sign: a person or an organisation, by number, never both."""

    person_number: str = field(default="", repr=False)
    organisation_number: str = ""

    def __post_init__(self) -> None:
        """Raise for who cannot be told apart."""
        if not isinstance(self.person_number, str) or not isinstance(
            self.organisation_number, str
        ):
            raise TypeError("numbers are texts")
        if bool(self.person_number) == bool(self.organisation_number):
            raise ValueError("a signee has a person number or an organisation number")
