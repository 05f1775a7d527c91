"""What a data model demands of the values in a form, by its JSON schema.

A schema is compiled once in each process, by its content; nothing is ever fetched for
it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from forms.errors import ModelUnreadable
from forms.schema_model import root_of

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Path = tuple[str | int, ...]

# What a pattern may try before it gives up; without, one can take for ever.
_BACKTRACKS = 100_000
_CHOICES = ("oneOf", "anyOf")
_MEMBERS = ("$schema", "$defs", "definitions", "components")


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that the schema does not take: where, which rule, and what it demands.

    ``text`` is what the schema says of it itself (``errorMessage``).
    """

    keyword: str
    path: Path
    value: object = None
    limit: object = None
    text: str = ""


class Constraints:
    """A compiled schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        # Of some megabytes, and many a worker never validates a form.
        import jsonschema_rs

        self._schema = _rooted(schema)
        try:
            self._compiled = jsonschema_rs.validator_for(
                self._schema,
                validate_formats=True,
                offline=True,
                pattern_options=jsonschema_rs.FancyRegexOptions(
                    backtrack_limit=_BACKTRACKS
                ),
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise ModelUnreadable(str(error).partition("\n")[0]) from None

    def hold(self, document: object) -> bool:
        """Whether the schema takes the document as it is."""
        return self._compiled.is_valid(document)

    def violations(self, document: object) -> Iterator[Violation]:
        """Yield what the schema does not take; all of it is looked for at once."""
        for error in self._compiled.iter_errors(document):
            if error.instance is not None:  # an empty row
                yield from self._of(error)

    def _of(self, error: "ValidationError") -> Iterator[Violation]:
        """Yield an error; of a choice, what is wrong with the one that is no null."""
        kind = error.kind
        if kind.name in _CHOICES and hasattr(kind, "context"):
            branches = [one for one in kind.context if not _is_about_null(one)]
            if len(branches) == 1:
                for inner in branches[0]:
                    yield from self._of(inner)
                return
        path: Path = tuple(error.instance_path)
        told = kind.as_dict()
        limit = next(iter(told.values()), None) if kind.name not in _CHOICES else None
        if kind.name == "required":
            path, limit = (*path, str(limit)), None
        value = error.instance
        yield Violation(kind.name, path, value, limit, self._text(error))

    def _text(self, error: "ValidationError") -> str:
        """Return what the schema says beside the rule that is broken."""
        found: object = self._schema
        for step in error.schema_path[:-1]:
            if isinstance(found, Mapping):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int):
                found = found[step] if step < len(found) else None
        text = found.get("errorMessage") if isinstance(found, Mapping) else None
        return text if isinstance(text, str) else ""


@lru_cache(maxsize=256)
def read_constraints(content: bytes) -> Constraints:
    """Return a JSON schema, compiled; raises ModelUnreadable."""
    try:
        schema = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ModelUnreadable(str(error)) from None
    if not isinstance(schema, dict):
        raise ModelUnreadable("the schema is no object")
    return Constraints(schema)


def _rooted(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of the form itself, which older designers wrap in another."""
    _, node = root_of(schema)
    if node is schema:
        # References are within the file, whatever address it gives itself.
        return {name: one for name, one in schema.items() if name not in ("$id", "id")}
    kept = {name: schema[name] for name in _MEMBERS if name in schema}
    return {**kept, "allOf": [node]}


def _is_about_null(branch: list["ValidationError"]) -> bool:
    """Whether a choice failed for being null, which a value that is there is not."""
    return any(
        one.kind.name == "type" and one.kind.as_dict().get("types") == ["null"]
        for one in branch
    )
