"""What Django cannot read in a Content-Type is kept from it, before it makes a request.

Django reads the parameters of every request's Content-Type while it makes the request
object, before any middleware: an unknown charset in one of them would be a server error
on every address. The charset of the body's type also decides how it decodes the query,
which is UTF-8 here whatever the body is; Python has codecs that decode to no text.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.utils.http import parse_header_parameters

from api.header_values import SENT_CONTENT_TYPE

_UTF_8 = ("utf-8", "utf8")


class ReadableContentType:
    """Wraps a WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        """Take the application."""
        self._application = application

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        make_readable(environ)
        return self._application(environ, start_response)


def make_readable(environ: WSGIEnvironment) -> None:
    """Reduce a Content-Type to the type alone unless Django can read its parameters.

    A charset other than UTF-8 counts as one that it cannot. Uploads find the type as it
    was sent.
    """
    sent = environ.get("CONTENT_TYPE", "")
    if not sent:
        return
    try:
        charset = parse_header_parameters(sent)[1].get("charset", _UTF_8[0])
    except (ValueError, LookupError):
        charset = None
    if charset is None or charset.lower() not in _UTF_8:
        environ[SENT_CONTENT_TYPE] = sent
        environ["CONTENT_TYPE"] = sent.partition(";")[0].strip()
