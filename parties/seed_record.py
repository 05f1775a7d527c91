"""One JSON object of a folder of test identities, read leniently, with its findings."""

import json
import uuid
from collections.abc import Iterable, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from common.errors import Issue
from parties.numbers import LARGEST_ID, whole_number

_MISSING = object()
_TRUTH = {"true": True, "false": False}
_NO_UUID = uuid.UUID(int=0)
Choice = TypeVar("Choice", bound=IntEnum)


class SeedRecord:
    """Reads members by name in any case; an absent or null one is empty.

    ``pointer`` is the place of the object: ``Register/Party/500000.json#/person``.
    """

    def __init__(
        self, members: Mapping[str, object], *, pointer: str, issues: list[Issue]
    ) -> None:
        self.pointer = pointer
        self.issues = issues
        self._members = {name.casefold(): value for name, value in members.items()}

    @property
    def file(self) -> str:
        """The file that the object stands in."""
        return self.pointer.partition("#")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The members that there are, in lower case."""
        return tuple(self._members)

    def note(self, code: str, detail: str, *, member: str = "") -> None:
        """Note a finding about the object, or about one member of it."""
        pointer = f"{self.pointer}/{member}" if member else self.pointer
        self.issues.append(Issue(pointer, code, detail))

    def text(self, name: str) -> str:
        """Return a text; a number is a text as well."""
        value = self._get(name)
        if isinstance(value, str):
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        self._expect("a text", name, value)
        return ""

    def texts(self, names: Iterable[str]) -> dict[str, str]:
        """Return those of the members that are not empty, under the names given."""
        found = {name: self.text(name) for name in names}
        return {name: text for name, text in found.items() if text}

    def digits(self, name: str, *, length: int) -> str:
        """Return a text of so many digits; check digits are not judged."""
        number = self.text(name)
        if number and not (
            len(number) == length and number.isascii() and number.isdigit()
        ):
            detail = (
                f"Expected {length} digits, found {len(number)} characters; mend the"
                " number."
            )
            self.note("number-malformed", detail, member=name)
            return ""
        return number

    def number(self, name: str) -> int | None:
        """Return an id or another whole number, which may be written as a text."""
        value = self._get(name)
        number = whole_number(value) if isinstance(value, str) else value
        if isinstance(number, bool) or not isinstance(number, int):
            number = -1
        if 0 <= number <= LARGEST_ID:
            return number
        self._expect(f"a whole number from 0 to {LARGEST_ID}", name, value)
        return None

    def flag(self, name: str) -> bool | None:
        """Return a truth value, which may be written as a text."""
        value = self._get(name)
        if isinstance(value, str):
            value = _TRUTH.get(value.casefold(), value)
        if isinstance(value, bool):
            return value
        self._expect("true or false", name, value)
        return None

    def uuid(self, name: str) -> uuid.UUID | None:
        """Return a UUID; the one of zeros is none."""
        text = self.text(name)
        try:
            value = uuid.UUID(text) if text else _NO_UUID
        except ValueError:
            self._expect("a UUID", name, text)
            return None
        return None if value == _NO_UUID else value

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        """Return one of the choices, given by its number or by its name."""
        text = self.text(name)
        wanted = text.replace("_", "").casefold()
        for choice in choices:
            if wanted in (str(int(choice)), choice.name.replace("_", "").casefold()):
                return choice
        if text:
            self._expect(f"one of {', '.join(c.name for c in choices)}", name, text)
        return None

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none of them empty."""
        value = self._get(name)
        if isinstance(value, list) and all(isinstance(v, str) and v for v in value):
            return tuple(value)
        self._expect("a list of texts", name, value)
        return ()

    def lines(self, name: str) -> str:
        """Return a list of texts as one, each on a line; empty ones are left out."""
        value = self._get(name)
        found = [one for one in value if one] if isinstance(value, list) else value
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return "\n".join(found)
        self._expect("a list of texts", name, value)
        return ""

    def record(self, name: str) -> "SeedRecord | None":
        """Return an object."""
        value = self._get(name)
        if isinstance(value, dict):
            return SeedRecord(
                value, pointer=f"{self.pointer}/{name}", issues=self.issues
            )
        self._expect("an object", name, value)
        return None

    def records(self, name: str) -> list["SeedRecord"]:
        """Return a list of objects."""
        value = self._get(name)
        if value is None:
            return []
        return _list(value, pointer=f"{self.pointer}/{name}", issues=self.issues)

    def _get(self, name: str) -> object:
        return self._members.get(name.casefold())

    def _expect(self, expected: str, name: str, value: object) -> None:
        if value is not None:
            self.note(
                "wrong-type", f"Expected {expected}, found {value!r:.80}.", member=name
            )


def read_record(root: Path, file: Path, issues: list[Issue]) -> SeedRecord | None:
    """Return the object that a file holds; None, and a note, when it holds none."""
    pointer, value = _read(root, file, issues)
    if isinstance(value, dict):
        return SeedRecord(value, pointer=pointer, issues=issues)
    if value is not _MISSING:
        issues.append(
            Issue(pointer, "wrong-type", f"Expected an object, found {value!r:.80}.")
        )
    return None


def read_records(root: Path, file: Path, issues: list[Issue]) -> list[SeedRecord]:
    """Return the list of objects that a file holds.

    Empty, and a note, when it holds none.
    """
    pointer, value = _read(root, file, issues)
    return [] if value is _MISSING else _list(value, pointer=pointer, issues=issues)


def _list(value: object, *, pointer: str, issues: list[Issue]) -> list[SeedRecord]:
    if not isinstance(value, list):
        issues.append(
            Issue(pointer, "wrong-type", f"Expected a list, found {value!r:.80}.")
        )
        return []
    records = []
    for index, item in enumerate(value):
        place = f"{pointer}/{index}"
        if isinstance(item, dict):
            records.append(SeedRecord(item, pointer=place, issues=issues))
        else:
            issues.append(
                Issue(place, "wrong-type", f"Expected an object, found {item!r:.80}.")
            )
    return records


def _read(root: Path, file: Path, issues: list[Issue]) -> tuple[str, object]:
    """Return the pointer to a file's content, and the content.

    ``_MISSING`` if unreadable.
    """
    name = file.relative_to(root).as_posix()
    try:
        return f"{name}#", json.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        detail = f"The file is not UTF-8 (byte {error.start}); save it as UTF-8."
        issues.append(Issue(name, "not-utf-8", detail))
    except json.JSONDecodeError as error:
        detail = f"This is not JSON: {error.msg}."
        issues.append(Issue(f"{name}:{error.lineno}", "json-malformed", detail))
    except ValueError:
        # Python refuses to read thousands of digits, and says so without a place.
        detail = "A number has too many digits."
        issues.append(Issue(name, "json-malformed", detail))
    except RecursionError:
        issues.append(
            Issue(name, "json-too-deep", "The JSON is nested too deeply to be read.")
        )
    except OSError as error:
        detail = f"The file cannot be opened: {error.strerror}."
        issues.append(Issue(name, "file-unreadable", detail))
    return f"{name}#", _MISSING
