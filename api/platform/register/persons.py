"""Persons, for a user who knows number and last name, through a platform component."""

import base64
import binascii
from contextlib import suppress
from typing import Final

from rest_framework.request import Request
from rest_framework.response import Response

from api.lookups import require_person_lookup, user_allowance
from api.permissions import PLATFORM
from api.serializers.parties import person_document
from api.views import FaceViewSet
from common.errors import Invalid, Issue
from parties.lookups import find_person
from parties.numbers import SSN_LENGTH, has_digits

_NUMBER_HEADER: Final = "X-Ai-NationalIdentityNumber"
_NAME_HEADER: Final = "X-Ai-LastName"
_LONGEST_NAME: Final = 4096
PERSON_HEADERS: Final = (_NUMBER_HEADER, _NAME_HEADER)


class PersonHeadersInvalid(Invalid):
    """The headers do not say which number and last name are looked up.

    ``X-Ai-NationalIdentityNumber`` has eleven digits; ``X-Ai-LastName`` the last name,
    or its UTF-8 in base64.
    """

    code = "person-headers-invalid"
    detail = "{reason}"


class PersonViewSet(FaceViewSet):
    """Persons."""

    actions = {"retrieve": PLATFORM}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the person with the number and last name in the headers.

        It takes a platform access token and the token of a user of level 2. The first
        four letters of the name count. A number that is nobody's and a wrong name get
        the same answer, and few of them an hour.
        """
        user_id = require_person_lookup(self.principal)
        person = find_person(
            self.principal,
            ssn=_number(request),
            last_names=_last_names(request),
            allowances=[user_allowance(user_id)],
        )
        return Response(person_document(person))


def _number(request: Request) -> str:
    number = request.headers.get(_NUMBER_HEADER, "").strip()
    if not has_digits(number, SSN_LENGTH):
        raise _refused(_NUMBER_HEADER, f"Give {SSN_LENGTH} digits.")
    return number


def _last_names(request: Request) -> list[str]:
    """Return what the header may mean: many a name is also valid base64."""
    sent = request.headers.get(_NAME_HEADER, "").strip()
    if not sent or len(sent) > _LONGEST_NAME:
        raise _refused(_NAME_HEADER, f"Give 1 to {_LONGEST_NAME} characters.")
    # WSGI reads headers as ISO 8859-1, also where UTF-8 was sent.
    raw = sent.encode("latin-1", "replace")
    readings = [raw]
    with suppress(binascii.Error):
        readings.append(base64.b64decode(raw, validate=True))
    return [sent, *(text for text in map(_as_utf8, readings) if text and text != sent)]


def _as_utf8(raw: bytes) -> str:
    """Return the text, empty where it is none that can be read or stored."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


def _refused(header: str, reason: str) -> PersonHeadersInvalid:
    reason = f"{header}: {reason}"
    return PersonHeadersInvalid(
        reason=reason, issues=[Issue(f"{header}:", "header-invalid", reason)]
    )
