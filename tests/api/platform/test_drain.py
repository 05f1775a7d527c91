"""A list followed to its end has every row once, also when many share a timestamp."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.ids import uuid7
from common.times import wire_time
from instances.models import Instance
from tests.client import Api
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
_START = now() - timedelta(days=1)


def rows_at(moments: list[int]) -> list[str]:
    """Put instances in the table that changed at these microseconds; in that order."""
    Instance.objects.all().delete()
    made = Instance.objects.bulk_create(
        Instance(
            id=uuid7(),
            org="nav",
            app_id="nav/app2018",
            owner_party_id=500000,
            created=_START,
            last_changed=_START + timedelta(microseconds=moment),
        )
        for moment in moments
    )
    ordered = sorted(made, key=lambda one: (one.last_changed, one.id))
    return [one.instance_id for one in ordered]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    moments=st.lists(st.integers(0, 2), min_size=1, max_size=9),
    size=st.integers(1, 10),
    direction=st.sampled_from(["asc", "desc"]),
    by_body=st.booleans(),
)
def test_no_row_is_lost_or_doubled(
    owner_storage: Api, moments: list[int], size: int, direction: str, by_body: bool
) -> None:
    """S-329, S-331, S-334, S-337 done right: ties, all sizes, both directions"""
    expected = rows_at(moments)
    if direction == "desc":
        expected.reverse()
    asked = {"appId": "nav/app2018", "size": size, "sortBy": f"{direction}:lastChanged"}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    address = f"{ALL}/search" if by_body else f"{ALL}?{query}"
    seen: list[str] = []
    while address:
        answer = (
            owner_storage.post(address, json=asked)
            if by_body
            else owner_storage.get(address)
        )
        page = answer.json()
        assert page["count"] == len(page["instances"]) <= size
        seen += [one["id"] for one in page["instances"]]
        following = urlsplit(page["next"] or "")
        address = f"{following.path}?{following.query}" if page["next"] else ""
    assert seen == expected


def test_what_changes_while_it_is_drained_oldest_first_comes_again_and_is_not_lost(
    owner_storage: Api,
) -> None:
    """OWN-3: an instance that changes meanwhile moves to the end; none is skipped"""
    made = [make_instance() for _ in range(4)]
    first = owner_storage.get(f"{ALL}?appId=nav/app2018&size=2&order=asc").json()
    moved = made[0]
    Instance.objects.filter(pk=moved.pk).update(last_changed=now())
    following = urlsplit(first["next"])
    second = owner_storage.get(f"{following.path}?{following.query}").json()
    again = urlsplit(second["next"] or "")
    third = owner_storage.get(f"{again.path}?{again.query}").json()
    seen = [i["id"] for page in (first, second, third) for i in page["instances"]]
    assert seen == [one.instance_id for one in [*made, moved]]


def test_the_safety_lag_holds_back_what_is_too_new_to_be_complete(
    owner_storage: Api,
) -> None:
    """docs/queries.md: lastChanged=lt:{a few seconds ago} keeps a consumer behind"""
    old, new = make_instance(), make_instance()
    lag = new.last_changed - timedelta(seconds=5)
    Instance.objects.filter(pk=old.pk).update(
        created=lag - timedelta(seconds=2), last_changed=lag - timedelta(seconds=1)
    )
    before = f"lastChanged=lt:{wire_time(lag)}"
    page = owner_storage.get(f"{ALL}?appId=nav/app2018&order=asc&{before}").json()
    assert [one["id"] for one in page["instances"]] == [old.instance_id]
