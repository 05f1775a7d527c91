"""Defences of the whole house: where browsers are sent, what headers are believed."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from parties.models import Membership, User
from tests import cast
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "an-admin-of-tests-only"
ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://altinn.test:8000@evil.example/",
    "https://altinn.test.evil.example/",
    "https://evil.example\\@altinn.test:8000/",
    "http://[evil",
    "\x00//evil.example",
    "\r\nLocation: https://evil.example",
]


def browser() -> Client:
    """A browser on the base host."""
    return Client(headers={"host": f"{BASE_HOST}:8000"})


def stays(location: str) -> bool:
    """Whether a browser that follows this stays on the host."""
    return location.startswith("/") and location[1:2] not in ("/", "\\", "\t")


# --- redirects ------------------------------------------------------------------------
@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_address_of_the_caller_leads_to_another_site(target: str) -> None:
    """Z-090, T-14: by password, as a test user, out of it, and logging out"""
    User.objects.create_superuser("boss", password=PASSWORD)
    forms = [
        ("/admin/login/", {"username": "boss", "password": PASSWORD, "next": target}),
        ("/Home/LogInTestUser", {"user": "1337", "next": target}),
        ("/Home/LogOutTestUser", {"next": target}),
    ]
    for path, form in forms:
        answer = browser().post(path, form)
        assert answer.status_code in (302, 400)
        assert stays(answer.headers.get("Location", "/")), (path, answer.headers)
    answer = Client().get(
        "/authentication/api/v1/logout",
        {"goto": target},
        headers={"host": f"{PLATFORM_HOST}:8000"},
    )
    assert answer["Location"] == "http://altinn.test:8000/"


# --- headers --------------------------------------------------------------------------
def test_no_forwarding_header_names_the_host_or_the_scheme() -> None:
    """T-40, Z-113: links are made from ALTINN_BASE_URL"""
    instance = make_instance()
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "1",
        "X-Original-URL": "/admin/",
        "X-Rewrite-URL": "/admin/",
        "Forwarded": "host=evil.example;proto=https",
    }
    path = f"/nav/app2018/instances/{instance.instance_id}"
    plain = Api(APP_HOST, cast.SOPHIE).get(path)
    answer = Api(APP_HOST, cast.SOPHIE).get(path, headers=forged)
    assert answer.json()["selfLinks"] == plain.json()["selfLinks"]
    assert b"evil.example" not in answer.content


def test_a_host_that_is_not_ours_is_refused() -> None:
    """T-40, Z-113"""
    for host in ("evil.example", "altinn.test.evil.example", "evil.altinn.test"):
        answer = Client().get("/health", headers={"host": host})
        assert answer.status_code == 400
        assert answer.json()["code"] == "host-unknown"


@pytest.mark.parametrize(
    ("path", "host", "form"),
    [
        ("/health", "evil.example", None),
        ("/receipts", BASE_HOST, {f"a{number}": "1" for number in range(201)}),
        ("/receipts", BASE_HOST, {"receipt": "a" * (2 * 2**20 + 1)}),
    ],
    ids=["host", "fields", "size"],
)
def test_what_a_caller_makes_up_is_no_error_of_the_servers(
    path: str, host: str, form: dict[str, str] | None, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told to him; a traceback in the log would let anybody fill that"""
    caller = Client(headers={"host": host})
    with caplog.at_level(logging.INFO):
        if form is None:
            answer = caller.get(path)
        else:
            body = urlencode(form)
            kind = "application/x-www-form-urlencoded"
            answer = caller.post(path, body, content_type=kind)
    assert answer.status_code in (400, 413)
    assert [
        one.getMessage() for one in caplog.records if one.levelno > logging.INFO
    ] == []
    assert not any(one.exc_info for one in caplog.records)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "*"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_no_other_origin_is_let_in(origin: str, method: str) -> None:
    """T-41, Z-113: CORS is off, above all with credentials"""
    headers = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
    path = f"/nav/app2018/instances/{make_instance().instance_id}"
    answer = Api(APP_HOST, cast.SOPHIE).call(method, path, headers=headers)
    assert not [name for name in answer.headers if "access-control" in name.lower()]


def test_the_admins_pages_bear_the_headers_too() -> None:
    """T-42, Z-112"""
    for path in ("/admin/login/", "/admin/login/openid/callback/"):
        answer = browser().get(path)
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-XSS-Protection"] == "0"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert "unsafe-inline" not in _directive(answer, "default-src")


