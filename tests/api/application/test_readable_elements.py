"""No document of the application API shows an element that the caller may not read."""

import json
from pathlib import Path

import pytest

from apps_registry import catalogue
from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.api.platform.message_box import change_metadata
from tests.authorization.matrix.fixture import CALLERS, Names, deploy, populate
from tests.authorization.matrix.rows import APP, P
from tests.client import APP_HOST, DOMAIN, Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance, reread

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


# --- forms that one may write and not read --------------------------------------------
@pytest.fixture
def unreadable(sandbox: None) -> Instance:
    """An instance of the sample, whose forms take a right to read that nobody has."""
    instance = make_instance()
    make_element(instance=instance)
    metadata = catalogue.definition_of("nav", "app2018").metadata
    types = json.loads(json.dumps(metadata["dataTypes"]))
    for one in types:
        if one["id"] == "default":
            one.update({"actionRequiredToRead": "see", "maxCount": 0})
    change_metadata(dataTypes=types)
    return instance


@pytest.mark.parametrize("operation", ["test", "replace"])
def test_patching_what_one_may_not_read(unreadable: Instance, operation: str) -> None:
    """D-04: the answer has the form, and a test tells what is in it"""
    element = DataElement.objects.get()
    before = bytes(reread(element).sha256 or b"")
    one = {"op": operation, "path": "/tilrettelegging", "value": "kanskje"}
    url = f"/nav/app2018/instances/{unreadable.instance_id}/data"
    sophie = Api(APP_HOST, cast.SOPHIE)
    for tail, body in (
        ("", {"patches": [{"dataElementId": str(element.pk), "patch": [one]}]}),
        (f"/{element.pk}", {"patch": [one]}),
    ):
        answer = sophie.call("PATCH", url + tail, json=body)
        problem = assert_problem(answer, 403, code="not-permitted")
        assert "previousModel" not in problem
    assert bytes(reread(element).sha256 or b"") == before


def test_adding_a_form_that_one_may_not_read(unreadable: Instance) -> None:
    """D-04: it is added, and told to nobody"""
    url = f"/nav/app2018/instances/{unreadable.instance_id}/data/type/default"
    sent = {"body": FORM, "content_type": "application/xml"}
    answer = Api(APP_HOST, cast.SOPHIE).post(url, **sent)
    assert answer.status_code == 200, answer.content
    assert answer.json()["newDataModels"] == []
    assert types_in(answer.json()["instance"]) == set()
    assert DataElement.objects.count() == 2
