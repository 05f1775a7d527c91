"""What cannot be measured wrongly: statements, indexes, sorts, buffers and WAL.

Time depends on the machine; these depend on the code alone.
"""

from collections.abc import Iterator

import pytest
from django.db import connection

from apps_registry import catalogue
from bench.generate import Skew
from bench.load import Call
from bench.plans import Asked, ask, wal_of
from instances.models import Instance
from tests.cast import ORG_PARTY, OWNER, SOPHIE, Person
from tests.client import APP_HOST
from tests.factories import make_element, make_instance
from tests.performance.calls import LIST, call, document_of

pytestmark = pytest.mark.django_db
ELEMENTS = "data_elements_dataelement_instance_id"  # and a hash
MOST_BUFFERS = 1000  # of a page of a hundred with its elements


@pytest.fixture(autouse=True)
def filled(many: Skew) -> Iterator[Skew]:
    """All of them look at many instances, with a catalogue that is warm."""
    catalogue.forget()
    catalogue.all_definitions()
    yield many


@pytest.fixture
def sorting_is_dear() -> None:
    """A sort is planned only where nothing goes without.

    Of some dozens of rows, sorting may be the best plan; of many it is not.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")


def listed(query: str, who: Person = OWNER) -> Asked:
    """Ask for a list; return what that takes of the database."""
    found = ask(call("GET", f"{LIST}?{query}", who))
    assert found.status == 200
    return found


@pytest.mark.usefixtures("sorting_is_dear")
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("appId=nav/app2018", "inst_app_lc"),
        ("org=nav", "inst_org_lc|inst_app_lc"),
        (
            "org=nav&process.isComplete=true&excludeConfirmedBy=nav",
            "inst_org_todo|inst_app_todo",
        ),
        (
            "appId=nav/app2018&process.isComplete=true&excludeConfirmedBy=nav",
            "inst_app_todo|inst_org_todo",
        ),
        ("appId=nav/app2018&process.currentTask=confirm", "inst_app_task"),
        ("org=nav&process.currentTask=confirm", "inst_org_task|inst_app_task"),
        ("org=nav&process.currentTask=nobody", "inst_org_task|inst_app_task"),
    ],
    ids=["app", "org", "worklist", "app worklist", "task", "org task", "empty task"],
)
def test_a_page_reads_its_index_in_order_and_sorts_nothing(
    query: str, index: str
) -> None:
    """Performance.md §6: two statements, the named index, no Sort, few buffers"""
    found = listed(query)
    assert found.statements <= 2
    assert set(index.split("|")) & set(found.indexes), found
    assert not found.sorts
    assert found.buffers is not None
    assert found.buffers <= MOST_BUFFERS


@pytest.mark.usefixtures("sorting_is_dear")
def test_a_users_inbox_reads_the_partys_index() -> None:
    """Q5: the caller's roles are in the same two statements"""
    found = listed(f"instanceOwner.partyId={ORG_PARTY}", SOPHIE)
    assert found.statements <= 2
    assert "inst_party_lc" in found.indexes
    assert not found.sorts


def test_a_window_of_creation_reads_its_own_index() -> None:
    """Q6: without it, everything that changed since is read"""
    newest = Instance.objects.filter(app_id="nav/app2018").order_by("-created")
    last = newest.values_list("created", flat=True)[700]
    since = f"{last:%Y-%m-%dT%H:%M:%SZ}"
    before = newest.values_list("created", flat=True)[690]
    until = f"{before:%Y-%m-%dT%H:%M:%SZ}"
    found = listed(f"appId=nav/app2018&created=gte:{since}&created=lt:{until}")
    assert "inst_app_created" in found.indexes


@pytest.mark.usefixtures("sorting_is_dear")
@pytest.mark.parametrize("query", ["appId=nav/app2018", "org=nav"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_a_deep_page_touches_as_little_as_the_first(query: str, order: str) -> None:
    """Performance.md §2.3: a row comparison is an index bound at any depth"""
    query = f"{query}&order={order}:lastChanged"
    paths = list(_pages(query))
    assert len(paths) > 25
    asked = [ask(call("GET", path)) for path in (paths[0], paths[10], paths[-2])]
    buffers = [one.buffers or 0 for one in asked]
    assert 0 < max(buffers) <= 1.3 * min(buffers)
    assert not any(one.sorts for one in asked)


@pytest.mark.parametrize(
    ("what", "statements", "most"),
    [("get", 2, 0), ("create", 3, 4200), ("next", 5, 6000), ("confirm", 5, 3000)],
)
def test_a_call_takes_few_statements_and_little_wal(
    what: str, statements: int, most: int
) -> None:
    """Performance.md §6: one statement for most, and what it writes is bounded"""
    made = _call_of(what)
    warm = call("GET", f"{LIST}/{ORG_PARTY}/{make_instance().pk}")
    assert wal_of(made) <= most
    found = ask(made, before=warm)
    assert found.status in (200, 201)
    assert found.statements <= statements


def _call_of(what: str) -> Call:
    instance = make_instance(submitted=what == "confirm")
    if what == "create":
        path = f"/nav/app2018/instances?instanceOwnerPartyId={ORG_PARTY}"
        return call("POST", path, SOPHIE, host=APP_HOST)
    if what == "confirm":
        return call("POST", f"{LIST}/{instance.instance_id}/complete")
    make_element(instance=instance)
    if what == "get":
        return call("GET", f"{LIST}/{instance.instance_id}")
    path = f"/nav/app2018/instances/{instance.instance_id}/process/next"
    return call("PUT", path, SOPHIE, host=APP_HOST)


def _pages(query: str) -> Iterator[str]:
    """Follow a list to its end; yield the address of each page."""
    path = f"{LIST}?{query}"
    while path:
        yield path
        path = document_of(path)["next"]
