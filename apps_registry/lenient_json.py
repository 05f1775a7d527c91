"""JSON as Altinn's config files have it, with BOM, comments and trailing commas."""

import json
import re

from common.errors import Issue

MAX_DEPTH = 64  # what is read further takes a frame of Python, or several, for each

# A string, a comment, or a comma before a closing bracket; strings are kept as they
# are. No branch gives back what it took, and what never closes is taken to the end, so
# each character is looked at a few times at most.
_SPACE = r"(?>\s|//[^\n]*+|/\*.*?\*/)*+"
_LENIENCIES = re.compile(
    rf'"(?:\\.|[^"\\])*+"?|//[^\n]*+|/\*(?>.*?(?:\*/|\Z))|,(?={_SPACE}[\]}}])',
    re.DOTALL,
)


def parse(content: bytes, *, file: str) -> object:
    """Return the parsed document.

    Raises ValueError holding an ``Issue`` with the line. Nothing is nested deeper than
    ``MAX_DEPTH``, so that what is parsed can be walked through.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            Issue(
                file,
                "not-utf-8",
                f"The file is not UTF-8 (byte {error.start}); save it as UTF-8.",
            )
        ) from None
    try:
        document: object = json.loads(_LENIENCIES.sub(_keep_strings, text))
    except json.JSONDecodeError as error:
        raise ValueError(
            Issue(
                f"{file}:{error.lineno}",
                "json-malformed",
                f"This is not JSON: {error.msg}.",
            )
        ) from None
    except RecursionError:
        raise _too_deep(file) from None
    except ValueError:
        # Python refuses to read thousands of digits, and says so without a place.
        raise ValueError(
            Issue(file, "json-malformed", "A number has too many digits.")
        ) from None
    if _is_too_deep(document):
        raise _too_deep(file)
    return document


def _is_too_deep(document: object) -> bool:
    """Look level by level: recursion is what is to be avoided."""
    level = [document]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        if not inner:
            return False
        level = inner
    return any(isinstance(value, dict | list) for value in level)


def _too_deep(file: str) -> ValueError:
    detail = f"The JSON is nested deeper than {MAX_DEPTH}."
    return ValueError(Issue(file, "json-too-deep", detail))


def _keep_strings(match: re.Match[str]) -> str:
    found = match.group()
    unclosed = found.startswith("/*") and not (len(found) > 3 and found.endswith("*/"))
    if found.startswith('"') or unclosed:
        return found
    return "\n" * found.count("\n")  # line numbers in errors stay true
