"""Entity tags of documents, and what a call states of them (RFC 9110 §8.8, §13).

A document's tag is strong: it changes with whatever the document shows of the instance
and of its data elements, and is the same on every way in. Content has a tag of its own,
its SHA-256.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

import orjson
from django.utils.http import parse_etags
from rest_framework.request import Request

from api.rows import ElementRow, InstanceRow
from api.serializers.data_elements import ELEMENTS
from api.serializers.instances import INSTANCES
from common.errors import Phrase, PreconditionFailed
from data_elements.models import DataElement
from instances.models import Instance

_LENGTH = 32
# Not as request.headers has them, which is made of all of them for every call.
_STATED = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH")
_ANY = "*"
# What a form is told as stands behind the tag of its content.
_TOLD_AS = re.compile(r'-(?:json|xml)(?:-rows)?(?="$)')


def instance_tag(
    instance: Instance | InstanceRow, elements: Iterable[DataElement | ElementRow]
) -> str:
    """Return the tag of an instance's document with these elements."""
    # Sorted by their guids, which come first and are never the same.
    return _tag((INSTANCES.state(instance), sorted(map(ELEMENTS.state, elements))))


def element_tag(element: DataElement) -> str:
    """Return the tag of a data element's document."""
    return _tag(ELEMENTS.state(element))


def state_tag(document: Mapping[str, object]) -> str:
    """Return the tag of a process state, with what the caller may do in it."""
    return _tag(document)


def form_tag(content_tag: str, kind: str, *, with_rows: bool) -> str:
    """Return the tag of a form that is told as ``json`` or ``xml``, not as stored."""
    rows = "-rows" if with_rows else ""
    return f'"{content_tag.strip(chr(34))}-{kind}{rows}"'


def states_condition(request: Request) -> bool:
    """Whether the call says what it expects to find."""
    return any(name in request.META for name in _STATED)


def ensure_met(request: Request, *, tag: str, thing: Phrase) -> None:
    """Raise PreconditionFailed unless what exists is what the call expects.

    ``If-Match`` compares strongly: a weak tag says nothing about what would be lost.
    Whoever read a form as JSON has read what is stored as XML.
    """
    wanted = request.headers.get("If-Match")
    if wanted is not None and not _matches(wanted, tag, weakly=False, told_as_any=True):
        raise PreconditionFailed(thing=thing)
    unwanted = request.headers.get("If-None-Match")
    if unwanted is not None and _matches(unwanted, tag, weakly=True):
        raise PreconditionFailed(thing=thing)


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has what bears this tag already (``If-None-Match``)."""
    given = request.META.get("HTTP_IF_NONE_MATCH", "")
    return bool(given) and _matches(given, tag, weakly=True)


def _matches(header: str, tag: str, *, weakly: bool, told_as_any: bool = False) -> bool:
    given = parse_etags(header)
    if weakly:
        given = [one.removeprefix("W/") for one in given]
    if told_as_any:
        given = [_TOLD_AS.sub("", one) for one in given]
    return given == [_ANY] or tag in given


def _tag(state: object) -> str:
    return f'"{hashlib.sha256(orjson.dumps(state)).hexdigest()[:_LENGTH]}"'
