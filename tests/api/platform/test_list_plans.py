"""How PostgreSQL finds the pages of lists: by the index that is there for it, unsorted.

Both for the values of a call and for a plan that it keeps for all of them, which it may
choose once a statement is prepared.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from django.db import connection
from psycopg import sql

from common.ids import uuid7
from instances.models import Instance
from tests.client import Api

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="about plans of PostgreSQL"
    ),
]
_START = datetime(2026, 1, 1, tzinfo=UTC)
_LIST = "/storage/api/v1/instances"
_DONE = "process.isComplete=true&excludeConfirmedBy=nav"
_ROWS = 3000


@pytest.fixture
def many(sandbox: None) -> None:
    """Instances of an application: most are ended and confirmed, some are not."""
    Instance.objects.bulk_create(_instance(number) for number in range(_ROWS))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE instances_instance")


def _instance(number: int) -> Instance:
    created = _START + timedelta(minutes=number)
    is_running, is_waiting = number % 10 == 0, number % 10 == 1
    return Instance(
        id=uuid7(),
        org="nav",
        app_id="nav/app2018",
        owner_party_id=500000 + number % 100,
        current_task="formfilling" if is_running else None,
        process_ended=None if is_running else created,
        confirmed=not is_running and not is_waiting,
        confirmed_by="" if is_running or is_waiting else " nav ",
        created=created,
        last_changed=created + timedelta(seconds=number % 60),
    )


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("org=nav", "inst_org_lc"),
        ("appId=nav/app2018", "inst_app_lc"),
        (f"org=nav&{_DONE}", "inst_org_todo"),
        (f"appId=nav/app2018&{_DONE}", "inst_app_todo"),
        ("appId=nav/app2018&process.currentTask=formfilling", "inst_app_task"),
        ("org=nav&process.currentTask=formfilling", "inst_org_task"),
    ],
)
@pytest.mark.parametrize("generic", [False, True], ids=["values", "generic"])
def test_a_page_is_read_from_its_index_in_order(
    many: None, owner_storage: Api, query: str, index: str, generic: bool
) -> None:
    """S-329, S-334: neither the first page nor a later one is sorted"""
    first = owner_storage.get(f"{_LIST}?{query}&size=20&order=desc")
    following = urlsplit(first.json()["next"])
    for address in (f"{_LIST}?{query}&size=20", f"{_LIST}?{following.query}"):
        nodes = plan_of(owner_storage, address, generic=generic)
        kinds = [node["Node Type"] for node in nodes]
        assert not any("Sort" in kind for kind in kinds), kinds
        (scan,) = [node for node in nodes if "Index Name" in node]
        assert scan["Index Name"] in (index, index.replace("org", "app"))
    assert "ROW(last_changed, id)" in scan["Index Cond"], "an index bound, no filter"


def test_a_window_of_creation_has_an_index_of_its_own(
    many: None, owner_storage: Api
) -> None:
    """Its rows are few and sorted; the list's own index would be read from its end"""
    window = "created=gte:2026-01-01T05:00:00Z&created=lt:2026-01-01T05:30:00Z"
    nodes = plan_of(owner_storage, f"{_LIST}?appId=nav/app2018&{window}")
    (scan,) = [node for node in nodes if "Index Name" in node]
    assert scan["Index Name"] == "inst_app_created"


def test_a_party_is_found_by_its_index(many: None, storage: Api) -> None:
    """A party's list: of an end user, whose roles are asked in the same statement"""
    nodes = plan_of(storage, f"{_LIST}?instanceOwner.partyId=500000&size=20")
    assert "inst_party_lc" in {node.get("Index Name") for node in nodes}


def plan_of(api: Api, address: str, *, generic: bool = False) -> list[dict[str, Any]]:
    """Return the nodes of the plan of the statement that reads the page."""
    with statements() as sent:
        assert api.get(address).status_code == 200
    (text, parameters), *_ = [
        one for one in sent if 'FROM "instances_instance"' in one[0]
    ]
    numbered = text % tuple(f"${n + 1}" for n in range(len(parameters)))
    values = sql.SQL(", ").join(map(sql.Literal, parameters))
    with connection.cursor() as cursor:
        mode = "force_generic_plan" if generic else "force_custom_plan"
        cursor.execute(f"SET LOCAL plan_cache_mode = {mode}")
        cursor.execute(sql.SQL("PREPARE listed AS {}").format(sql.SQL(numbered)))
        try:
            explain = sql.SQL("EXPLAIN (FORMAT JSON) EXECUTE listed ({})")
            cursor.execute(explain.format(values))
            (found,) = cursor.fetchone()
        finally:
            cursor.execute("DEALLOCATE listed")
    document = orjson.loads(found) if isinstance(found, str) else found
    return list(_nodes(document[0]["Plan"]))


@contextmanager
def statements() -> Iterator[list[tuple[str, list[Any]]]]:
    """Collect what is sent to the database, with its parameters apart."""
    sent: list[tuple[str, list[Any]]] = []

    def note(execute: Any, text: str, parameters: Any, many: bool, context: Any) -> Any:
        sent.append((text, list(parameters or ())))
        return execute(text, parameters, many, context)

    with connection.execute_wrapper(note):
        yield sent


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
