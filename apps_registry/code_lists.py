"""Code lists of the library that applications share, fetched when somebody asks.

What was fetched is kept for a quarter of an hour. What could not be fetched is not
asked for again at once: anybody may ask, and nobody shall wait for a library that does
not answer more often than needed.
"""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
import structlog
from django.conf import settings

from common.egress import EgressError, egress
from common.errors import NotFound, Unavailable

log = structlog.get_logger()

KEPT_SECONDS: Final = 15 * 60.0
PAUSE_SECONDS: Final = 15.0
_MOST_KEPT: Final = 256
_LATEST = "_latest"
_PREFERRED = ("nb", "nn", "en")
_REFERENCE = re.compile(
    r"lib\*\*(?P<org>[a-zA-Z0-9]+)\*\*(?P<id>[a-zA-Z0-9_-]+)\*\*(?P<version>[\w.-]+)",
    re.ASCII,
)
_OK, _MISSING = 200, 404


class CodeListNotFound(NotFound):
    """The library has no such code list, or this server knows no library.

    The operator names the library in ``ALTINN_LIBRARY_URL``.
    """

    code = "code-list-not-found"
    title = "Something went wrong while getting optionsIdOrLibraryRef"
    detail = "The library has no code list {reference}."


class CodeListUnavailable(Unavailable):
    """The library cannot be reached, or its answer is no code list. Try again later."""

    code = "code-list-unavailable"
    title = "Something went wrong while getting optionsIdOrLibraryRef"
    detail = "The code list {reference} cannot be had from the library at present."


@dataclass(frozen=True, slots=True)
class Reference:
    """A code list of an organisation, in a version."""

    org: str
    id: str
    version: str

    def __str__(self) -> str:
        return f"lib**{self.org}**{self.id}**{self.version}"


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list in one language, as options; ``version`` is the list's own word."""

    options: list[dict[str, object]]
    version: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """What came of fetching a list, and until when it is believed."""

    until: float
    document: Mapping[str, object] | None
    is_missing: bool = False


_kept: dict[tuple[str, Reference], _Kept] = {}
_down_until: dict[str, float] = {}  # by address of the library: it did not answer then
_lock = threading.Lock()


def reference_of(options_id: str) -> Reference | None:
    """Read an id of options that names a code list of the library, None for others."""
    match = _REFERENCE.fullmatch(options_id)
    if match is None:
        return None
    version = match["version"]
    latest = version.lower() in ("latest", _LATEST)
    return Reference(match["org"], match["id"], _LATEST if latest else version)


def code_list(reference: Reference, *, language: str | None) -> CodeList:
    """Return a code list; raises CodeListNotFound and CodeListUnavailable."""
    document = _document(reference)
    codes = document.get("codes")
    names = document.get("tagNames")
    tag_names = [str(n) for n in names] if isinstance(names, list) else []
    try:
        options = [
            _option(code, tag_names, language)
            for code in (codes if isinstance(codes, list) else ())
        ]
    except (TypeError, AttributeError):
        raise CodeListUnavailable(reference=reference) from None
    return CodeList(options, str(document.get("version") or ""))


def forget() -> None:
    """Fetch everything anew."""
    with _lock:
        _kept.clear()
        _down_until.clear()


def _document(reference: Reference) -> Mapping[str, object]:
    base = settings.ALTINN_LIBRARY_URL.rstrip("/")
    if not base:
        raise CodeListNotFound(reference=reference)
    key = (base, reference)
    kept = _kept.get(key)
    if kept is None or kept.until < time.monotonic():
        # Of those who ask at once, one fetches; the others wait for it and find it.
        with _lock:
            kept = _kept.get(key)
            if kept is None or kept.until < time.monotonic():
                kept = _fetched(base, reference)
                while len(_kept) >= _MOST_KEPT:
                    _kept.pop(next(iter(_kept)))
                _kept[key] = kept
    if kept.document is not None:
        return kept.document
    if kept.is_missing:
        raise CodeListNotFound(reference=reference)
    raise CodeListUnavailable(reference=reference)


def _fetched(base: str, reference: Reference) -> _Kept:
    named = f"{reference.org}/code_lists/{reference.id}/{reference.version}.json"
    now = time.monotonic()
    if now < _down_until.get(base, 0):
        return _Kept(now, None)
    try:
        answer = egress().get(f"{base}/{named}")
        if answer.status == _MISSING:
            return _Kept(now + PAUSE_SECONDS, None, is_missing=True)
        document = orjson.loads(answer.body) if answer.status == _OK else None
    except EgressError as error:
        log.warning("library_unavailable", list=str(reference), reason=error.reason)
        _down_until[base] = time.monotonic() + PAUSE_SECONDS
        return _Kept(now, None)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        log.warning("code_list_unavailable", list=str(reference), status=answer.status)
        return _Kept(now + PAUSE_SECONDS, None)
    return _Kept(now + KEPT_SECONDS, document)


def _option(
    code: Mapping[str, object], tag_names: Sequence[str], language: str | None
) -> dict[str, object]:
    optional = {
        "description": _text(code.get("description"), language),
        "helpText": _text(code.get("helpText"), language),
        "tags": _tags(code.get("tags"), tag_names),
    }
    told = {name: value for name, value in optional.items() if value is not None}
    return {
        "value": code.get("value"),
        "label": _text(code.get("label"), language),
        **told,
    }


def _text(texts: object, language: str | None) -> str | None:
    """Return the text in the language, or in the next best that there is."""
    if not isinstance(texts, Mapping):
        return None
    wanted = (language, *_PREFERRED, *sorted(map(str, texts)))
    found = next((texts[one] for one in wanted if one in texts), "")
    return None if found is None else str(found)


def _tags(tags: object, names: Sequence[str]) -> dict[str, object] | None:
    if not isinstance(tags, list) or not tags or len(tags) != len(names):
        return None
    found: dict[str, object] = {}
    for name, tag in zip(names, tags, strict=True):
        found.setdefault(name, tag)
    return found
