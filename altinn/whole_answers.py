"""An answer that is whole already is handed to the server in one piece.

A server fetches what is iterable piece by piece, each time through Python's lock; of a
list it takes the bytes at once, and knows their length.
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpResponse


class WholeAnswers:
    """Wraps Django as a WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        """Take the application."""
        self._application = application

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = self._application(environ, start_response)
        if not isinstance(answer, HttpResponse):
            return answer  # a stream, or a file that the server sends by itself
        content = answer.content
        # The server closes what it iterates over; a list it does not.
        answer.close()
        return [content]
