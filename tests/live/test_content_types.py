"""Content types that a server must survive on every address."""

import pytest

from tests.live.calls import Caller, data_path, path_of
from tests.servers import LiveServer

TYPES = [
    "text/plain; charset=hex",
    "text/plain; charset=unicode_escape",
    "text/plain; x*=bogus''%41",
    "text/plain; charset*=utf-8''%00",
]


@pytest.mark.parametrize("content_type", TYPES)
def test_no_content_type_is_a_server_error(
    either_server: LiveServer, content_type: str
) -> None:
    """S-147, Z-092: answered, and kept as it was sent"""
    user = Caller.user(either_server)
    for path in ("/health", "/nav/app2018?x=%5Cud800", "/Home/Tokens?next=%5Cud800"):
        assert user.call("GET", path, content_type=content_type).status < 500
    path = data_path(user.create(), "vedlegg")
    answer = user.call("POST", path, body=b"hello", content_type=content_type)
    assert answer.status == 201, answer.text
    assert answer.json()["contentType"] == content_type
    download = user.call("GET", path_of(answer.headers["Location"]))
    assert download.headers["Content-Type"] == content_type
    assert download.body == b"hello"
