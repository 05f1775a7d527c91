"""Reading JSON bodies as lenient as Altinn's serializers do, within limits."""

import ast
import json
import re
from collections import Counter
from collections.abc import Mapping
from math import isinf

from django.conf import settings
from rest_framework.parsers import BaseParser

from common.errors import Invalid, Issue, TooLarge
from data_elements.blobs import Readable

_MAX_DEPTH = 32
_MAX_SINGLE_QUOTED = 8 * 1024  # Python's reader takes 400 times the memory of a text
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class JsonMalformed(Invalid):
    """The body is not JSON; the line and column say where."""

    code = "json-malformed"
    title = "One or more validation errors occurred."
    detail = "The body is not JSON: {reason}"


class JsonBodyTooLarge(TooLarge):
    """The JSON body is larger than the server reads at once."""

    code = "json-too-large"
    detail = "A JSON body may have {limit} bytes; this one has more."


class BodyMissing(Invalid):
    """The call needs a JSON body and has none."""

    code = "body-missing"
    title = "One or more validation errors occurred."
    detail = "A non-empty request body is required."

    def __init__(self) -> None:
        """State it under ASP.NET's empty field name too."""
        super().__init__(members={"errors": {"": [self.detail]}})


class JSONParser(BaseParser):
    """``application/json``, ``text/json`` and ``application/*+json``."""

    media_type = "application/json"

    def accepts(self, content_type: str) -> bool:
        """Whether this is a JSON type."""
        return content_type in {"application/json", "text/json"} or (
            content_type.startswith("application/") and content_type.endswith("+json")
        )

    def parse(  # type: ignore[override]  # a list, too, is a document
        self,
        stream: Readable,
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> object:
        """Return the parsed body.

        Raises JsonMalformed, JsonBodyTooLarge or BodyMissing.
        """
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise JsonBodyTooLarge(limit=limit)
        return read_json(content)


def read_json(
    content: bytes, *, single_quotes: bool = False, names_once: bool = False
) -> object:
    """Parse a small JSON document; ``single_quotes`` is a leniency of old clients.

    ``names_once`` refuses a member that is there twice, of which one would be lost.

    Raises BodyMissing for nothing and for ``null``, JsonMalformed otherwise.
    """
    if not content.strip():
        raise BodyMissing
    try:
        text = content.decode("utf-8-sig")
        document = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_once_each if names_once else None,
        )
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} is not UTF-8.") from None
    except json.JSONDecodeError as error:
        document = _single_quoted(text) if single_quotes else None
        if document is None:
            raise _malformed(
                f"{error.msg} at line {error.lineno}, column {error.colno}."
            ) from None
    except RecursionError:
        raise _malformed(f"it is nested deeper than {_MAX_DEPTH}.") from None
    except ValueError as error:
        raise _malformed(str(error)) from None
    _check(document)
    if document is None:
        raise BodyMissing
    return document


def _single_quoted(text: str) -> object | None:
    """Read a document whose texts stand in single quotes, as a Python literal."""
    if len(text) > _MAX_SINGLE_QUOTED:
        return None
    try:
        document = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return document if isinstance(document, dict) and _is_json(document) else None


def _is_json(value: object) -> bool:
    """Whether this is what JSON, too, could have said; Python has more literals."""
    if isinstance(value, dict):
        texts = all(isinstance(key, str) for key in value)
        return texts and all(_is_json(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_is_json(inner) for inner in value)
    return value is None or isinstance(value, str | int | float)


def _once_each(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) < len(members):
        counts = Counter(name for name, _ in members)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"the member {twice!r:.60} is there twice; send it once.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(f"{text:.60} is larger than a number may be.")
    return number


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number.")


def _check(document: object) -> None:
    """Refuse what no store can keep: deep nesting, NUL characters, half surrogates."""
    level, depth = [document], 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise _malformed(f"it is nested deeper than {_MAX_DEPTH}.")
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and _UNSTORABLE.search(value):
                raise _malformed("a text has a NUL character or half a surrogate pair.")
        level = inner


def _malformed(reason: str) -> JsonMalformed:
    issue = Issue("", "json-malformed", reason)
    return JsonMalformed(
        reason=reason, issues=[issue], members={"errors": {"$": [reason]}}
    )
