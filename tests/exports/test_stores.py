"""Exports and archives over each kind of store, also one that fails in the middle."""

import threading
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from altinn import worker
from api.exporting import QueryReader
from data_elements.models import DataElement
from exports import running, services
from exports.models import Export, ExportPart
from tests.blob_servers import azurite_port, moto_port
from tests.cast import OWNER, OWNER_PRINCIPAL
from tests.client import PLATFORM_HOST, Api, body_of
from tests.data_elements.stores.kinds import PART, Kind, far_away, kind
from tests.data_elements.stores.test_faults import is_part, is_put
from tests.factories import PDF, make_element, make_instance
from tests.faulty_proxy import Fault

__all__ = ["azurite_port", "far_away", "kind", "moto_port"]
pytestmark = pytest.mark.usefixtures("sandbox")
CONTENT = PDF + bytes(range(256)) * (2 * PART // 256)  # several parts of an upload


def order() -> Export:
    """Order an export of everything, content too."""
    return services.order(
        OWNER_PRINCIPAL,
        app_ids=["nav/app2018"],
        query={"org": ["nav"]},
        with_content=True,
    )


def work() -> None:
    """Let a worker do what is due."""
    stop = threading.Event()
    kinds = running.work(QueryReader())
    while worker.drain(kinds, stopping=stop.is_set):
        pass


def opened(path: str) -> zipfile.ZipFile:
    """Download an archive as the owner."""
    answer = Api(PLATFORM_HOST, OWNER).get(f"/storage/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    archive = zipfile.ZipFile(BytesIO(body_of(answer)))
    assert archive.testzip() is None
    return archive


def test_what_is_written_there_comes_back_whole(kind: Kind) -> None:
    instance = make_instance(filled=True)
    make_element(
        instance=instance, type_id="vedlegg", content=CONTENT, filename="a.pdf"
    )
    export = order()
    work()
    archive = opened(f"exports/{export.pk}/result")
    folder = f"content/{instance.owner_party_id}-{instance.pk}"
    assert archive.read(f"{folder}/a.pdf") == CONTENT
    alone = opened(f"instances/{instance.instance_id}/archive")
    assert alone.read("data/a.pdf") == CONTENT
    services.cancel(export=export)
    work()
    left = set(DataElement.objects.values_list("blob_key", flat=True))
    assert set(kind.names()) == left


def test_a_store_that_fails_is_tried_again_and_nothing_half_stays(
    far_away: Kind,
) -> None:
    make_element(
        instance=make_instance(), type_id="vedlegg", content=CONTENT, filename="a.pdf"
    )
    before = far_away.names()
    export = order()
    far_away.faulty.faults += [Fault("error", is_part), Fault("error", is_put)]
    began = timezone.now()
    work()
    export.refresh_from_db()
    assert export.state == "waiting"
    assert export.last_error.startswith("StorageUnavailable")
    assert export.due_at is not None
    assert export.due_at > began + timedelta(seconds=5)
    assert not ExportPart.objects.exists()
    assert far_away.names() == before
    far_away.faulty.faults.clear()
    Export.objects.update(due_at=timezone.now())
    work()
    export.refresh_from_db()
    assert (export.state, export.last_error) == ("completed", "")
    assert opened(f"exports/{export.pk}/result").namelist()[-1] == "manifest.json"
