"""Fixtures of every test: the sandbox's register, sample application and people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.urls import set_urlconf

from api import languages
from apps_registry import catalogue
from apps_registry.models import Application
from apps_registry.services import import_app
from authorization.seeding import import_seed_folder
from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, STORAGE_HOST, Api
from tests.factories import SAMPLES, make_element, make_instance
from tests.foreign_issuer import idporten, maskinporten

__all__ = ["idporten", "maskinporten"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """Load the sandbox once; tests that roll back find it there."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # a fixture
        _load_sandbox()


def _load_sandbox() -> None:
    import_seed_folder(SAMPLES / "parties")
    import_app(SAMPLES / "nav" / "app2018")


@pytest.fixture(autouse=True)
def own_blobs(settings: LazySettings, tmp_path: Path) -> Path:
    """Give each test a blob store of its own."""
    folder = tmp_path / "blobs"
    blobs = {**settings.STORAGES["blobs"], "OPTIONS": {"location": str(folder)}}
    settings.STORAGES = {**settings.STORAGES, "blobs": blobs}
    return folder


@pytest.fixture(autouse=True)
def fresh_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at the registry anew in each test: another may have rolled back.

    And not again when a second is over, which is sooner on a machine that is busy:
    statements are counted. Live servers do, and what this process changes it sees.
    """
    monkeypatch.setattr(catalogue, "POLL_SECONDS", float("inf"))
    catalogue.forget()
    languages.forget()
    yield
    catalogue.forget()


@pytest.fixture(autouse=True)
def own_urlconf() -> None:
    """Reverse addresses by the root urlconf, whichever host the test before called.

    Django goes back to it when an answer is closed, which one whose streamed content
    nobody reads never is.
    """
    set_urlconf(None)


@pytest.fixture
def no_calls_yet() -> Iterator[None]:
    """Nobody has called yet: calls that are counted are forgotten before and after."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sandbox(db: None) -> None:
    """The sandbox's register and sample application are in the database."""
    if not Application.objects.exists():  # a test without rollback has emptied it
        _load_sandbox()


@pytest.fixture
def committed_sandbox(transactional_db: None) -> None:
    """The same, committed: for tests that look with several connections."""
    if not Application.objects.exists():
        _load_sandbox()


@pytest.fixture
def instance(sandbox: None) -> Instance:
    """An instance of Sophie's organisation, in its first task and empty."""
    return make_instance()


@pytest.fixture
def submitted(sandbox: None) -> Instance:
    """An instance that was filled in and sent in."""
    return make_instance(submitted=True)


@pytest.fixture
def element(instance: Instance) -> DataElement:
    """The form of that instance."""
    return make_element(instance=instance)


# --- clients: on the hosts, as the people ---------------------------------------------
@pytest.fixture
def app(sandbox: None) -> Api:
    """Sophie on the app's own host."""
    return Api(APP_HOST, cast.SOPHIE)


@pytest.fixture
def storage(sandbox: None) -> Api:
    """Sophie on the platform's host."""
    return Api(PLATFORM_HOST, cast.SOPHIE)


@pytest.fixture
def owner_app(sandbox: None) -> Api:
    """The owner on the app's own host."""
    return Api(APP_HOST, cast.OWNER)


@pytest.fixture
def owner_storage(sandbox: None) -> Api:
    """The owner on the platform's host."""
    return Api(PLATFORM_HOST, cast.OWNER)


@pytest.fixture
def system_user_storage(sandbox: None) -> Api:
    """The sandbox's system user on the platform's host."""
    return Api(PLATFORM_HOST, cast.SYSTEM_USER)


@pytest.fixture
def platform(sandbox: None) -> Api:
    """A component of the platform on the platform's host."""
    return Api(PLATFORM_HOST, headers=cast.platform_headers("pdf"))


@pytest.fixture
def owner_proposal(sandbox: None) -> Api:
    """The owner on the proposal's storage host."""
    return Api(STORAGE_HOST, cast.OWNER)


@pytest.fixture
def stranger_app(sandbox: None) -> Api:
    """A stranger on the app's own host."""
    return Api(APP_HOST, cast.STRANGER)


@pytest.fixture
def stranger_storage(sandbox: None) -> Api:
    """A stranger on the platform's host."""
    return Api(PLATFORM_HOST, cast.STRANGER)


@pytest.fixture
def anonymous_app(sandbox: None) -> Api:
    """Nobody on the app's own host."""
    return Api(APP_HOST)


@pytest.fixture
def fallback(sandbox: None) -> Api:
    """Sophie by the path fallback."""
    return Api(BASE_HOST, cast.SOPHIE)
