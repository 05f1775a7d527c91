"""Keyset pages neither lose nor repeat rows, also when many share a timestamp."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ids import uuid7
from instances.models import Instance

pytestmark = pytest.mark.django_db
_START = datetime(2026, 1, 1, tzinfo=UTC)


def rows_at(microseconds: list[int]) -> None:
    """Put instances in the table that changed at these moments."""
    Instance.objects.all().delete()
    Instance.objects.bulk_create(
        Instance(
            id=uuid7(),
            org="nav",
            app_id="nav/app2018",
            owner_party_id=1,
            created=_START,
            last_changed=_START + timedelta(microseconds=moment),
        )
        for moment in microseconds
    )


def drained(size: int, *, newest_first: bool) -> list[Instance]:
    """Return all rows, fetched page by page."""
    found: list[Instance] = []
    while True:
        page = Instance.objects.in_order(newest_first=newest_first)
        if found:
            last = found[-1]
            page = page.after(last.last_changed, last.id, newest_first=newest_first)
        rows = list(page[:size])
        if not rows:
            return found
        found += rows


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    moments=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    size=st.integers(1, 13),
    newest_first=st.booleans(),
)
def test_pages_hold_every_row_once_and_in_order(
    db: None, moments: list[int], size: int, newest_first: bool
) -> None:
    """S-334, S-337 done right: ties, all sizes, both directions"""
    rows_at(moments)
    found = drained(size, newest_first=newest_first)
    assert len(found) == len(moments)
    keys = [(row.last_changed, row.id) for row in found]
    assert keys == sorted(set(keys), reverse=newest_first)
