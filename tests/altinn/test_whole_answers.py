"""What Django hands to the server: whole answers in one piece, streams as they are."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from altinn.whole_answers import WholeAnswers


def _handed(answer: HttpResponseBase) -> Iterable[bytes]:
    def application(environ: Any, start_response: Any) -> Any:
        return answer

    return WholeAnswers(application)({}, lambda *_: lambda _: None)


@pytest.mark.django_db  # Django looks after its connections when an answer is closed
@pytest.mark.parametrize("content", [b"", b'{"count":0}'])
def test_a_whole_answer_is_one_piece_and_closed(content: bytes) -> None:
    """The server closes no list, and what waits for the end must come to it"""
    answer = HttpResponse(content)
    assert _handed(answer) == [content]
    assert answer.closed


def test_a_stream_is_left_to_the_server() -> None:
    """It is read and closed when it is sent, not before"""
    answer = StreamingHttpResponse(iter([b"a", b"b"]))
    assert _handed(answer) is answer
    assert not answer.closed
