"""File names out of and into ``Content-Disposition`` (RFC 6266, RFC 5987)."""

import re
from urllib.parse import quote, unquote_to_bytes

from api.header_values import parameters_of
from common.errors import Invalid

_EXTENDED = re.compile(r"([\w.:-]*)'[\w-]*'(\S+)")
# The only two that RFC 5987 knows; Python has codecs that are no charsets at all.
_CHARSETS = {"": "utf-8", "utf-8": "utf-8", "iso-8859-1": "iso-8859-1"}
# Besides what no file system takes: C1 controls, and the marks that turn the direction
# of writing and so let "exe.pdf" look like "fdp.exe".
_ILLEGAL = re.compile(
    r"[\x00-\x1f\x7f-\x9f/\\\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_MAX_LENGTH = 255
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"  # RFC 5987, besides letters and digits


class FileNameTooLong(Invalid):
    """The file name is longer than a name may be; shorten it."""

    code = "file-name-too-long"
    detail = "The file name has {length} characters; it may have 255."


def filename_of(disposition: str) -> str | None:
    """Return the file name of a header, decoded once and then made harmless.

    ``filename*`` wins over ``filename``. Plain percent-encoding is decoded, as Altinn's
    clients send it; a plus sign stays. Raises FileNameTooLong.
    """
    parameters = parameters_of(disposition)
    name = _extended_name(parameters.get("filename*", "")) or _plain_name(
        parameters.get("filename", "")
    )
    if not name:
        return None
    if len(name) > _MAX_LENGTH:
        raise FileNameTooLong(length=len(name))
    return _ILLEGAL.sub("_", name)


def attachment(filename: str | None) -> str:
    """Return the header that makes a browser save the answer, never show it.

    A name stands in it twice, as Altinn writes it: in ASCII, with ``_`` for all else,
    for clients that know no ``filename*``, and whole.
    """
    if not filename:
        return "attachment"
    plain = _NOT_ASCII.sub("_", filename).replace("\\", "\\\\").replace('"', '\\"')
    whole = quote(filename, safe=_ATTRIBUTE_CHARACTERS)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def as_sent(header: str) -> str:
    """Return a WSGI header as the UTF-8 that most clients send raw."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return header


def _extended_name(value: str) -> str:
    found = _EXTENDED.fullmatch(value)
    charset = _CHARSETS.get(found.group(1).lower()) if found else None
    if found is None or charset is None:
        return ""
    try:
        return unquote_to_bytes(found.group(2)).decode(charset)
    except UnicodeDecodeError:
        return ""


def _plain_name(name: str) -> str:
    if not _ESCAPED.search(name):
        return name
    try:
        return unquote_to_bytes(name).decode()
    except UnicodeDecodeError:
        return name
