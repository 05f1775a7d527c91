"""Holds a parsed config file to its shape, a JSON schema in ``shapes/``.

The shapes leave unknown members alone: they are kept and given back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from apps_registry.findings import Findings
from common.pointers import pointer_to, referred_to

# jsonschema takes two megabytes, and many a worker never imports an application.
if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

_SHAPES = Path(__file__).parent / "shapes"
_NAMES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}
_CODES = {"required": "member-missing", "enum": "wrong-value"}
_MOST = 100  # findings of one file; a file that is wrong throughout says so once


def check_shape(
    document: object,
    shape: str,
    *,
    file: str,
    findings: Findings,
    wrong_type: str = "wrong-type",
) -> bool:
    """Note where the document is not of the shape; return whether it is."""
    wrong = list(islice(_validator(shape).iter_errors(document), _MOST))
    for error in wrong:
        code = _CODES.get(str(error.validator), wrong_type)
        place = f"{file}#{pointer_to(error.absolute_path)}"
        findings.error(place, code, _told(error))
    return not wrong


def object_of_shape(
    document: object,
    shape: str,
    *,
    file: str,
    findings: Findings,
    wrong_type: str = "wrong-type",
) -> Mapping[str, Any] | None:
    """Return the document if it is an object of the shape; note what keeps it."""
    fits = check_shape(
        document, shape, file=file, findings=findings, wrong_type=wrong_type
    )
    return document if fits and isinstance(document, Mapping) else None


def list_of_shape(
    document: object, shape: str, *, file: str, findings: Findings
) -> Sequence[Any] | None:
    """Return the document if it is a list of the shape; note what keeps it."""
    fits = check_shape(document, shape, file=file, findings=findings)
    return document if fits and isinstance(document, list) else None


def spelled_as(document: Mapping[str, object], shape: str) -> dict[str, object]:
    """Return the document with its members named as the shape has them, at every depth.

    They are found in any case of letters. What the shape does not know stays as it is.
    """
    schema = _schema(shape)
    spelled: dict[str, object] = _respelled(document, schema, schema)
    return spelled


def check_json_schema(document: object, *, file: str, findings: Findings) -> None:
    """Note where a JSON schema of a data model is none, or names what is not there."""
    for error in islice(_meta(document).iter_errors(document), _MOST):
        place = f"{file}#{pointer_to(error.absolute_path)}"
        findings.error(place, "json-schema-invalid", _told(error))
    for path, reference in _references(document, ()):
        if not _is_defined(document, reference):
            detail = f"The reference {reference!r:.90} leads to nothing in the file."
            place = f"{file}#{pointer_to(path)}"
            findings.error(place, "json-schema-invalid", detail)


@cache
def _validator(shape: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema(shape))


@cache
def _schema(shape: str) -> Mapping[str, Any]:
    schema: dict[str, Any] = json.loads((_SHAPES / f"{shape}.json").read_bytes())
    return schema


def _respelled(value: Any, part: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    if isinstance(reference := part.get("$ref"), str):
        part = cast("Mapping[str, Any]", referred_to(whole, reference))
    if isinstance(value, list):
        return [_respelled(one, part.get("items", {}), whole) for one in value]
    if not isinstance(value, Mapping):
        return value
    members = part.get("properties", {})
    names = {name.casefold(): name for name in members}
    spelled = {names.get(name.casefold(), name): inner for name, inner in value.items()}
    return {
        name: _respelled(inner, members.get(name, {}), whole)
        for name, inner in spelled.items()
    }


def _meta(document: object) -> Any:
    """Return the validator of the dialect that a schema names, or of Studio's."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for

    dialect = document.get("$schema") if isinstance(document, dict) else None
    named = {"$schema": dialect} if isinstance(dialect, str) else {}
    kind = validator_for(named, default=Draft202012Validator)
    return kind(kind.META_SCHEMA)


def _told(error: "ValidationError") -> str:
    if error.validator in ("type", "anyOf"):
        return f"Expected {_expected(error)}, found {_shown(error.instance)}."
    if error.validator == "enum":
        allowed = ", ".join(str(v) for v in error.validator_value if v is not None)
        return f"The value {_shown(error.instance)} is none of {allowed}."
    return f"{error.message[:200]}."


def _expected(error: "ValidationError") -> str:
    wanted = error.validator_value
    if error.validator == "anyOf":
        alternatives = [_NAMES.get(str(one.get("type")), "an object") for one in wanted]
        return " or ".join(dict.fromkeys(alternatives))
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return " or ".join(_NAMES[kind] for kind in kinds if kind != "null")


def _shown(value: object) -> str:
    return f"{json.dumps(value, ensure_ascii=False):.80}"


def _references(
    value: object, path: tuple[object, ...]
) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield (*path, "$ref"), reference
        for name, inner in value.items():
            yield from _references(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _references(inner, (*path, index))


def _is_defined(document: Any, reference: str) -> bool:
    """Whether a reference leads somewhere in its own document."""
    if reference.startswith("#") and not reference.startswith("#/"):
        return True  # the whole document, or an anchor, which nothing here needs
    try:
        referred_to(document, reference)
    except LookupError:
        return False
    return True
