"""Ten thousand instances on PostgreSQL, where the planner has a choice to make."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from apps_registry import catalogue
from apps_registry.models import Application
from authorization.services import RoleLookup
from bench.generate import (
    ELEMENT,
    EVENT,
    INSTANCE,
    STAGES,
    Confirmation,
    Generator,
    Skew,
)
from bench.loading import Loader, stored_row
from data_elements.models import DataElement
from instances import services as instances
from instances.models import Instance
from process import services as process
from tests.cast import ORG_PARTY, OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.conftest import _load_sandbox
from tests.factories import PDF, make_element, make_instance, sample_app

COUNT = 12_000
APP = "nav/app2018"


@dataclass(frozen=True, slots=True)
class OneServedApp(Skew):
    """The usual skew; all of the largest org's instances are of the sample app."""

    @property
    def apps(self) -> list[str]:
        """The sample application in the place of each of the largest org's."""
        own = [APP] * self.apps_of_each
        return own + super(OneServedApp, self).apps[self.apps_of_each :]


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Skew]:
    """Load them once for the tests of a module, and take them back."""
    if connection.vendor != "postgresql":
        pytest.skip("plans, buffers and WAL are PostgreSQL's")
    skew = OneServedApp(COUNT, ("nav", *(f"other{n:02}" for n in range(1, 40))))
    with django_db_blocker.unblock():
        sweep(INSTANCE, ELEMENT, EVENT)
        yield from _filled(skew)


def sweep(*tables: str) -> None:
    """Take away the rows that an earlier module rolled back: reads pass over them."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM FULL {table}")


def _filled(skew: Skew) -> Iterator[Skew]:
    with transaction.atomic():
        if not Application.objects.exists():
            _load_sandbox()
        catalogue.forget()
        _fill(skew)
        yield skew
        transaction.set_rollback(True)


def _fill(skew: Skew) -> None:
    templates: dict[str, dict[str, dict[str, object]]] = {}
    for stage, instance in _of_each_stage():
        guid = str(instance.pk)
        (row,) = stored_row(INSTANCE, "id", guid)
        templates.setdefault(INSTANCE, {})[stage] = row
        for element in stored_row(ELEMENT, "instance_id", guid):
            kind = "form" if element["data_type"] == "default" else "attachment"
            templates.setdefault(ELEMENT, {})[f"{kind} {stage}"] = element
        templates.setdefault(EVENT, {})["created"] = stored_row(
            EVENT, "instance_id", guid
        )[0]
    last = templates[INSTANCE]["confirmed"]
    confirmation = Confirmation(
        "nav", str(last["confirmed_by"]), str(last["confirmations"])
    )
    loader = Loader(templates, lambda _: None)
    now = timezone.now().replace(tzinfo=None)
    loader.load(Generator(skew, now, confirmation, null=loader.null))
    # The largest party of the made-up ones is one that Sophie acts for.
    Instance.objects.filter(owner_party_id=1_000_000).update(owner_party_id=ORG_PARTY)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {INSTANCE}")


def _of_each_stage() -> Iterator[tuple[str, Instance]]:
    for stage in STAGES:
        instance = make_instance()
        make_element(instance=instance)
        make_element(
            instance=instance,
            type_id="vedlegg",
            content=PDF,
            content_type="application/pdf",
            filename="vedlegg.pdf",
        )
        for _ in range(
            min(2, ("filled", "confirm", "ended", "confirmed").index(stage))
        ):
            process.advance(
                RoleLookup(SOPHIE_PRINCIPAL),
                instance=instance,
                definition=sample_app(),
                elements=list(DataElement.objects.of([instance.pk])),
            )
        if stage == "confirmed":
            instance = _confirmed(instance)
        yield stage, instance


def _confirmed(instance: Instance) -> Instance:
    return instances.confirm_complete(OWNER_PRINCIPAL, instance=instance)
