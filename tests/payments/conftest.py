"""The annual accounts, in the task to pay in, for every test of payments."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from payments import processors
from process import hook_registry
from tests.payments.paying import bring_in
from tests.signing.annual_accounts import Accounts, to_be_signed


@pytest.fixture(autouse=True)
def nothing_loaded() -> Iterator[None]:
    """Load code anew in each test."""
    for cached in (hook_registry._places, hook_registry._loaded, processors._known):
        cached.cache_clear()  # type: ignore[attr-defined]  # of lru_cache
    yield
    for cached in (hook_registry._places, hook_registry._loaded, processors._known):
        cached.cache_clear()  # type: ignore[attr-defined]  # as above


@pytest.fixture
def accounts(sandbox: None, tmp_path: Path, settings: LazySettings) -> Accounts:
    """Accounts that stand in the task to pay in."""
    bring_in(tmp_path, settings)
    return to_be_signed()
