"""The application's metadata: for anyone, cacheable."""

import pytest

from api.cookies import TOKEN_COOKIE as COOKIE
from tests.client import Api, assert_problem

pytestmark = pytest.mark.usefixtures("sandbox")
URL = "/nav/app2018/api/v1/applicationmetadata"


def test_a_stale_token_does_not_keep_anyone_from_it(anonymous_app: Api) -> None:
    """A-001: what takes no token does not look at one"""
    stale = {"Authorization": "Bearer stale"}
    assert anonymous_app.get(URL, headers=stale).status_code == 200
    anonymous_app._client.cookies[COOKIE] = "stale"
    assert anonymous_app.get(URL).status_code == 200


def test_a_client_that_has_it_gets_304(anonymous_app: Api) -> None:
    """style.md §11: ETag and If-None-Match"""
    first = anonymous_app.get(URL)
    assert first.json()["id"] == "nav/app2018"
    headers = {"If-None-Match": first["ETag"]}
    second = anonymous_app.get(URL, headers=headers)
    assert (second.status_code, second.content) == (304, b"")
    assert second["ETag"] == first["ETag"]


def test_the_proposals_address_refuses_other_parameters(anonymous_app: Api) -> None:
    """seed-api.md §3: strict"""
    assert anonymous_app.get("/app2018").status_code == 200
    answer = anonymous_app.get("/app2018?extra=1")
    assert_problem(answer, 400, code="parameter-invalid")
