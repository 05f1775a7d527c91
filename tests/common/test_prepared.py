"""A prepared query gives what the ORM's own gives, for every value."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db.models import (
    CharField,
    DateTimeField,
    IntegerField,
    Q,
    QuerySet,
    UUIDField,
)

from common.prepared import Prepared
from parties.models import Party

pytestmark = pytest.mark.usefixtures("sandbox")


def build(key: int, name: str, uuid: UUID) -> QuerySet[Any]:
    """Ask by values of several kinds, one of them twice."""
    named = Party.objects.filter(name=name).order_by().values_list("pk", "name")
    by_key = Q(pk=key) | Q(parent_id=key) | Q(uuid=uuid)
    return named.union(
        Party.objects.filter(by_key).order_by().values_list("pk", "name")
    )


@pytest.mark.parametrize("key", [0, 500000, 501337, -1])
@pytest.mark.parametrize("name", ["", "Måkeskrik Turlag", "' OR 1=1 --", "%s %%"])
def test_each_run_has_its_own_values(key: int, name: str) -> None:
    """And none of those before it, nor a stand-in"""
    guid = UUID(int=7)
    Party.objects.filter(pk=500700).update(uuid=guid)
    prepared = Prepared(
        build,
        key=(IntegerField(), 2_147_000_009),
        name=(CharField(), "a stand-in"),
        uuid=(UUIDField(), UUID(int=9)),
    )
    for uuid in (guid, UUID(int=8)):
        for other in (key, 510001):
            rows = prepared.rows(key=other, name=name, uuid=uuid)
            assert set(rows) == set(build(other, name, uuid))


def test_a_prepared_query_stands_inside_another() -> None:
    """On the right side of ``__in``"""

    def with_change(moment: datetime, key: int) -> QuerySet[Any]:
        return (
            Party.objects.filter(pk=key)
            .filter(profiles__party__pk=key, is_deleted=False)
            .exclude(role_assignments__party__delegations__expires=moment)
            .values("pk")
        )

    prepared = Prepared(
        with_change,
        moment=(DateTimeField(), datetime(1970, 1, 2, tzinfo=UTC)),
        key=(IntegerField(), 2_147_000_009),
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found = Party.objects.filter(pk__in=prepared.subquery(moment=now, key=501337))
    assert [party.pk for party in found] == [501337]
    assert not Party.objects.filter(pk__in=prepared.subquery(moment=now, key=1))
