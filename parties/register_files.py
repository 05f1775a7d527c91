"""Reading register files row by row, whatever their size: CSV and JSON.

Line numbers and pointers are those of an editor: the header of a CSV file is line 1,
the first item of a list in JSON is 0.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BufferedReader, FileIO, TextIOWrapper
from pathlib import Path
from typing import Final

import ijson

from common.errors import Issue
from parties.register_columns import Kind
from parties.register_rows import Row, RowReader

Note = Callable[[Issue], None]
_LONGEST_LINE: Final = 1_000_000
# How the local test platform's document calls them, and how they are spelled abroad.
_LISTS: Final = {
    **{kind.value: kind for kind in Kind},
    "organizations": Kind.ORGANISATIONS,
    "orgs": Kind.ORGANISATIONS,
}
_SCHEMA: Final = "$schema"
_TEST_USERS: Final = "test-users.schema.v1.json"
_BEGINNING: Final = 64 * 1024


class LineTooLong(ValueError):
    """A line that is longer than any row of a register."""


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file, open, and what is in it; ``kind`` is None for JSON."""

    name: str
    stream: "BufferedReader[FileIO]"
    kind: Kind | None

    def position(self) -> int:
        """Return how many bytes were read."""
        return self.stream.tell()

    def rows(self, reader: RowReader, note: Note) -> Iterator[Row]:
        """Yield the rows for a reader; note what is none."""
        if self.kind is None:
            return _json_rows(self, note, lenient=reader.lenient)
        return _csv_rows(self, self.kind, reader, note)

    def is_app_test_data(self) -> bool:
        """Whether this is a document of test users as applications bring along.

        They are made for another system: members that it alone knows are passed over,
        and check digits are not judged.
        """
        beginning = self.stream.peek(_BEGINNING)
        return self.kind is None and _TEST_USERS.encode() in beginning


def register_files(path: Path) -> list[tuple[Path, Kind | None]]:
    """Return the register files at a path, in the order to read them; none for none.

    A path is a file, or a folder with files of the names that docs/parties.md has.
    """
    if path.is_dir():
        found = [path / f"{kind.value}.csv" for kind in Kind]
        paths = [path / "parties.json", *found]
        return [(file, _kind_of(file)) for file in paths if file.is_file()]
    if path.suffix.lower() == ".json":
        return [(path, None)]
    return [(path, _kind_of(path))] if path.suffix.lower() == ".csv" else []


def _kind_of(path: Path) -> Kind | None:
    """Return what a file holds, None for JSON; raises ValueError for another name."""
    if path.suffix.lower() == ".json":
        return None
    try:
        return Kind(path.stem.lower())
    except ValueError:
        names = ", ".join(f"{kind.value}.csv" for kind in Kind)
        raise ValueError(
            f"{path.name} does not say what is in it; name it one of {names}."
        ) from None


# --- CSV ------------------------------------------------------------------------------
def _csv_rows(
    file: RegisterFile, kind: Kind, reader: RowReader, note: Note
) -> Iterator[Row]:
    text = TextIOWrapper(file.stream, encoding="utf-8-sig", newline="")
    try:
        header = text.readline(_LONGEST_LINE)
        delimiter = ";" if header.count(";") > header.count(",") else ","
        names = next(csv.reader([header], delimiter=delimiter), [])
        names = [name.strip() for name in names]
        if (
            not names
            or not all(names)
            or len({name.casefold() for name in names}) < len(names)
        ):
            detail = "The first line names the columns, each once; name all of them."
            note(Issue(f"{file.name}:1", "header-malformed", detail))
            return
        for name in (unknown := reader.unknown(kind, names)):
            detail = f"There is no such column; there are {reader.known(kind)}."
            note(Issue(f"{file.name}:1:{name:.50}", "column-unknown", detail))
        for row in _csv_body(file, kind, note, names, _Lines(text), delimiter):
            known = {n: v for n, v in row.members.items() if n not in unknown}
            yield replace(row, members=known) if unknown else row
    except UnicodeDecodeError:
        detail = "The file is not UTF-8 from here on; save it as UTF-8."
        note(Issue(f"{file.name}, after byte {file.position()}", "not-utf-8", detail))
    finally:
        text.detach()


