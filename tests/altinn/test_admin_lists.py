"""The admin's lists: rows are found, and lists stay fast at any length."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client

from apps_registry.models import Application
from audit.models import AuditEntry
from authorization.models import RoleAssignment
from common.admin import LongListAdmin, ShortPaginator
from data_elements.models import DataElement
from events.models import CloudEvent, Delivery
from instances.models import Instance, InstanceEvent
from parties.models import IssuerKeySet, LookUpAttempt
from tests.altinn.admin_site import LONG, MORE, boss, listing, page_of, statements
from tests.factories import make_element, make_instance

__all__ = ["boss"]

pytestmark = pytest.mark.usefixtures("sandbox")


# --- finding --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("{guid}", True),
        ("{party}/{guid}", True),
        (" {guid} ", True),
        ("{party}", True),
        ("nav/app2018", True),
        ("1/{guid}", False),
        ("nav/other", False),
        ("999999999999999999999999", False),
        ("x", False),
        ("%", False),
    ],
)
def test_an_instance_is_found_by_its_ids(boss: Client, term: str, found: bool) -> None:
    """By what indexes know, and by nothing else."""
    instance = make_instance()
    text = term.format(guid=instance.id, party=instance.owner_party_id)
    answer = boss.get(listing(Instance), {"q": text})
    assert answer.status_code == 200
    assert (page_of(instance) in answer.content.decode()) == found


@pytest.mark.parametrize("table", LONG)
@pytest.mark.parametrize("term", ["x", "%", "\0", "1", "a/b", "9" * 30, "''"])
def test_any_search_is_answered(
    boss: Client, table: type[models.Model], term: str
) -> None:
    """Nothing that is typed into the field is an error."""
    assert boss.get(listing(table), {"q": term}).status_code == 200


@pytest.mark.parametrize("table", [Application, AuditEntry, Delivery, Instance])
def test_a_filter_by_a_nul_is_told_and_left_out(
    boss: Client, table: type[models.Model]
) -> None:
    """PostgreSQL refuses even to compare with one."""
    for name in ("org", "app", "act", "state"):
        answer = boss.get(listing(table), {name: "\0"})
        assert (answer.status_code, answer["Location"][-4:]) == (302, "?e=1")


def test_elements_and_events_are_found_by_their_instance(boss: Client) -> None:
    """The links of an instance's page lead there."""
    instance, other = make_instance(filled=True), make_instance(filled=True)
    for term in (str(instance.id), instance.instance_id):
        for table in (DataElement, InstanceEvent):
            page = boss.get(listing(table), {"q": term}).content.decode()
            assert page_of(instance) in page
            assert page_of(other) not in page
    events = boss.get(listing(CloudEvent), {"q": instance.instance_id})
    assert str(instance.id) in events.content.decode()
    assert str(other.id) not in events.content.decode()


@pytest.mark.parametrize(
    ("state", "made"),
    [
        ("active", {}),
        ("archived", {"submitted": True}),
        ("soft deleted", {"soft_deleted": True}),
        ("hard deleted", {"hard_deleted": True}),
    ],
)
def test_instances_are_filtered_by_state_and_application(
    boss: Client, state: str, made: dict[str, Any]
) -> None:
    """The filters say what the column says."""
    instance = make_instance(**made)
    others = {"active", "archived", "soft deleted", "hard deleted"} - {state}
    shown = boss.get(listing(Instance), {"state": state, "app": "nav/app2018"})
    assert page_of(instance) in shown.content.decode()
    for other in others:
        page = boss.get(listing(Instance), {"state": other}).content.decode()
        assert page_of(instance) not in page


# --- speed ----------------------------------------------------------------------------
@pytest.mark.parametrize("table", MORE)
def test_a_list_takes_the_same_statements_at_any_length(
    boss: Client, table: type[models.Model]
) -> None:
    """style.md §14: 1, 10 and 50 rows"""
    counts = []
    for more in (1, 9, 40):
        MORE[table](more)
        statements(boss, listing(table))  # what is looked up once in a process
        counts.append(len(statements(boss, listing(table))))
    assert counts[0] == counts[1] == counts[2], counts


@pytest.mark.parametrize("table", LONG)
def test_a_long_table_is_never_counted(
    boss: Client, table: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """style.md §12, §14"""
    monkeypatch.setattr(LongListAdmin, "list_per_page", 1)
    MORE[table](2)
    for query in ("", "?o=2", "?p=1"):
        for sql in statements(boss, listing(table) + query):
            assert "COUNT(" not in sql
            if f'FROM "{table._meta.db_table}"' in sql:
                assert "LIMIT" in sql


def test_a_list_says_that_there_are_more_rows_than_it_reaches(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that is not the whole is not given as the whole."""
    monkeypatch.setattr(ShortPaginator, "MOST", 2)
    page = boss.get(listing(RoleAssignment)).content.decode()
    assert "2 or more role assignments" in page


@pytest.mark.parametrize("table", [*LONG, IssuerKeySet])
def test_pages_of_a_long_list_follow_one_another(
    boss: Client, table: type[models.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row once, in order, whatever came and went meanwhile."""
    monkeypatch.setattr(LongListAdmin, "list_per_page", 2)
    MORE.get(table, MORE[LookUpAttempt])(3)
    seen: list[object] = []
    path, pages = listing(table), 0
    while path and pages < 200:
        answer = boss.get(path)
        changes = answer.context_data["cl"]
        seen += [row.pk for row in changes.result_list]
        path = changes.next_link and listing(table) + changes.next_link
        pages += 1
    order = admin.site.get_model_admin(table).get_ordering(answer.wsgi_request)
    rows = table._default_manager.order_by(*order)
    assert seen == [row.pk for row in rows]


@pytest.mark.parametrize(
    "after", ["x", "[]", "[1]", '["1","2"]', '["\\u0000"]', "[" * 5000, "{}", '["x"]']
)
def test_a_place_that_is_none_is_no_error(boss: Client, after: str) -> None:
    """The page begins anew."""
    for table in (Instance, IssuerKeySet):
        answer = boss.get(listing(table), {"after": after}, follow=True)
        assert answer.status_code == 200
    narrowed = {"app": "nav/app2018", "after": after}
    assert boss.get(listing(Instance), narrowed, follow=True).status_code == 200


def test_the_page_of_an_instance_takes_the_same_statements_at_any_length(
    boss: Client,
) -> None:
    """style.md §14: its elements and its history are a statement each"""
    instance = make_instance()
    counts = []
    for more in (1, 9, 40):
        for _ in range(more):
            make_element(instance=instance, type_id="kvittering")
        statements(boss, page_of(instance))
        counts.append(len(statements(boss, page_of(instance))))
    assert counts[0] == counts[1] == counts[2], counts
