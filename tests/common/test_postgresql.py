"""Connections to PostgreSQL: kept, prepared, replaced when the server ended them."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import close_old_connections, connection

from instances.models import InstanceEvent
from tests.factories import now

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="about connections to PostgreSQL"
)


@pytest.fixture
def own_connection(transactional_db: None) -> Iterator[None]:
    """A connection that is as if it had served a request before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield
    connection.close()


def backend() -> int:
    """Return the number of the server's process behind the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found: int = cursor.fetchone()[0]
    return found


def end(process: int) -> None:
    """End a connection as a restart of the server does, and wait until it is gone."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory")
    parameters.pop("context")
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [process])


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(
    own_connection: None,
) -> None:
    """After a restart no call fails that comes once the server is back"""
    before = backend()
    end(before)
    assert not connection.is_usable()
    close_old_connections()  # what Django does before each request
    assert backend() != before


def test_a_connection_that_is_in_order_is_kept_and_asked_nothing(
    own_connection: None,
) -> None:
    """Looking after it takes no statement"""
    before = backend()
    sent = _statements_of(before)
    for _ in range(5):
        close_old_connections()
        assert connection.is_usable()
    assert _statements_of(before) == sent
    assert backend() == before


def test_statements_that_come_again_are_prepared(own_connection: None) -> None:
    """PostgreSQL plans them once a connection"""
    for _ in range(3):
        assert not InstanceEvent.objects.filter(event_type="none").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [text for (text,) in cursor.fetchall()]
    assert any("instances_instanceevent" in text for text in prepared)


def test_more_rows_than_a_statement_binds_are_written(transactional_db: None) -> None:
    """In several statements: a statement binds 65,535 parameters"""
    moment = now()
    InstanceEvent.objects.bulk_create(
        InstanceEvent(
            instance_id="0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55",
            owner_party_id=1,
            created=moment,
            event_type="Saved",
        )
        for _ in range(8000)
    )
    assert InstanceEvent.objects.count() == 8000


def _statements_of(process: int) -> object:
    """Return when the connection began its last statement, as another one sees it."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory")
    parameters.pop("context")
    with psycopg.connect(**parameters, autocommit=True) as other:
        asked = "SELECT query_start FROM pg_stat_activity WHERE pid = %s"
        return other.execute(asked, [process]).fetchone()
