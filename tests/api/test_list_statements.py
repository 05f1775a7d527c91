"""A statement that was made for other values finds what one made for these would."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import CharField

from api.criteria import Criterion
from api.list_statements import Asked, rows_of
from common.ids import uuid7
from instances.models import Instance
from tests.cast import OWNER_PRINCIPAL
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")


def found(made_for: object, *criteria: Criterion) -> set[Any]:
    """Return the ids that a list with these filters finds."""

    def build(asked: Asked) -> Any:
        rows = Instance.objects.all()
        for criterion in asked.criteria:
            rows = criterion.apply(rows)
        return rows.values_list("owner_party_id")

    asked = Asked(OWNER_PRINCIPAL, now(), None, None, criteria)
    return {party for (party,) in rows_of(asked, build, made_for=made_for)}


def test_values_are_bound_to_the_statement_of_the_first_call() -> None:
    """The second call makes no statement, and finds its own rows"""
    make_instance(party=500000)
    make_instance(party=12345)
    made_for = uuid7()

    def of(name: str) -> Criterion:
        def keep(rows: Any, value: object) -> Any:
            return rows.filter(created_by=value)

        return Criterion("createdBy", keep, name, CharField())

    Instance.objects.filter(owner_party_id=12345).update(created_by="x_%\\X")
    assert found(made_for, of("1337")) == {500000}
    assert found(made_for, of("x_%\\X")) == {12345}
    assert found(made_for, of("nobody")) == set()
    assert found(made_for, of("1337")) == {500000}


def test_a_value_that_changes_on_its_way_is_not_bound_later() -> None:
    """Here its case of letters: the statement is made at each call"""
    make_instance(party=500000)
    Instance.objects.update(created_by="abc")
    made_for = uuid7()

    def of(name: str) -> Criterion:
        def keep(rows: Any, value: str) -> Any:
            return rows.filter(created_by=value.lower())

        return Criterion("createdBy", keep, name, CharField())

    assert found(made_for, of("abc")) == {500000}
    assert found(made_for, of("ABC")) == {500000}
    assert found(made_for, of("other")) == set()


def test_an_operator_is_part_of_the_statement() -> None:
    """The same filter with another operator is another statement"""
    instance = make_instance(party=500000)
    made_for = uuid7()
    later = instance.created + timedelta(days=1)

    def created(operator: str) -> Criterion:
        def keep(rows: Any, value: Any) -> Any:
            return rows.filter(**{f"created__{value[0]}": value[1]})

        field = Instance._meta.get_field("created")
        return Criterion("created", keep, (operator, later), field)

    assert found(made_for, created("lt")) == {500000}
    assert found(made_for, created("gt")) == set()
