"""Attachments at the application's addresses: which are taken, and why others not."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.api.application.form_calls import data_url
from tests.changed_app import deploy
from tests.client import APP_HOST, PORT, Api, assert_problem
from tests.factories import PDF, make_element, make_instance
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.mark.parametrize(
    ("content_type", "header", "issue"),
    [
        ("application/pdf", "", "ContentTypeNotAllowed"),
        ("application/pdf", "attachment", "MissingFileName"),
        ("application/pdf", "attachment; filename=uten", "InvalidFileNameFormat"),
        ("image/png", "attachment; filename=a.pdf", "InvalidFileNameFormat"),
        ("text/csv", "attachment; filename=a.csv", "ContentTypeNotAllowed"),
        (
            "application/octet-stream",
            "attachment; filename=a.pdf",
            "ContentTypeNotAllowed",
        ),
    ],
    ids=["A-096", "A-096-name", "A-096-extension", "A-098", "A-099", "A-099-any"],
)
def test_an_attachment_of_the_wrong_kind_is_refused(
    app: Api,
    instance: Instance,
    own_blobs: Path,
    content_type: str,
    header: str,
    issue: str,
) -> None:
    """A-102: uploadValidationIssues with every member, and nothing is stored"""
    answer = app.post(
        data_url(instance, "?dataType=vedlegg"),
        body=PDF,
        content_type=content_type,
        headers={"Content-Disposition": header} if header else {},
    )
    document = assert_problem(answer, 400, code="file-refused")
    (found,) = document["uploadValidationIssues"]
    assert found == {
        "severity": 1,
        "dataElementId": None,
        "field": None,
        "code": issue,
        "description": document["detail"],
        "source": "DataRestrictionValidation",
    }
    assert not DataElement.objects.exists()
    assert files_in(own_blobs) == []


def test_an_announced_oversize_is_refused_before_a_byte_is_taken(
    app: Api, instance: Instance, own_blobs: Path
) -> None:
    """A-100, Z-085, Z-096"""
    answer = app.post(
        data_url(instance, "?dataType=vedlegg"),
        body=b"0" * (25 * 2**20 + 1),
        content_type="application/pdf",
        filename="stor.pdf",
    )
    document = assert_problem(answer, 400, code="file-refused")
    assert document["uploadValidationIssues"][0]["code"] == "DataElementTooLarge"
    assert files_in(own_blobs) == []


@pytest.mark.parametrize(
    ("body", "content_type", "code", "title", "detail"),
    [
        (
            b"",
            "application/pdf",
            "content-empty",
            "Invalid data",
            "Invalid data provided. Error: The file is zero bytes.",
        ),
        (
            PDF,
            "",
            "content-type-missing",
            "Missing content type",
            "The request is missing a content type header.",
        ),
    ],
    ids=["empty", "no-type"],
)
def test_a_file_has_bytes_and_a_type(
    app: Api,
    own_blobs: Path,
    tmp_path: Path,
    body: bytes,
    content_type: str,
    code: str,
    title: str,
    detail: str,
) -> None:
    """A-101, D-12: also of a type that takes any, added or in place of another"""

    def of_any_type(metadata: dict[str, Any]) -> None:
        metadata["dataTypes"][1].pop("allowedContentTypes")

    deploy(tmp_path, of_any_type)
    instance = make_instance()
    element = make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
    )
    files = files_in(own_blobs)
    send = {"CONTENT_TYPE": content_type} if content_type else {}
    for method, tail in (
        ("POST", "?dataType=vedlegg"),
        ("POST", "/type/vedlegg"),
        ("PUT", f"/{element.id}"),
    ):
        answer = Client().generic(
            method,
            data_url(instance, tail),
            body,
            content_type=content_type,
            headers={
                "Authorization": f"Bearer {cast.SOPHIE.token()}",
                "Content-Disposition": "attachment; filename=a.pdf",
            },
            HTTP_HOST=f"{APP_HOST}:{PORT}",
            **send,
        )
        problem = assert_problem(answer, 400, code=code)
        assert (problem["title"], problem["detail"]) == (title, detail)
    assert DataElement.objects.get().blob_key == element.blob_key
    assert files_in(own_blobs) == files
