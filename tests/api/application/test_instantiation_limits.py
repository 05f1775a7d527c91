"""What an instantiation may bring, and that nothing is taken before who it is for."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from instances.models import Instance
from tests.api.application.test_instances import (
    INSTANCES,
    instance_part,
    multipart,
    nothing_was_stored,
)
from tests.client import Api, assert_problem
from tests.factories import FORM, PDF

pytestmark = pytest.mark.usefixtures("sandbox")

FORM_PART = ('form-data; name="default"', "application/xml", FORM)
PDF_PART = ('form-data; name="vedlegg"; filename="a.pdf"', "application/pdf", PDF)
PARTY = {"instanceOwner": {"partyId": "500000"}}


def test_data_before_the_owner_is_refused_unread(app: Api, own_blobs: Path) -> None:
    """A-061: nobody fills the disk of a server that will not let them instantiate"""
    body, content_type = multipart(FORM_PART, instance_part())
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    document = assert_problem(answer, 400, code="multipart-part-refused")
    assert "send the part 'instance' first" in document["detail"]
    assert nothing_was_stored(own_blobs)


def test_a_strangers_data_is_refused_unread(
    stranger_app: Api, own_blobs: Path, settings: LazySettings
) -> None:
    """Z-083: the policy is asked before any content is taken"""
    settings.ALTINN_MAX_UPLOAD_MIB = 0  # taking any content would answer 413
    body, content_type = multipart(instance_part(), PDF_PART)
    answer = stranger_app.post(INSTANCES, body=body, content_type=content_type)
    assert_problem(answer, 403, code="not-permitted")
    assert nothing_was_stored(own_blobs)


def test_a_template_comes_once(app: Api, own_blobs: Path) -> None:
    """A-051: a second one would name another owner than the one who was asked about"""
    body, content_type = multipart(instance_part(), instance_part(501337), FORM_PART)
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    assert_problem(answer, 400, code="multipart-part-refused")
    assert nothing_was_stored(own_blobs)


def test_an_owner_named_twice_is_refused_before_the_data(
    app: Api, own_blobs: Path
) -> None:
    """A-054"""
    body, content_type = multipart(instance_part(), FORM_PART)
    url = f"{INSTANCES}?instanceOwnerPartyId=500000"
    answer = app.post(url, body=body, content_type=content_type)
    assert_problem(answer, 400, code="instance-owner-twice")
    assert nothing_was_stored(own_blobs)


def test_a_part_above_its_types_limit_is_named(
    app: Api, own_blobs: Path, settings: LazySettings
) -> None:
    """A-050: larger than the element type allows"""
    settings.ALTINN_MAX_UPLOAD_MIB = 1
    large = (*PDF_PART[:2], b"%PDF" + b"x" * 2**20)
    body, content_type = multipart(instance_part(), large)
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    document = assert_problem(answer, 400, code="multipart-part-refused")
    assert "exceeds the size limit of element type 'vedlegg'" in document["detail"]
    assert nothing_was_stored(own_blobs)


def test_parts_together_are_held_to_the_servers_limit(
    app: Api, own_blobs: Path, settings: LazySettings
) -> None:
    """Bad input: many parts, each within its limit"""
    settings.ALTINN_MAX_UPLOAD_MIB = 1
    part = (*PDF_PART[:2], b"%PDF" + b"x" * (2**20 - 100))
    body, content_type = multipart(instance_part(), *[part] * 4)
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    assert_problem(answer, 413, code="content-too-large")
    assert nothing_was_stored(own_blobs)


@pytest.mark.parametrize(
    "template",
    [
        {"instanceOwner": {"personNumber": "1" * 12}},
        {"instanceOwner": {"organisationNumber": "1" * 10}},
        {"instanceOwner": {"username": "x" * 256}},
        {**PARTY, "presentationTexts": {"name": "x" * 4001}},
        {**PARTY, "presentationTexts": {"x" * 256: "text"}},
        {**PARTY, "dataValues": {f"name{number}": "" for number in range(101)}},
    ],
    ids=["person", "organisation", "username", "text", "name", "many"],
)
def test_texts_are_held_to_their_limits(
    app: Api, own_blobs: Path, template: dict[str, object]
) -> None:
    """Bad input: longer than the columns on one database and not on the other"""
    answer = app.post(INSTANCES, json=template)
    assert_problem(answer, 400, code="validation-failed")
    assert nothing_was_stored(own_blobs)


def test_empty_names_of_the_owner_do_not_matter(app: Api) -> None:
    """clients.md: members that are there and empty"""
    owner = {"partyId": "500000", "personNumber": "", "username": None}
    assert app.post(INSTANCES, json={"instanceOwner": owner}).status_code == 201
    assert Instance.objects.get().owner_party_id == 500000
