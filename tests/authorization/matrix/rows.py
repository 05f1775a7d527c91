"""What a table of the matrix is made of: calls, rows and their cells.

Addresses and bodies hold names in braces; what a name stands for is made when it is
first asked for (fixture.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

APP, APP2 = "ttd/authz-matrix", "other/app2"
P, Q = 500000, 500005
EVENT_CODE, PAYMENT_CODE = "code-of-the-events", "code-of-the-payments"
ORG_NUMBERS = {P: "353801961", Q: "305388807"}
COLUMNS = ("AN", "OA", "OB", "OX", "EN", "UR", "UW", "UN", "SU", "SN")
PLATFORM_COLUMNS = ("AN", "OA", "UW", "SU", "PA", "SD")
# The organisations and system users, which Maskinporten gives tokens to.
MACHINES = ("OA", "OB", "OX", "EN", "SU", "SN")
# Whose column of the tables a caller beyond them has.
SAME_AS = {"PA": "AN", "SD": "EN", "U1": "UN", "U0": "UN", "US": "UW", "XX": "AN"}

PDF: dict[str, Any] = {
    "content_type": "application/pdf",
    "filename": "a.pdf",
    "body": "%PDF",
}


@dataclass
class AppFiles:
    """An application's metadata and policy, to be changed before it is deployed."""

    metadata: dict[str, object]
    policy: str


@dataclass(frozen=True)
class Call:
    """One request. ``given`` is the state of the instance before it.

    ``after`` is what the director calls before it, once the instance is in that state.
    """

    method: str
    path: str
    json: object = None
    body: str = ""
    content_type: str = ""
    filename: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    given: str = "Task_1"
    times: int = 1
    after: tuple["Call", ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of a table: its id, its cells as printed there, and what is called.

    ``later`` says why the calls are not served yet: then no cell may come out right,
    or none of those in ``later_for``.
    ``stays`` names, by the status of the refusal, a task that a refused call may leave
    the instance in all the same.
    ``app`` changes the application's files for this row alone. ``beyond`` has the cells
    of callers beyond the columns where they are not those of ``SAME_AS``.
    """

    id: str
    cells: str
    calls: tuple[Call, ...]
    later: str = ""
    later_for: tuple[str, ...] = ()
    app: Callable[[AppFiles], None] | None = None
    stays: Mapping[str, str] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = COLUMNS

    @property
    def is_asked_by_all(self) -> bool:
        """Whether callers beyond the columns ask too; not what is not served at all."""
        return self.columns == COLUMNS and (not self.later or bool(self.later_for))

    def is_later(self, caller: str) -> bool:
        """Whether the caller's cell waits for calls that are not served yet."""
        return bool(self.later) and (not self.later_for or caller in self.later_for)

    def cell(self, caller: str) -> str:
        """Return the caller's cell."""
        if caller in self.beyond:
            return self.beyond[caller]
        cells = [cell.strip() for cell in self.cells.split("|")]
        assert len(cells) == len(self.columns), self.id
        return cells[self.columns.index(self._column(caller))]

    def _column(self, caller: str) -> str:
        return caller if caller in self.columns else SAME_AS.get(caller, caller)


def get(path: str, **more: Any) -> Call:  # the fields of a call, which checks them
    """GET."""
    return Call("GET", path, **more)


def post(path: str, **more: Any) -> Call:  # as above
    """POST."""
    return Call("POST", path, **more)


def put(path: str, **more: Any) -> Call:  # as above
    """PUT."""
    return Call("PUT", path, **more)


def patch(path: str, **more: Any) -> Call:  # as above
    """PATCH."""
    return Call("PATCH", path, **more)


def delete(path: str, **more: Any) -> Call:  # as above
    """DELETE."""
    return Call("DELETE", path, **more)
