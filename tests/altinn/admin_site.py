"""What the tests of the admin share: a superuser, its addresses, and rows to list."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.apps import apps
from django.contrib.admin.utils import quote
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    Org,
    RegistryVersion,
)
from audit.choices import Act
from audit.models import AuditEntry
from audit.services import Thing, record
from authorization.models import RoleAssignment
from cleanup.recurring import ensure_tasks
from common.actors import Actor
from common.ids import uuid7
from data_elements.models import DataElement, FileScan
from events import services as events
from events import statistics, telling
from events.models import CloudEvent, DailyCount, Delivery, Outbox, Subscription
from events.services import Wanted
from exports.models import Export, ExportPart
from instances import statistics as instance_statistics
from instances.models import Instance, InstanceEvent, QueueLease, Transition
from parties.choices import OrgRole, PartyType
from parties.models import IssuerKeySet, LookUpAttempt, Membership, Party, Profile, User
from payments.choices import PaymentStatus
from payments.models import SandboxPayment
from tests.cast import OWNER_PRINCIPAL
from tests.client import BASE_HOST
from tests.factories import make_agent, make_element, make_instance

ROOMS = (
    "audit",
    "parties",
    "apps_registry",
    "authorization",
    "events",
    "instances",
    "data_elements",
    "cleanup",
    "exports",
    "receipts",
    "payments",
)
# Tables that grow with use: to count one is to read it.
LONG = [
    AuditEntry,
    Instance,
    InstanceEvent,
    DataElement,
    CloudEvent,
    DailyCount,
    Delivery,
    Subscription,
    LookUpAttempt,
    Party,
    Profile,
    QueueLease,
    Transition,
    Export,
    ExportPart,
]


@pytest.fixture
def boss(sandbox: None) -> Client:
    """A superuser on the base host, and rows in the tables that no sandbox fills."""
    IssuerKeySet.objects.create(iss="https://maskinporten.example/")
    _attempts(1)
    _entries(1)
    _leases(1)
    _transitions(1)
    _exports(1)
    _subscriptions(1)
    Outbox.objects.create()
    statistics.refresh()
    ensure_tasks()
    client = Client(headers={"host": f"{BASE_HOST}:8000"})
    client.force_login(User.objects.create_superuser("boss"))
    return client


def fill_every_table() -> None:
    """Make a row of each kind that instances do not bring with them."""
    make_agent()
    instance_statistics.refresh()
    element = make_element(instance=make_instance(submitted=True), filename="æøå.xml")
    telling.tell()
    MORE[Membership](1)
    FileScan.objects.create(element_id=element.pk, due_at=timezone.now())
    SandboxPayment.objects.create(
        app_id="nav/app2018",
        instance_id=element.instance_id,
        amount=1,
        currency="NOK",
        return_url="https://example.no",
        status=PaymentStatus.CREATED,
        created=timezone.now(),
    )


def tables() -> list[type[models.Model]]:
    """Return every table of our rooms."""
    return [table for room in ROOMS for table in apps.get_app_config(room).get_models()]


def listing(table: type[models.Model]) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{table._meta.label_lower.replace('.', '_')}_changelist")


def page_of(row: models.Model) -> str:
    """Return the address of a row's page."""
    name = row._meta.label_lower.replace(".", "_")
    return reverse(f"admin:{name}_change", args=[quote(row.pk)])


def statements(client: Client, path: str) -> list[str]:
    """Return the SQL of a page, which must be answered.

    Without the read of the registry's counter, once a second in each process.
    """
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    counter = RegistryVersion._meta.db_table
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if counter not in sql]


# --- making rows ----------------------------------------------------------------------
def _instances(count: int) -> None:
    for _ in range(count):
        make_element(instance=make_instance())


def _parties(count: int) -> None:
    first = (
        Party.objects.order_by("-id").values_list("id", flat=True).first() or 0
    ) + 1
    Party.objects.bulk_create(
        Party(id=first + n, type=PartyType.PERSON, name=f"Party {first + n}")
        for n in range(count)
    )
    Profile.objects.bulk_create(
        Profile(id=first + n, party_id=first + n) for n in range(count)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=first + n, party_id=first + n, role_code="dagl")
        for n in range(count)
    )


def _applications(count: int) -> None:
    first = Org.objects.count()
    for n in range(first, first + count):
        org = Org.objects.create(code=f"org{n}")
        app = Application.objects.create(org=org, name="app", app_id=f"org{n}/app")
        deployment = Deployment.objects.create(
            application=app, number=1, content_hash=f"{n:064}"
        )
        DeploymentFile.objects.create(
            deployment=deployment, path="a.json", content=b"{}"
        )


def _attempts(count: int) -> None:
    LookUpAttempt.objects.bulk_create(
        LookUpAttempt(subject=f"user:{n}", at=timezone.now()) for n in range(count)
    )


def _entries(count: int) -> None:
    actor = Actor(account_id=1, account="somebody", address="192.0.2.1", trace_id="t")
    for n in range(count):
        record(actor, Act.LOOK, Thing("parties.party", str(n)))


def _leases(count: int) -> None:
    now = timezone.now()
    for _ in range(count):
        instance = make_instance(submitted=True)
        QueueLease.objects.create(
            instance=instance,
            app_id=instance.app_id,
            lease_id=instance.pk,
            leased_until=now,
            leases=5,
        )


def _transitions(count: int) -> None:
    for _ in range(count):
        instance = make_instance()
        Transition.objects.create(
            instance=instance,
            app_id=instance.app_id,
            task="confirm",
            caller={},
            created=timezone.now(),
        )


def _daily_counts(count: int) -> None:
    for _ in range(count):
        DailyCount.objects.create(
            org="nav",
            app_id="nav/app2018",
            day=timezone.now().date(),
            type=f"app.instance.process.movedTo.{uuid7()}",
            count=1,
        )


def _exports(count: int) -> None:
    for _ in range(count):
        key = str(uuid7())
        export = Export.objects.create(
            org="nav",
            ordered_by={},
            app_ids=["nav/app2018"],
            query={},
            digest=key,
            with_content=False,
            created=timezone.now(),
        )
        export.parts.create(number=1, blob_key=key, size=1, files_size=1, files=1)


def _subscriptions(count: int) -> None:
    for _ in range(count):
        wanted = Wanted(f"https://receiver.example/{uuid7()}", "urn:x")
        with patch.object(events, "MOST_SUBSCRIPTIONS", 1000):
            events.subscribe(OWNER_PRINCIPAL, wanted=wanted)


def _users(count: int) -> None:
    first = User.objects.count()
    User.objects.bulk_create(
        User(username=f"user{n}") for n in range(first, first + count)
    )


def _memberships(count: int) -> None:
    _users(count)
    for user in User.objects.filter(memberships=None):
        user.memberships.create(org="nav", role=OrgRole.VIEWER)


MORE: dict[type[models.Model], Callable[[int], None]] = {
    **dict.fromkeys([Instance, InstanceEvent, DataElement, CloudEvent], _instances),
    **dict.fromkeys([Party, Profile, RoleAssignment], _parties),
    **dict.fromkeys([Org, Application, Deployment, DeploymentFile], _applications),
    LookUpAttempt: _attempts,
    AuditEntry: _entries,
    QueueLease: _leases,
    Transition: _transitions,
    Export: _exports,
    ExportPart: _exports,
    DailyCount: _daily_counts,
    Delivery: _subscriptions,
    Subscription: _subscriptions,
    User: _users,
    Membership: _memberships,
}
