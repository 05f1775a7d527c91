"""Three ways in: hosts, path fallback, and addresses in any case with any slash."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import resolve, reverse

from api.links import PATHS
from api.routes import CaseBlindPattern
from instances.models import Instance
from tests import cast
from tests.client import (
    APP_HOST,
    BASE_HOST,
    PLATFORM_HOST,
    STORAGE_HOST,
    Api,
    assert_problem,
)
from tests.factories import FORM, reread

pytestmark = pytest.mark.usefixtures("sandbox")
GUID = "0195d2ae-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (APP_HOST, "/app2018/instances/{guid}"),
        (APP_HOST, "/nav/app2018/instances/{id}"),
        (PLATFORM_HOST, "/storage/api/v1/instances/{id}"),
        (PLATFORM_HOST, "/storage/api/v1/instances/{guid}"),
        (STORAGE_HOST, "/nav/app2018/instances/{guid}"),
        (BASE_HOST, "/nav/app2018/instances/{id}"),
        (BASE_HOST, "/nav/app2018/instances/{guid}"),
        (BASE_HOST, "/storage/api/v1/instances/{id}"),
        (BASE_HOST, "/storage/nav/app2018/instances/{guid}"),
        ("127.0.0.1", "/nav/app2018/instances/{id}"),
        ("testserver", "/nav/app2018/instances/{id}"),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_way_in_reaches_the_same_instance(
    instance: Instance, host: str, path: str, slash: str
) -> None:
    """seed-api.md §5, S-001, S-002, clients.md: trailing slashes"""
    api = Api(host, cast.SOPHIE)
    url = path.format(guid=instance.id, id=instance.instance_id) + slash
    document = api.get(url).json()
    assert document["id"] == instance.instance_id
    links = document["selfLinks"]
    if host in (BASE_HOST, "127.0.0.1", "testserver"):
        apps = f"http://{host}:8000/nav/app2018/instances/{instance.instance_id}"
        assert links["apps"] == apps
        assert links["platform"].startswith(f"http://{host}:8000/storage/api/v1/")
    else:
        assert links["apps"].startswith("http://nav.apps.altinn.test:8000/nav/app2018/")
        assert links["platform"].startswith("http://platform.altinn.test:8000/storage/")


@pytest.mark.parametrize(
    "path", ["/APP2018", "/NAV/app2018/instances/{id}", "/nav/App2018/instances/{id}"]
)
def test_names_of_orgs_and_apps_keep_their_case(
    app: Api, instance: Instance, path: str
) -> None:
    """app-api.md §1.1: values keep their case, literals do not"""
    answer = app.get(path.format(id=instance.instance_id))
    assert_problem(answer, 404, code="route-not-found")


def test_literals_match_in_any_case(app: Api, instance: Instance) -> None:
    """S-002, clients.md"""
    answer = app.get(f"/nav/app2018/INSTANCES/{instance.instance_id}/Process/History/")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "a.b.apps.altinn.test",
        "apps.altinn.test",
        ".apps.altinn.test",
        "n_v.apps.altinn.test",
        "-nav.apps.altinn.test",
        "altinn.test.evil.example",
        "x.altinn.test",
    ],
)
def test_an_unknown_host_is_refused(instance: Instance, host: str) -> None:
    """D-18, T-40"""
    api = Api(host, cast.SOPHIE)
    answer = api.get(f"/nav/app2018/instances/{instance.instance_id}")
    document = assert_problem(answer, 400, code="host-unknown")
    assert host in document["detail"]
    assert document["type"].startswith("http://altinn.test:8000/")


def test_another_orgs_host_does_not_serve_the_app(instance: Instance) -> None:
    """style.md §10: {org} in the path must equal the host's"""
    api = Api("skd.apps.altinn.test", cast.SOPHIE)
    for path in ("/nav/app2018", f"/app2018/instances/{instance.id}"):
        assert_problem(api.get(path), 404, code="app-not-found")


@pytest.mark.parametrize(
    "org", ["admin", "health", "storage", "docs", "problems", "home"]
)
def test_reserved_words_are_no_orgs(fallback: Api, org: str) -> None:
    """D-18"""
    answer = fallback.get(
        f"/{org}/app2018/instances/00000000-0000-4000-8000-000000000000"
    )
    assert_problem(answer, 404, code="route-not-found")


@pytest.mark.parametrize("host", [APP_HOST, PLATFORM_HOST, STORAGE_HOST, BASE_HOST])
def test_some_addresses_answer_on_every_host(sandbox: None, host: str) -> None:
    """S-380, D-18, A-200, S-001"""
    api = Api(host)
    health = api.get("/health")
    assert (health.content, health["Content-Type"]) == (
        b"Healthy",
        "text/plain; charset=utf-8",
    )
    for path in ("/", "/problems", "/problems/app-not-found", "/docs", "/Home/Tokens"):
        answer = api.get(path)
        assert answer.status_code == 200, path
        assert answer["Content-Type"].startswith("text/html")


def test_the_admin_is_on_the_base_host_alone(sandbox: None) -> None:
    """D-18"""
    assert Api(BASE_HOST).get("/admin/").status_code == 302
    assert Api(BASE_HOST).get("/admin")["Location"] == "/admin/"
    for host in (APP_HOST, PLATFORM_HOST, STORAGE_HOST, "127.0.0.1", "testserver"):
        assert Api(host).get("/admin/").status_code == 404


