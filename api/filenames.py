"""File names out of and into ``Content-Disposition`` (RFC 6266, RFC 5987)."""

import re
from urllib.parse import unquote_to_bytes

from django.utils.http import content_disposition_header

from common.errors import Invalid

_EXTENDED = re.compile(
    r"""filename\*\s*=\s*([\w.:-]*)'[\w-]*'([^;\s]+)""", re.IGNORECASE
)
_PLAIN = re.compile(
    r"""filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;]+))""", re.IGNORECASE
)
_ILLEGAL = re.compile(r"[\x00-\x1f\x7f/\\]")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_MAX_LENGTH = 255


class FileNameTooLong(Invalid):
    """The file name is longer than a name may be; shorten it."""

    code = "file-name-too-long"
    detail = "The file name has {length} characters; it may have 255."


def filename_of(disposition: str) -> str | None:
    """Return the file name of a header, decoded once and then made harmless.

    ``filename*`` wins over ``filename``. Plain percent-encoding is decoded, as Altinn's
    clients send it; a plus sign stays. Raises FileNameTooLong.
    """
    name = _extended_name(disposition) or _plain_name(disposition)
    if not name:
        return None
    if len(name) > _MAX_LENGTH:
        raise FileNameTooLong(length=len(name))
    return _ILLEGAL.sub("_", name)


def attachment(filename: str | None) -> str:
    """Return the header that makes a browser save the answer, never show it."""
    return content_disposition_header(True, filename or "") or "attachment"


def as_sent(header: str) -> str:
    """Return a WSGI header as the UTF-8 that most clients send raw."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return header


def _extended_name(disposition: str) -> str:
    found = _EXTENDED.search(disposition)
    if found is None:
        return ""
    charset, value = found.groups()
    try:
        return unquote_to_bytes(value).decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return ""


def _plain_name(disposition: str) -> str:
    found = _PLAIN.search(disposition)
    if found is None:
        return ""
    quoted, token = found.groups()
    name = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token.strip()
    if not _ESCAPED.search(name):
        return name
    try:
        return unquote_to_bytes(name).decode()
    except UnicodeDecodeError:
        return name
