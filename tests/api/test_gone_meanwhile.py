"""What is deleted or purged while it is read is not there, and no failure."""

from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from api import downloads
from api.application.instances import InstanceViewSet
from data_elements import archives, blobs
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances import studio
from instances.choices import ReadStatus
from instances.errors import InstanceNotFound
from instances.models import Instance
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem, body_of
from tests.data_elements.test_meanwhile import replaced_meanwhile
from tests.factories import make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")


def before(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, change: Callable[[], Any]
) -> None:
    """Let something happen, once, when a function is called, and before it runs."""
    real, waiting = getattr(module, name), [change]

    def changed(*args: Any, **kwargs: Any) -> Any:
        if waiting:
            waiting.pop()()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, changed)


def content_of(element: DataElement) -> str:
    """Return the address of an element's content in storage."""
    instance = element.instance
    return f"/storage/api/v1/instances/{instance.instance_id}/data/{element.pk}"


def delete(element: DataElement) -> None:
    """Remove row and bytes, as another call does that commits just now."""
    DataElement.objects.filter(pk=element.pk).delete()
    blobs.discard(element.blob_key)


def test_an_instance_that_is_purged_while_it_is_read_is_answered_as_it_was(
    app: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_instance()
    rows = Instance.objects.filter(pk=made.pk)
    rows.update(read_status=ReadStatus.UNREAD)
    before(monkeypatch, InstanceViewSet, "is_owner", rows.delete)
    answer = app.get(f"/nav/app2018/instances/{made.instance_id}")
    assert answer.status_code == 200, answer.content
    assert answer.json()["id"] == made.instance_id


def test_what_is_purged_while_it_is_deleted_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make_instance()
    Instance.objects.filter(pk=made.pk).delete()
    with pytest.raises(InstanceNotFound):
        studio.soft_delete(instance=made, prevent_days=None)


def test_an_element_that_is_deleted_while_it_is_downloaded_is_not_lost(
    storage: Api, element: DataElement, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(monkeypatch, downloads, "_hand_off", lambda: delete(element))
    with capture_logs() as logs:
        answer = storage.get(content_of(element))
    assert_problem(answer, 404, code="data-element-not-found")
    assert [line for line in logs if line["log_level"] == "error"] == []


def test_an_element_that_is_deleted_before_its_turn_is_not_lost(
    storage: Api, element: DataElement, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(monkeypatch, archives, "open_current", lambda: delete(element))
    path = f"/storage/api/v1/instances/{element.instance.instance_id}/archive"
    with capture_logs() as logs:
        assert body_of(storage.get(path))
    assert [line for line in logs if line["log_level"] == "error"] == []


def test_infected_content_that_came_meanwhile_is_not_handed_out(
    element: DataElement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-26: what counts is the content that is there now"""

    def replace() -> None:
        replaced_meanwhile(element)
        rows = DataElement.objects.filter(pk=element.pk)
        rows.update(scan_result=FileScanResult.INFECTED)
        blobs.discard(element.blob_key)

    before(monkeypatch, downloads, "_hand_off", replace)
    owner = Api(PLATFORM_HOST, cast.OWNER)
    answer = owner.get(content_of(element))
    assert_problem(answer, 403, code="data-element-infected")
    assert reread(element).owner_downloads == []
