"""An application uploaded at the desk: one report of what is wrong, or stored."""

import re
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps_registry.app_folder import POLICY
from apps_registry.models import Application, Deployment
from audit.models import AuditEntry
from parties.choices import OrgRole
from parties.models import User
from tests.altinn.deploying import FIRST, SECOND, TEXTS, administrator, at, upload
from tests.altinn.desk import member, sign_in
from tests.api.platform.registry_state import registry_state
from tests.apps_registry.archives import FILES, special, with_entry
from tests.client import BASE_HOST

__all__ = ["administrator"]

pytestmark = pytest.mark.usefixtures("sandbox")


# --- uploading ------------------------------------------------------------------------
def test_an_upload_is_stored_and_served(administrator: Client) -> None:
    """Who, what, when, from where: on the page and in the trail"""
    answer = upload(administrator, SECOND, label="høst")
    assert answer.status_code == 302, answer.content.decode()
    made = Deployment.objects.get(number=2)
    assert (made.label, made.created_by) == ("høst", "administrator-of-nav")
    assert Application.objects.get().current == made
    page = administrator.get(at("deployments")).content.decode()
    assert "Stored as deployment 2." in page
    assert "Deployment 2 is served from now on." in page
    assert made.content_hash in page
    entries = AuditEntry.objects.exclude(account="server").order_by("id")
    assert [(entry.act, entry.account) for entry in entries] == [
        ("deploy", "administrator-of-nav"),
        ("activate", "administrator-of-nav"),
    ]
    for entry in entries:
        assert entry.account_id == User.objects.get().pk
        assert (entry.org, entry.address) == ("nav", "127.0.0.1")
        assert len(entry.trace_id) == 32


def test_an_upload_can_be_stored_alone(administrator: Client) -> None:
    """And be compared before it is served"""
    assert upload(administrator, SECOND, serve="").status_code == 302
    current = Application.objects.get().current
    assert current is not None and current.number == 1
    assert Deployment.objects.count() == 2


def test_the_same_content_is_told_and_makes_none(administrator: Client) -> None:
    """D-2"""
    assert upload(administrator, FILES).status_code == 302
    page = administrator.get(at("deployments")).content.decode()
    assert "The same content is deployment 1 already, which is served." in page
    assert Deployment.objects.count() == 1


def test_a_refused_folder_is_told_in_one_report(administrator: Client) -> None:
    """Errors and warnings apart: file, place, what, how to mend it, code"""
    broken = {
        **FILES,
        POLICY: FILES[POLICY] + b"<",
        TEXTS: b'{"language": "nb", "resources": [{"value": "x"}]}',
        "config/texts/odd.json": b"{}",
    }
    before = registry_state()
    answer = upload(administrator, broken)
    assert answer.status_code == 400
    assert registry_state() == before
    shown = answer.context_data
    page = answer.content.decode()
    assert {finding.severity for finding in shown["errors"]} == {"error"}
    assert {finding.severity for finding in shown["warnings"]} == {"warning"}
    for finding in [*shown["errors"], *shown["warnings"]]:
        for told in (finding.file, finding.code, finding.mend):
            assert told in page
    assert "nothing was stored" in page
    assert re.search(r"line \d+", page)


