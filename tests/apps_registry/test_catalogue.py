"""The applications that a process holds: what is kept, and what is let go."""

import gc
import shutil
import weakref
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from apps_registry import catalogue, services
from apps_registry.app_folder import PROCESS
from apps_registry.errors import AppUnreadable
from apps_registry.models import Deployment, DeploymentFile, RegistryVersion
from authorization.services import compiled_policy
from tests.factories import SAMPLES
from tests.rivals import rival

pytestmark = pytest.mark.usefixtures("sandbox")


def test_an_unreadable_app_is_read_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """performance.md §5: a list asks for every app"""
    DeploymentFile.objects.filter(path=PROCESS).update(content=b"<a>")
    Deployment.objects.update(content_hash="unreadable")
    catalogue.forget()
    assert "nav/app2018" not in catalogue.all_definitions()
    with django_assert_num_queries(0):
        assert "nav/app2018" not in catalogue.all_definitions()
        with pytest.raises(AppUnreadable):
            catalogue.definition_of("nav", "app2018")


def test_a_superseded_definition_is_let_go(tmp_path: Path) -> None:
    """A deployment may have 50 MiB of files"""
    folder = Path(shutil.copytree(SAMPLES / "nav" / "app2018", tmp_path / "app"))
    extra = folder / "App" / "config" / "more.json"
    # Django's connection keeps the last error, and with it the frames of another test:
    # the definition that is looked at here is one that no other test has had.
    extra.write_text('{"made": "for this test"}', "utf-8")
    services.import_app(folder)
    first = catalogue.definition_of("nav", "app2018")
    assert compiled_policy(first) is compiled_policy(first)
    held = weakref.ref(first)
    del first
    extra.write_text("{}", "utf-8")
    services.import_app(folder)
    compiled_policy(catalogue.definition_of("nav", "app2018"))
    gc.collect()
    assert held() is None


def test_what_changes_before_the_answer_is_here_is_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D-2: an answer is as old as its question, however long it takes"""
    now = [0.0]
    monkeypatch.setattr(catalogue, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(catalogue, "POLL_SECONDS", 1.0)
    catalogue.forget()
    known = catalogue.generation()
    now[0] = 2.0

    def change_and_dawdle() -> None:
        RegistryVersion.objects.update(number=F("number") + 1)
        now[0] = 4.0

    table = RegistryVersion._meta.db_table
    with rival(beside=table, before=lambda: None, after=change_and_dawdle):
        assert catalogue.generation() is known
    assert catalogue.generation() is not known
