"""Fixtures of hooks: name the code of an application to the server."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import LazySettings

from apps_registry.services import import_app
from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from process import hook_registry
from tests.factories import SAMPLES
from tests.stored import files_in

HOOKS_FOLDER = SAMPLES / "nav" / "sykmelding-hooks"
_LOCK = {"lock_number", "lock_secret", "lock_holder", "locked_until"}
_TABLES = (Instance, DataElement, InstanceEvent, CloudEvent)


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    """Load code anew in each test."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    hook_registry._places.cache_clear()
    hook_registry._loaded.cache_clear()


@pytest.fixture
def install(settings: LazySettings) -> Callable[[str], None]:
    """Give the sample application the code of a class, of app_code.py or elsewhere."""

    def install_class(class_name: str) -> None:
        module, _, name = class_name.rpartition(":")
        entry = f"nav/app2018={module or 'tests.hooks.app_code'}:{name}"
        settings.ALTINN_APP_HOOKS = [entry]

    return install_class


@pytest.fixture
def sample(
    sandbox: None, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample application with hooks is served, and its code is named."""
    import_app(HOOKS_FOLDER)
    monkeypatch.syspath_prepend(HOOKS_FOLDER)
    place = "nav/sykmelding-hooks=sykmelding_hooks:Egenmelding"
    settings.ALTINN_APP_HOOKS = [place]


def _written(row: Mapping[str, object]) -> str:
    """Return a row without the lock that a step takes and gives back."""
    return str({name: value for name, value in row.items() if name not in _LOCK})


@pytest.fixture
def everything(own_blobs: Path) -> Callable[[], dict[str, object]]:
    """Return every row of the tables, and the content of every blob."""

    def stored() -> dict[str, object]:
        rows: dict[str, object] = {
            table.__name__: sorted(map(_written, table._default_manager.values()))
            for table in _TABLES
        }
        return rows | {str(path): path.read_bytes() for path in files_in(own_blobs)}

    return stored
