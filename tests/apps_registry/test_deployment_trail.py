"""Every deployment and activation is written down, whichever way it came."""

import socket
from typing import Any

import pytest
from django.core.management import call_command

from apps_registry import changes, deployments, services
from apps_registry.app_folder import POLICY, AppFolder
from apps_registry.models import Application
from audit.models import AuditEntry
from audit.querysets import AuditEntryQuerySet
from common.actors import Actor
from tests import cast
from tests.apps_registry.archives import FILES, archive
from tests.client import PLATFORM_HOST, Api
from tests.factories import SAMPLES

pytestmark = pytest.mark.usefixtures("sandbox")

REGISTRY = "/registry/api/v1/apps/nav/app2018/deployments"
SECOND = {**FILES, "options/land.json": b'[{"value": "no", "label": "Norge"}]'}
SOMEBODY = Actor("somebody", "192.0.2.7", "0" * 32)


def entries() -> AuditEntryQuerySet:
    """Return what was written down since the sandbox was deployed."""
    return AuditEntry.objects.exclude(account="server").order_by("id")


def told() -> list[Any]:
    return [(entry.act, entry.details) for entry in entries()]


def test_a_deployment_and_its_activation_are_two_entries() -> None:
    """Who, what, when, and from where"""
    services.deploy(AppFolder(SECOND), org="nav", app="app2018", by=SOMEBODY)
    deployments.activate("nav", "app2018", 1, by=SOMEBODY)
    assert told() == [
        ("deploy", {"deployment": 2}),
        ("activate", {"deployment": 2, "insteadOf": 1, "stranded": 0}),
        ("activate", {"deployment": 1, "insteadOf": 2, "stranded": 0}),
    ]
    application = Application.objects.get()
    for entry in entries():
        assert (entry.account_id, entry.account) == (None, "somebody")
        assert (entry.address, entry.trace_id) == ("192.0.2.7", "0" * 32)
        assert (entry.thing, entry.org) == ("apps_registry.application", "nav")
        assert entry.thing_id == str(application.pk)


def test_what_changes_nothing_leaves_no_entry() -> None:
    """The same content, or a deployment that is served already"""
    services.deploy(AppFolder(FILES), org="nav", app="app2018", by=SOMEBODY)
    deployments.activate("nav", "app2018", 1, by=SOMEBODY)
    assert told() == []


def test_the_command_says_who_ran_it_and_where() -> None:
    """An operator has no account"""
    call_command("import_app", str(SAMPLES / "nav" / "sykmelding-hooks"))
    assert [entry.act for entry in entries()] == ["deploy", "activate"]
    for entry in entries():
        assert entry.account.startswith("command line (")
        assert entry.address == socket.gethostname()[:45]
        assert entry.account_id is None


def test_every_call_that_deploys_says_who_called_and_from_where() -> None:
    """Upload, activation, policy, metadata, texts and the end of an application"""
    owner = Api(PLATFORM_HOST, cast.OWNER)
    designer = Api(PLATFORM_HOST, cast.DESIGNER)
    policy = FILES[POLICY].replace(b"</xacml:Policy>", b"<!-- --></xacml:Policy>")
    assert policy != FILES[POLICY]
    texts = {"language": "da", "resources": []}
    metadata = Api(PLATFORM_HOST).get("/storage/api/v1/applications/nav/app2018").json()
    application = "/storage/api/v1/applications/nav/app2018"
    calls: list[tuple[Any, list[str]]] = [
        (owner.post(REGISTRY, body=archive(SECOND), content_type="application/zip"),
         ["deploy", "activate"]),
        (owner.post(f"{REGISTRY}/1/activate"), ["activate"]),
        (designer.post("/authorization/api/v1/policies?org=nav&app=app2018",
                       body=policy, content_type="application/xml"),
         ["deploy", "activate"]),
        (designer.put(application, json={**metadata, "title": {"nb": "Ny"}}),
         ["deploy", "activate"]),
        (designer.post(f"{application}/texts", json=texts), ["deploy", "activate"]),
        (designer.delete(f"{application}?hard=true"), ["retire"]),
    ]  # fmt: skip
    assert [entry.act for entry in entries()] == [a for _, acts in calls for a in acts]
    for answer, _ in calls:
        assert answer.status_code < 300, answer.content
    accounts = {entry.account for entry in entries()}
    assert len(accounts) == 2
    assert "service-owner nav" in accounts
    for entry in entries():
        assert entry.address == "127.0.0.1"
        assert len(entry.trace_id) == 32
        assert entry.org == "nav"


def test_without_its_entry_nothing_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment and its entry are one"""

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the trail is out of order")

    monkeypatch.setattr(deployments, "record", fail)
    folder = AppFolder(SECOND)
    with pytest.raises(RuntimeError):
        services.deploy(folder, org="nav", app="app2018", by=SOMEBODY)
    with pytest.raises(RuntimeError):
        changes.retire(org="nav", app="app2018", by=SOMEBODY)
    current = Application.objects.select_related("current").get().current
    assert current is not None and current.number == 1
    assert Application.objects.get().deployments.count() == 1
