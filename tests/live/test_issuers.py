"""Two servers, of which one is the issuer that the other trusts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from parties.tokens import stated_claims
from samples.journeys.transport import Request
from tests.servers import Command, LiveServer, Template

pytestmark = pytest.mark.slow
LIST = "/storage/api/v1/instances?org=nav"
TOKEN = "/Home/GetTestOrgToken/nav"


@pytest.fixture
def abroad(template: Template) -> Iterator[LiveServer]:
    """The server that issues."""
    with template.server() as server:
        yield server


@pytest.fixture
def home(
    template: Template, abroad: LiveServer, tmp_path: Path
) -> Iterator[LiveServer]:
    """The server that trusts it, with two processes."""
    platform = f"platform.localhost:{abroad.port}"
    iss = f"http://{platform}/authentication/api/v1/openid/"
    entry = {
        "iss": iss,
        "kind": "altinn",
        "discovery_url": f"{iss}.well-known/openid-configuration",
        "max_lifetime": 1800,
        "enabled_in": ["test"],
    }
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [entry]}))
    settings = {
        "ALTINN_TRUSTED_ISSUERS": str(path),
        "ALTINN_INTERNAL_HOSTS": platform,
    }
    with template.server(Command(workers=2), **settings) as server:
        yield server


def token_of(server: LiveServer) -> str:
    answer = server.api.send(Request("GET", server.api.base_host, TOKEN, {}))
    assert answer.status == 200
    return answer.body.decode()


def statuses(server: LiveServer, token: str, calls: int = 1) -> set[int]:
    """Call so often that every process is asked, and return how it was answered."""
    headers = {"Authorization": f"Bearer {token}"}
    request = Request("GET", server.api.base_host, LIST, headers)
    return {server.api.send(request).status for _ in range(calls)}


def test_token_of_another_server_is_taken_and_only_where_it_is_trusted(
    home: LiveServer, abroad: LiveServer
) -> None:
    """Z-027, Z-029, Z-013: fetched, renewed, and kept when the issuer is gone"""
    foreign, own = token_of(abroad), token_of(home)
    assert stated_claims(foreign)["iss"] != stated_claims(own)["iss"]
    assert statuses(home, foreign, 6) == {200}
    assert statuses(home, own) == {200}
    assert statuses(abroad, own) == {401}

    said = home.manage("check_issuers")
    assert "platform.localhost" in said
    assert "ok: 1 key\n" in said
    abroad.manage("rotate_signing_key", "--now")
    renewed = token_of(abroad)
    assert statuses(home, renewed, 6) == {401}  # asked for its keys just now
    assert "ok: 2 keys\n" in home.manage("check_issuers")
    assert statuses(home, renewed, 6) == {200}
    assert statuses(home, foreign, 6) == {200}

    abroad.kill()
    home.kill()
    home.start()
    assert statuses(home, renewed, 6) == {200}


def test_processes_follow_a_new_signing_key_without_a_restart(
    template: Template,
) -> None:
    """Z-013, Z-115: and refuse no token that is still valid"""
    with template.server(Command(workers=2)) as server:
        old = token_of(server)
        server.manage("rotate_signing_key", "--now")
        new = [token_of(server) for _ in range(6)]
        assert statuses(server, old, 6) == {200}
        for token in new:
            assert statuses(server, token, 2) == {200}
        keys = "/authentication/api/v1/openid/.well-known/openid-configuration/jwks"
        request = Request("GET", server.api.base_host, keys, {})
        sets = [json.loads(server.api.send(request).body) for _ in range(6)]
        assert [len(one["keys"]) for one in sets] == [2] * 6
