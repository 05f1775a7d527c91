"""A header that comes twice, as servers hand it on."""

from http.client import HTTPConnection

import pytest

from samples.journeys.transport import Request
from tests.servers import LiveServer

GUID = "00000000-0000-4000-8000-000000000000"
PATH = f"/storage/api/v1/instances/500000/{GUID}/dataelementexists/{GUID}"


def status(server: LiveServer, tokens: list[str]) -> int:
    """Call with each token in a platform header of its own."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.putrequest("GET", PATH)
    for token in tokens:
        connection.putheader("PlatformAccessToken", token)
    connection.endheaders()
    answered = connection.getresponse().status
    connection.close()
    return answered


@pytest.mark.parametrize("other", ["", "x", "the same"])
def test_a_platform_access_token_is_sent_once(
    either_server: LiveServer, other: str
) -> None:
    """Z-032: whichever of them a server would put first"""
    path = "/Home/GetPlatformAccessToken?app=pdf"
    base = either_server.api.base_host
    answer = either_server.api.send(Request("GET", base, path, {}))
    good = answer.body.decode()
    assert status(either_server, [good]) == 200
    second = good if other == "the same" else other
    assert status(either_server, [good, second]) == 401
    assert status(either_server, [second, good]) == 401
