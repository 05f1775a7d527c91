"""A drain through thousands of instances that changed in the same moment.

In a module of its own: rows that it leaves behind when they are rolled back would lie
in the way of tests that count what a page reads.
"""

from collections.abc import Iterator

import pytest

from apps_registry import catalogue
from bench.generate import Skew
from instances.models import Instance
from tests.performance.calls import LIST, document_of

pytestmark = pytest.mark.django_db


def test_a_drain_hands_every_instance_out_once(many: Skew) -> None:
    """S-334, S-337 done right, over HTTP: thousands with one moment of change"""
    catalogue.forget()
    moment = Instance.objects.order_by("-created")[0].created
    tied = Instance.objects.filter(app_id="nav/app2018")
    tied.update(last_changed=moment)
    query = "org=nav&process.isComplete=true&includeDataElements=false"
    ended = set(tied.filter(process_ended__isnull=False).values_list("id", flat=True))
    for order in ("asc", "desc"):
        seen = list(_drained(f"{query}&size=97&order={order}:lastChanged"))
        assert len(seen) == len(set(seen)) == len(ended)
        assert {guid.partition("/")[2] for guid in seen} == {str(one) for one in ended}


def _drained(query: str) -> Iterator[str]:
    path = f"{LIST}?{query}"
    while path:
        page = document_of(path)
        yield from (one["id"] for one in page["instances"])
        path = page["next"]
