"""The rest of a body whose call is refused, so that its sender comes to the answer.

A server that has answered closes a connection whose body nobody has read. To who is
still sending that is a broken connection, in most languages' clients, and no answer.
"""

from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request

from api.uploads import body_stream, content_length, has_body
from apps_registry.definition import MEBIBYTE
from parties.identity import Principal

_MOST: Final = 100 * MEBIBYTE
_PIECE: Final = 64 * 1024


def read_out(request: Request) -> None:
    """Read what is left of the body of a call that is refused, and keep none of it.

    Only of callers who are known: nobody else holds a thread by sending slowly. Not
    where the sender waits to be told to go on (``Expect``), nor beyond a limit.
    """
    sent = request._request
    if not isinstance(getattr(request, "_user", None), Principal):
        return
    if not has_body(sent) or "HTTP_EXPECT" in sent.META:
        return
    if (content_length(sent) or 0) <= _MOST:
        _read_out(sent)


def _read_out(sent: HttpRequest) -> None:
    stream = body_stream(sent)
    left = _MOST
    try:
        while left > 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)
    except OSError:
        return  # the sender is gone
