"""No document of the application API shows an element that the caller may not read."""

from pathlib import Path

import pytest

from tests.api.matrix.fixture import APP, CALLERS, Names, P, deploy, populate
from tests.client import DOMAIN, Api
from tests.factories import PDF

HOST = f"ttd.apps.{DOMAIN}"
FILE = {"body": PDF, "content_type": "application/pdf", "filename": "a.pdf"}


@pytest.fixture
def names(sandbox: None, tmp_path: Path) -> Names:
    """An instance with an attachment, and with a secret that takes a right to read."""
    deploy(tmp_path)
    populate()
    made = Names("Task_1")
    made.make("{attachment}", "{secret}")
    return made


@pytest.fixture
def user(names: Names) -> Api:
    """A user who may write and delete, and not read the secret."""
    return Api(HOST, CALLERS["UW"])


def types_in(document: dict[str, object]) -> set[object]:
    """Return the data types of the elements that a document of an instance shows."""
    elements = document["data"]
    assert isinstance(elements, list)
    return {element["dataType"] for element in elements}


def test_reading_the_instance(user: Api, names: Names) -> None:
    """D-04"""
    answer = user.get(f"/{APP}/instances/{P}/{names['guid']}")
    assert types_in(answer.json()) == {"attachment"}


def test_deleting_another_element(user: Api, names: Names) -> None:
    """D-04"""
    user.post(f"/{APP}/instances/{P}/{names['guid']}/data?dataType=attachment", **FILE)
    url = f"/{APP}/instances/{P}/{names['guid']}/data/{names['attachment']}"
    answer = user.delete(url)
    assert answer.status_code == 200
    assert types_in(answer.json()["instance"]) == {"attachment"}


def test_submitting_by_the_proposals_call(user: Api, names: Names) -> None:
    """D-04"""
    app = APP.partition("/")[2]
    url = f"/{app}/instances/{names['guid']}/data?formId=attachment"
    answer = user.post(url, **FILE)
    assert answer.status_code == 201
    assert types_in(answer.json()) == {"attachment"}


def test_deleting_the_instance(user: Api, names: Names) -> None:
    """D-04"""
    answer = user.delete(f"/{APP}/instances/{P}/{names['guid']}")
    assert answer.status_code == 200
    assert types_in(answer.json()) == {"attachment"}


def test_confirming_the_instance(names: Names) -> None:
    """D-04: the owner lacks the right as well"""
    owner = Api(HOST, CALLERS["OA"])
    answer = owner.post(f"/{APP}/instances/{P}/{names['guid']}/complete")
    assert answer.status_code == 200
    assert types_in(answer.json()) == {"attachment"}
