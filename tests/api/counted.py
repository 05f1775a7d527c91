"""What the figures of the page of metrics count, made in tests."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps_registry.bpmn import Task
from common import leases
from data_elements.models import DataElement
from events import services as events
from events.cloudevents import app_resource
from events.models import Subscription
from events.services import Wanted
from exports import services as exports
from exports.models import Export
from instances.models import Transition
from process import transitions
from tests.cast import OWNER_PRINCIPAL, SOPHIE_PRINCIPAL
from tests.factories import PDF, make_element, make_instance, sample_app

APP = app_resource("nav", "app2018")
LEASE = timedelta(minutes=5)


def claim(rows: QuerySet[Any]) -> Any:
    """Take one row in hand."""
    (row,) = leases.claim(
        rows, limit=1, lease=LEASE, most_attempts=9, now=timezone.now()
    )
    return row


def give_up(row: Any) -> None:
    """Put the row down for good."""
    leases.fail(row, "It is broken.", most_attempts=0, now=timezone.now())


def subscribe(end_point: str) -> Subscription:
    """Subscribe to the sample application."""
    wanted = Wanted(end_point=end_point, resource=APP)
    return events.subscribe(OWNER_PRINCIPAL, wanted=wanted)[0]


def scan_attachments(metadata: dict[str, Any]) -> None:
    """Have attachments wait for a scan."""
    metadata["dataTypes"][1]["enableFileScan"] = True


def make_attachment() -> DataElement:
    """Make an instance with an attachment."""
    return make_element(
        instance=make_instance(),
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
    )


def begin_service_task() -> Transition:
    """Note work for an instance's task, as the step into a service task does."""
    instance = make_instance()
    task = sample_app().process.elements[instance.current_task]
    assert isinstance(task, Task)
    return transitions.begin(
        SOPHIE_PRINCIPAL,
        instance=instance,
        task=task,
        in_call=False,
        now=timezone.now(),
    )


def order_export(app_id: str = "nav/app2018") -> Export:
    """Order an export of an application."""
    query = {"appId": [app_id]}
    return exports.order(
        OWNER_PRINCIPAL, app_ids=[app_id], query=query, with_content=False
    )
