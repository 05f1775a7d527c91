"""PostgreSQL answers the queries that docs/queries.md calls indexed from an index."""

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from django.db import connection

from instances.models import Instance
from instances.querysets import InstanceQuerySet
from tests.factories import now

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="plans of PostgreSQL"),
]
_MANY = 4_000


@pytest.fixture
def org() -> str:
    """An organisation of this test's own: an index has nothing of others under it.

    What other tests rolled back still lies in indexes, until a vacuum that a test
    cannot run.
    """
    return f"o{uuid4().hex[:8]}"


@pytest.fixture
def many(org: str) -> InstanceQuerySet:
    """Some thousand instances, each with a reference and data values of its own."""
    start = now() - timedelta(days=2)
    Instance.objects.bulk_create(
        Instance(
            org=org,
            app_id=f"{org}/app{number % 20}",
            owner_party_id=number % 50,
            created=start,
            last_changed=start + timedelta(seconds=number),
            external_reference=f"r-{number}",
            data_values={"case": f"{org}-{number}", "kind": str(number % 3)},
        )
        for number in range(_MANY)
    )
    with connection.cursor() as cursor:
        # As a vacuum would leave it: what waits to be put into the index is in it.
        cursor.execute("SELECT gin_clean_pending_list('inst_data_values')")
        cursor.execute("ANALYZE instances_instance")
    return Instance.objects.in_order(newest_first=True)


def plan_of(rows: InstanceQuerySet) -> tuple[str, float]:
    """Return the plan as text, and how many blocks it touched."""
    # The first reading passes over what other tests rolled back, and marks it.
    for _ in range(2):
        text = rows[:101].explain(format="json", analyze=True, buffers=True)
    top = orjson.loads(text)[0]["Plan"]
    return text, top["Shared Hit Blocks"] + top["Shared Read Blocks"]


def rows_read(text: str) -> int:
    """Return how many rows a plan's scans came upon, with those they threw away."""
    found, left = 0, [orjson.loads(text)[0]["Plan"]]
    while left:
        node = left.pop()
        left += node.get("Plans", [])
        if "Scan" in node["Node Type"]:
            found += node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return found


def test_a_data_value_is_found_by_its_index(many: InstanceQuerySet, org: str) -> None:
    """Wishes 11: not row by row"""
    text, blocks = plan_of(many.filter(org=org).with_data_value("case", f"{org}-1234"))
    assert "inst_data_values" in text
    assert "Seq Scan" not in text
    assert blocks < 60  # the table has some hundred


def test_a_reference_is_found_by_the_index_that_keeps_it_unique(
    many: InstanceQuerySet, org: str
) -> None:
    """Wishes 54: of an application, whoever the owner is"""
    rows = many.filter(app_id=f"{org}/app5").with_external_reference("r-1205")
    text, blocks = plan_of(rows)
    assert "inst_external_reference" in text
    assert blocks < 10


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_page_costs_the_same_at_any_depth(
    many: InstanceQuerySet, org: str, newest_first: bool
) -> None:
    """Performance.md §2.3: a row comparison is an index bound, and nothing is sorted

    Rows are counted, not blocks: those of a page lie close together or do not, as the
    table had room when they were written.
    """
    rows = Instance.objects.filter(org=org).in_order(newest_first=newest_first)
    for depth in (0, _MANY // 2, _MANY - 200):
        page = rows
        if depth:
            last = rows[depth]
            page = rows.after(last.last_changed, last.id, newest_first=newest_first)
        text, _ = plan_of(page)
        assert "inst_org_lc" in text
        assert "Sort" not in text
        assert rows_read(text) == 101