def _directive(answer: Any, name: str) -> str:
    directives = answer["Content-Security-Policy"].split(";")
    return next(d.strip() for d in directives if d.strip().startswith(name))


# --- settings of a server behind TLS --------------------------------------------------
READ_SETTINGS = """
import json
from altinn import settings as s
names = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
         "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE",
         "SECURE_HSTS_SECONDS", "DEBUG", "ALTINN_SANDBOX", "ALTINN_TRUST_PROXY",
         "ALTINN_STRICT_INSTANCE_SCOPES", "ALTINN_SYNC_ADAPTER_CLIENTS",
         "ALTINN_OIDC_ISSUER"]
print(json.dumps({name: getattr(s, name) for name in names}))
"""


def test_what_nobody_sets_is_safe() -> None:
    """T-13, T-42, T-43, Z-114: a production server over TLS"""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("ALTINN", "DJ"))}
    ran = subprocess.run(
        [sys.executable, "-c", READ_SETTINGS],
        cwd=ROOT,
        env={**kept, "ALTINN_BASE_URL": "https://altinn.example.no"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-admin-session",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
        "DEBUG": False,
        "ALTINN_SANDBOX": False,
        "ALTINN_TRUST_PROXY": False,
        "ALTINN_STRICT_INSTANCE_SCOPES": False,
        "ALTINN_SYNC_ADAPTER_CLIENTS": [],
        "ALTINN_OIDC_ISSUER": "",
    }


def test_what_is_signed_for_one_purpose_is_worth_nothing_for_another() -> None:
    """Z-115, T-44: a key of its own for tokens, and one derived for each other use"""
    make_instance()
    path = "/storage/api/v1/instances?org=nav&size=1"
    make_instance()
    page = Api(PLATFORM_HOST, cast.OWNER).get(path).json()
    token = page["next"].partition("continuationToken=")[2].partition("&")[0]
    assert token
    for salt in ("", "django.contrib.sessions.backends.signed_cookies", "continuation"):
        forged = signing.TimestampSigner(salt=salt, sep="~").sign("x")
        answer = Api(PLATFORM_HOST, cast.OWNER).get(
            f"{path}&continuationToken={forged}"
        )
        assert_problem(answer, 400, code="continuation-token-invalid")


# --- who is let into the admin --------------------------------------------------------
def test_a_membership_opens_the_admin_and_the_last_one_closes_it() -> None:
    """Given and taken by hand; nobody becomes a superuser by it"""
    boss = browser()
    boss.force_login(User.objects.create_superuser("boss"))
    kari = User.objects.create_user("kari", password=PASSWORD)
    client = browser()
    client.force_login(kari)
    assert client.get("/admin/").status_code == 302
    form = {"user": kari.pk, "org": "nav", "role": "viewer"}
    add = reverse("admin:parties_membership_add")
    assert boss.post(add, form).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert "any permission" not in client.get("/admin/").content.decode()
    assert not User.objects.get(pk=kari.pk).is_superuser
    again = boss.post(add, form)
    assert "has this role there already" in again.content.decode()
    row = Membership.objects.get()
    changed = reverse("admin:parties_membership_change", args=[row.pk])
    assert boss.post(changed, {**form, "role": "boss"}).status_code == 200
    row.refresh_from_db()
    assert (row.role, row.from_claims) == ("viewer", False)
    gone = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    boss.post(reverse("admin:parties_membership_changelist"), gone)
    assert not Membership.objects.exists()
    assert client.get("/admin/").status_code == 302
    boss.post(add, form)
    only = Membership.objects.get()
    boss.post(
        reverse("admin:parties_membership_delete", args=[only.pk]), {"post": "yes"}
    )
    assert client.get("/admin/").status_code == 302
    assert boss.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 403), ("case-worker", 403), ("administrator", 200)]
)
def test_nobody_gives_a_membership_of_another_organisation(
    role: str, status: int
) -> None:
    """An administrator of one is told that it is no choice; others have no form"""
    kari = User.objects.create_user("kari", is_staff=True)
    Membership.objects.create(user=kari, org="nav", role=role)
    client = browser()
    client.force_login(kari)
    form = {"account": "kari", "org": "skd", "role": "administrator"}
    answer = client.post(reverse("admin:parties_membership_add"), form)
    assert answer.status_code == status
    assert Membership.objects.count() == 1
