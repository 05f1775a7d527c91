"""Downloads that the store hands out: decided, recorded, and for a short time."""

import time
from typing import Any

import pytest
from django.conf import LazySettings

from data_elements import blobs, marks
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.application.form_calls import data_url
from tests.client import Api, assert_problem, body_of
from tests.data_elements.stores.kinds import Kind, fetch
from tests.factories import PDF, make_element, reread
from tests.faulty_proxy import Fault

pytestmark = pytest.mark.usefixtures("sandbox")

NAME = "Vedlegg å.pdf"


@pytest.fixture
def signing(far_away: Kind, settings: LazySettings) -> Kind:
    """A store that callers are sent to."""
    settings.ALTINN_BLOB_HAND_OFF = "signed-url"
    return far_away


@pytest.fixture
def attachment(signing: Kind, instance: Instance) -> DataElement:
    """A content with a name and a type."""
    return make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename=NAME,
    )


def url_of(element: DataElement) -> str:
    """Return the address of a content in the application."""
    return data_url(element.instance, f"/{element.id}")


def test_the_caller_is_sent_to_the_store(app: Api, attachment: DataElement) -> None:
    """The store answers with the type and the name that the server would"""
    sent_on = app.get(url_of(attachment))
    assert (sent_on.status_code, sent_on.content) == (307, b"")
    assert sent_on["Cache-Control"] == "no-store,no-cache"
    status, headers, body = fetch(sent_on["Location"])
    assert (status, body) == (200, PDF)
    assert headers["content-type"] == "application/pdf"
    shown = app.head(url_of(attachment))["Content-Disposition"]
    assert headers["content-disposition"] == shown
    assert headers["cache-control"] == "no-store"
    assert "%C3%A5" in shown
    assert reread(attachment).is_read


def test_the_store_answers_ranges(app: Api, attachment: DataElement) -> None:
    asked = {"Range": "bytes=5-9"}
    sent_on = app.get(url_of(attachment), headers=asked)
    assert sent_on.status_code == 307
    status, headers, body = fetch(sent_on["Location"], headers=asked)
    assert (status, body) == (206, PDF[5:10])
    assert headers["content-range"] == f"bytes 5-9/{len(PDF)}"
    beyond = app.get(url_of(attachment), headers={"Range": "bytes=9999999-"})
    assert_problem(beyond, 416, code="range-not-satisfiable")


def test_what_only_the_server_can_answer_it_answers(
    app: Api, attachment: DataElement
) -> None:
    """HEAD, If-None-Match and If-Range, which name our entity tag"""
    url = url_of(attachment)
    head = app.head(url)
    assert (head.status_code, head["Content-Length"]) == (200, str(len(PDF)))
    etag = head["ETag"]
    assert app.get(url, headers={"If-None-Match": etag}).status_code == 304
    part = app.get(url, headers={"Range": "bytes=0-3", "If-Range": etag})
    assert (part.status_code, body_of(part)) == (206, PDF[:4])


def test_nobody_without_the_right_is_sent_there(
    stranger_app: Api, attachment: DataElement
) -> None:
    answer = stranger_app.get(url_of(attachment))
    assert_problem(answer, 403, code="not-permitted")
    assert "Location" not in answer


def test_infected_content_is_handed_off_to_nobody(
    app: Api, owner_app: Api, attachment: DataElement
) -> None:
    """D-26"""
    marks.record_scan_result(element=attachment, result=FileScanResult.INFECTED)
    for api in (app, owner_app):
        answer = api.get(url_of(attachment))
        assert_problem(answer, 403, code="data-element-infected")
        assert "Location" not in answer


@pytest.mark.parametrize(
    ("headers", "logged"),
    [({}, 1), ({"Range": "bytes=0-3"}, 1), ({"Range": "bytes=1-"}, 0)],
)
def test_an_owners_download_is_recorded_before_it_is_sent_on(
    signing: Kind,
    owner_app: Api,
    submitted: Instance,
    headers: dict[str, str],
    logged: int,
) -> None:
    """seed-api.md §4.1: as if the server had sent it"""
    element = DataElement.objects.get()
    history = InstanceEvent.objects.count()
    url = data_url(submitted, f"/{element.id}")
    assert owner_app.get(url, headers=headers).status_code == 307
    assert len(reread(element).owner_downloads) == logged
    assert InstanceEvent.objects.count() == history + logged


def test_nobody_is_sent_to_what_is_not_there(
    signing: Kind, owner_app: Api, submitted: Instance
) -> None:
    """Lost, cut short, or out of reach: a problem of ours, and nothing recorded"""
    element = DataElement.objects.get()
    url = data_url(submitted, f"/{element.id}")
    signing.put(element.blob_key, b"short")
    assert_problem(owner_app.get(url), 404, code="content-missing")
    blobs.discard(element.blob_key)
    assert_problem(owner_app.get(url), 404, code="content-missing")
    signing.faulty.faults.append(Fault("error"))
    assert_problem(owner_app.get(url), 503, code="storage-unavailable")
    assert reread(element).owner_downloads == []


def test_an_address_expires(
    signing: Kind, app: Api, attachment: DataElement, settings: LazySettings
) -> None:
    """Azurite refuses it then; moto checks no signature, so there it is read"""
    settings.ALTINN_BLOB_URL_SECONDS = 1
    address = app.get(url_of(attachment))["Location"]
    if signing.name == "s3":
        assert "X-Amz-Expires=1&" in address
        return
    time.sleep(2.1)
    assert fetch(address)[0] == 403


def test_an_address_is_good_for_one_content(
    signing: Kind, app: Api, attachment: DataElement, instance: Instance
) -> None:
    other = make_element(instance=instance, type_id="vedlegg", content=PDF)
    address = app.get(url_of(attachment))["Location"]
    assert attachment.blob_key in address
    if signing.name == "azure":
        moved: Any = address.replace(attachment.blob_key, other.blob_key)
        assert fetch(moved)[0] == 403