def test_an_action_that_is_called_like_a_method_is_none_of_other_routes(
    app: Api, anonymous_app: Api, instance: Instance
) -> None:
    """PATCH is of an element's address, and not of a data type's"""
    url = f"/nav/app2018/instances/{instance.instance_id}/data/default"
    for api in (app, anonymous_app):
        answer = api.call("PATCH", url, json={"patch": []})
        assert_problem(answer, 405, code="method-not-allowed")
        assert "PATCH" not in answer["Allow"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/storage/api/v1/instances", "GET, POST, HEAD, OPTIONS"),
        ("DELETE", "/nav/app2018/instances", "POST, OPTIONS"),
        ("POST", "/nav/app2018", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_405_and_names_the_right_ones(
    fallback: Api, method: str, path: str, allowed: str
) -> None:
    """S-005, A-003: before any token is asked for"""
    for api in (fallback, Api(BASE_HOST)):
        answer = api.call(method, path)
        assert_problem(answer, 405, code="method-not-allowed")
        assert answer["Allow"] == allowed


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health",
        "/problems",
        "/problems/not-permitted",
        "/docs",
        "/docs/application",
        "/docs/platform/redoc",
        "/docs/platform/openapi.yaml",
        "/docs/redoc.js",
    ],
)
def test_what_is_only_read_says_so(path: str, method: str) -> None:
    """And asks for no anti-forgery token, which would not help"""
    client = Client(headers={"host": f"{BASE_HOST}:8000"}, enforce_csrf_checks=True)
    answer = client.generic(method, path)
    assert_problem(answer, 405, code="method-not-allowed")
    assert answer["Allow"] == "GET, HEAD"
    assert (client.get(path).status_code, client.head(path).status_code) == (200, 200)


def test_a_path_without_route_is_a_problem(fallback: Api) -> None:
    """A-014, A-015, T-37: a problem with type, title, status and traceId, never HTML"""
    assert_problem(fallback.get("/finnes/ikke/i/det/hele"), 404, code="route-not-found")


@pytest.mark.parametrize(
    "path",
    [
        "/storage/api/v1/studio/instances/nav/%00",
        f"/storage/api/v1/studio/instances/nav/a%00/{UUID(int=7)}",
        "/admin/cleanup/recurringtask/%00/change/",
        "/nav/app2018/api/options/a%00b",
        "/storage/api/v1/applications/nav/app2018/texts/%00%00",
        "/authentication/api/v1/exchange/%00",
    ],
)
def test_nothing_is_at_an_address_with_a_nul(sandbox: None, path: str) -> None:
    """T-37: PostgreSQL refuses even to compare with one"""
    answer = Api(BASE_HOST, cast.DESIGNER).get(path)
    assert_problem(answer, 404, code="route-not-found")


def test_every_answer_bears_the_headers(app: Api, instance: Instance) -> None:
    """A-005, A-006, Z-112"""
    urls = [f"/app2018/instances/{instance.id}", "/finnes-ikke", "/app2018", "/health"]
    for url in urls:
        answer = app.get(url)
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-XSS-Protection"] == "0"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "Host" in answer["Vary"]
    assert app.get(urls[0])["Cache-Control"] == "no-store,no-cache"
    assert app.get("/app2018")["Cache-Control"] == "public,max-age=60"


def test_accept_never_fails(app: Api, instance: Instance) -> None:
    """A-011: JSON unless HTML is asked for by name"""
    url = f"/app2018/instances/{instance.id}"
    for accept in ("image/png", "*/*", "application/xml", "nonsense"):
        answer = app.get(url, headers={"Accept": accept})
        assert answer["Content-Type"] == "application/json; charset=utf-8"
    page = app.get(url, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page["Content-Type"].startswith("text/html")


def test_the_trace_id_is_the_callers_if_he_has_one(app: Api) -> None:
    """style.md §9: traceId in the problem and in the log"""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = app.get("/finnes-ikke", headers=headers)
    assert answer.json()["traceId"] == trace
    forged = app.get("/finnes-ikke", headers={"traceparent": "00-\n-1-01"})
    assert forged.json()["traceId"] != trace


def test_the_second_question_mark_separates_only_the_proposals_names(
    app: Api, instance: Instance
) -> None:
    """V3, D-19: before formId= or instanceOwnerId= alone"""
    url = f"/app2018/instances/{instance.id}/data?formId=default?other=1"
    answer = app.post(url, body=FORM, content_type="text/xml")
    assert_problem(answer, 400, code="data-type-unknown")
    assert reread(instance).last_changed == instance.last_changed


@pytest.mark.parametrize(
    "address",
    [
        "/nav/app2018/instances",
        f"/nav/app2018/instances/500000/{GUID}",
        f"/nav/app2018/instances/500000/{GUID}/process/next",
        f"/nav/app2018/instances/500000/{GUID}/data/{GUID}",
        "/storage/api/v1/instances",
        f"/storage/api/v1/instances/500000/{GUID}/complete",
    ],
)
def test_what_is_asked_the_most_is_found_soon(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the two hundred routes of the path fallback few are tried"""
    tried: list[str] = []
    match = CaseBlindPattern.match

    def counted(self: CaseBlindPattern, path: str) -> object:
        tried.append(path)
        return match(self, path)

    monkeypatch.setattr(CaseBlindPattern, "match", counted)
    resolve(address, "altinn.urls")
    assert len(tried) <= 50


@pytest.mark.parametrize("name", PATHS)
def test_links_lead_to_the_routes_that_they_name(name: str) -> None:
    """Written down, because asking Django for one makes it take all routes apart"""
    values = {"org": "nav", "app": "app2018"} if "{app}" in PATHS[name] else {}
    found = reverse(name, urlconf="altinn.urls", kwargs=values)
    assert found == PATHS[name].format(**values)