def _csv_body(
    file: RegisterFile,
    kind: Kind,
    note: Note,
    names: Sequence[str],
    lines: "_Lines",
    delimiter: str,
) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        place = f"{file.name}:{lines.read + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except LineTooLong:
            detail = f"The line has more than {_LONGEST_LINE} characters."
            note(Issue(place, "line-too-long", f"{detail} Nothing after it is read."))
            return
        except csv.Error as error:
            note(Issue(place, "csv-malformed", f"The line cannot be read: {error}."))
            continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            detail = (
                f"The row has {len(cells)} cells and the header {len(names)}; put cells"
                " with commas, semicolons or quotes into quotes."
            )
            note(Issue(place, "row-length", detail))
            continue
        members = dict(zip(names, cells, strict=True))
        yield Row(kind, members, place, _column(place))


def _column(place: str) -> Callable[[str], str]:
    return lambda name: f"{place}:{name}"


class _Lines:
    """Lines of a text, counted; ``read`` is the number of the last one."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.read = 1  # the header
        self._text = text

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == _LONGEST_LINE:
            raise LineTooLong
        self.read += 1
        return line


# --- JSON -----------------------------------------------------------------------------
def _json_rows(file: RegisterFile, note: Note, *, lenient: bool) -> Iterator[Row]:
    try:
        yield from _json_items(file, note, lenient=lenient)
    except (ijson.JSONError, ValueError) as error:
        # The parser shows what stands around the place; that can be anybody's number.
        said = error.args[0] if error.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        reason = text.partition("\n")[0].rstrip(".") or "it ends too early"
        detail = f"This is not JSON: {reason}. Nothing after it is read."
        place = f"{file.name}, before byte {file.position()}"
        note(Issue(place, "json-malformed", detail))


def _json_items(file: RegisterFile, note: Note, *, lenient: bool) -> Iterator[Row]:
    """Build one item at a time; a list that is not known is noted and passed over."""
    section, index = "", 0
    kind: Kind | None = None
    builder: ijson.ObjectBuilder | None = None
    for prefix, event, value in ijson.parse(file.stream, use_float=True):
        if builder is not None:
            builder.event(event, value)
            if prefix == f"{section}.item" and event == "end_map":
                place = f"{file.name}#/{section}/{index - 1}"
                if kind is not None:
                    yield Row(kind, builder.value, place, _pointer(place))
                builder = None
        elif prefix == "" and event == "map_key":
            section, index = value, 0
            kind = _LISTS.get(section.casefold())
            if kind is None and section != _SCHEMA and not lenient:
                detail = (
                    f"There is no list of this name; there are {', '.join(_LISTS)}."
                )
                note(Issue(f"{file.name}#/{section:.50}", "list-unknown", detail))
        elif prefix == "" and event not in ("start_map", "end_map"):
            detail = f"Expected an object with the lists {', '.join(_LISTS)}."
            note(Issue(f"{file.name}#", "wrong-type", detail))
            return
        elif kind is not None and prefix == section:
            if event not in ("start_array", "end_array", "null"):
                note(Issue(f"{file.name}#/{section}", "wrong-type", "Expected a list."))
                kind = None
        elif kind is not None and prefix == f"{section}.item" and event != "end_array":
            index += 1
            if event == "start_map":
                builder = ijson.ObjectBuilder()
                builder.event(event, value)
            else:
                place = f"{file.name}#/{section}/{index - 1}"
                note(Issue(place, "wrong-type", "Expected an object."))


def _pointer(place: str) -> Callable[[str], str]:
    return lambda name: f"{place}/{name}"