def test_warnings_of_what_was_stored_are_told(administrator: Client) -> None:
    """They refuse nothing"""
    answer = upload(
        administrator,
        {**SECOND, "config/texts/odd.json": b'{"language": "nb", "resources": []}'},
    )
    assert answer.status_code == 200
    assert answer.context_data["warnings"]
    assert Deployment.objects.filter(number=2).exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no zip file", "archive-unreadable"),
        (with_entry("App/config/../../../etc/passwd.json"), "path-refused"),
        (with_entry("/etc/passwd.json"), "path-refused"),
        (with_entry("App/config/bomb.json", b" " * 4_000_000), "ratio-refused"),
        (with_entry(special("App/config/a.json", 0o120777), b"/etc"), "link-refused"),
    ],
)
def test_a_hostile_archive_is_refused(
    administrator: Client, content: bytes, code: str
) -> None:
    """Before a byte of it is unpacked"""
    before = registry_state()
    answer = upload(administrator, content)
    assert answer.status_code == 400
    assert code in answer.content.decode()
    assert registry_state() == before


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_an_application_may_have_is_not_read(
    administrator: Client,
    settings: LazySettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    announced: bool,
) -> None:
    """Neither to memory nor to the disk; no file is left behind"""
    settings.ALTINN_MAX_APP_MIB = 1
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = registry_state()
    room = 0 if announced else 2**20  # else the parts are counted as they come
    monkeypatch.setattr("process.upload_admin._FORM_ROOM", room + 64 * 1024)
    answer = upload(administrator, b"x" * (2**20 + 64 * 1024))
    assert answer.status_code == 413
    assert "An application may have 1 MiB" in answer.content.decode()
    assert registry_state() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("values", "file"), [({"label": "x" * 81}, b"x"), ({}, None), ({}, b"")]
)
def test_a_form_that_lacks_something_says_what(
    administrator: Client, values: dict[str, str], file: bytes | None
) -> None:
    """And stores nothing"""
    before = registry_state()
    data: dict[str, Any] = dict(values)
    if file is not None:
        data["archive"] = SimpleUploadedFile("app.zip", file)
    answer = administrator.post(at("deployments"), data)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert registry_state() == before


def test_a_form_of_another_site_is_refused() -> None:
    """Its file is not stored"""
    browser = sign_in(Client(enforce_csrf_checks=True), member(OrgRole.ADMINISTRATOR))
    before = registry_state()
    for url in (at("deployments"), reverse("admin:apps_registry_application_first")):
        assert upload(browser, SECOND, url).status_code == 400
    assert browser.post(at("serve", 1)).status_code == 400
    assert registry_state() == before


def test_no_other_page_takes_files(tmp_path: Path, settings: LazySettings) -> None:
    """What is sent to the login page is not kept, not even for a moment"""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    file = BytesIO(b"x" * 3_000_000)
    file.name = "large.bin"
    browser = Client(headers={"host": f"{BASE_HOST}:8000"})
    answer = browser.post("/admin/login/", {"username": "a", "file": file})
    assert answer.status_code == 200
    assert not answer.wsgi_request.FILES
    assert list(tmp_path.iterdir()) == []


# --- a first deployment ---------------------------------------------------------------
def named(files: Mapping[str, bytes], app_id: str) -> dict[str, bytes]:
    """Return the files as those of another application."""
    org, _, app = app_id.partition("/")
    metadata = "config/applicationmetadata.json"
    renamed = files[metadata].replace(b'"nav/app2018"', f'"{app_id}"'.encode())
    renamed = renamed.replace(b'"org": "nav"', f'"org": "{org}"'.encode())
    policy = files[POLICY].replace(b">app2018<", f">{app}<".encode())
    return {**files, metadata: renamed, POLICY: policy}


def test_an_application_comes_in_by_upload(administrator: Client) -> None:
    """For an organisation that the administrator manages"""
    files = named(FILES, "nav/app2019")
    answer = upload(administrator, files, reverse(FIRST), org="nav", app="app2019")
    assert answer.status_code == 302, answer.content.decode()
    made = Application.objects.get(app_id="nav/app2019")
    assert made.current is not None and made.current.number == 1


@pytest.mark.parametrize(
    ("org", "app", "status"),
    [
        ("skd", "app2019", 400),  # not his
        ("nav", "app2020", 400),  # not what the folder says
        ("nav", "../app", 400),
        ("nav", "Instances", 400),
        ("nav", "", 400),
    ],
)
def test_a_first_deployment_elsewhere_is_refused(
    administrator: Client, org: str, app: str, status: int
) -> None:
    """And nothing is stored"""
    before = registry_state()
    files = named(FILES, "nav/app2019")
    answer = upload(administrator, files, reverse(FIRST), org=org, app=app)
    assert answer.status_code == status
    assert registry_state() == before
