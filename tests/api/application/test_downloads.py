"""Content of data elements on its way out: ranges, entity tags, and what is noted."""

import hashlib

import pytest

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests.api.application.form_calls import data_url
from tests.cast import OWNER_PRINCIPAL
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_element, reread

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("bytes=0-4", 206, FORM[:5]),
        ("bytes=5-", 206, FORM[5:]),
        ("bytes=-5", 206, FORM[-5:]),
        ("bytes=0-99999999", 206, FORM),
        ("bytes=5-2", 200, FORM),
        ("bytes=0-1,3-4", 200, FORM),
        ("lines=1-2", 200, FORM),
    ],
)
def test_ranges(
    app: Api, element: DataElement, header: str, status: int, expected: bytes
) -> None:
    """Part 9: Range"""
    url = data_url(element.instance, f"/{element.id}")
    answer = app.get(url, headers={"Range": header})
    assert answer.status_code == status
    assert body_of(answer) == expected
    assert answer["Content-Length"] == str(len(expected))
    assert answer["Accept-Ranges"] == "bytes"


def test_a_range_beyond_the_end_is_416(app: Api, element: DataElement) -> None:
    """Part 9: Range"""
    url = data_url(element.instance, f"/{element.id}")
    answer = app.get(url, headers={"Range": "bytes=99999999-"})
    document = assert_problem(answer, 416, code="range-not-satisfiable")
    assert answer["Content-Range"] == f"bytes */{element.size}"
    assert str(len(FORM)) in document["detail"]


def test_etag_spares_a_second_download(app: Api, element: DataElement) -> None:
    """Part 9: ETag and 304; D-10: the SHA-256 is the ETag"""
    url = data_url(element.instance, f"/{element.id}")
    etag = app.get(url)["ETag"]
    assert etag == f'"{hashlib.sha256(FORM).hexdigest()}"'
    again = app.get(url, headers={"If-None-Match": f'W/{etag}, "x"'})
    assert (again.status_code, again.content) == (304, b"")
    stale = app.get(url, headers={"Range": "bytes=0-4", "If-Range": '"other"'})
    assert stale.status_code == 200


def test_downloads_are_never_shown_in_a_browser(app: Api, element: DataElement) -> None:
    """A-108, Z-091: the stored type, and the name of the file"""
    element = make_element(
        instance=element.instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="vedlegg.pdf",
    )
    answer = app.get(data_url(element.instance, f"/{element.id}"))
    assert answer["Content-Type"] == "application/pdf"
    assert "vedlegg.pdf" in answer["Content-Disposition"]
    assert body_of(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store,no-cache"


def test_a_users_reading_is_noted_and_an_owners_download_logged(
    app: Api, owner_app: Api, instance: Instance
) -> None:
    """S-139, seed-api.md §4.1"""
    receipt = make_element(
        instance=instance,
        by=OWNER_PRINCIPAL,
        type_id="kvittering",
        content=PDF,
        content_type="application/pdf",
        filename="k.pdf",
    )
    url = data_url(instance, f"/{receipt.id}")
    assert not receipt.is_read
    owner_app.get(url)
    owner_app.get(url)
    assert not reread(receipt).is_read
    assert len(reread(receipt).owner_downloads) == 2
    app.get(url)
    assert reread(receipt).is_read
    downloads = InstanceEvent.objects.filter(event_type="DownloadedByOwner")
    assert [event.data_id for event in downloads] == [receipt.id] * 2
