"""Tags of data elements, and metadata that users define."""

from threading import Barrier, Thread

import pytest
from django.db import connections

from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.api.application.test_simple_instantiation import change_types
from tests.api.test_statement_counts import statements
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import make_element, make_instance, submit

pytestmark = pytest.mark.usefixtures("sandbox")


def of(element: DataElement, rest: str = "tags") -> str:
    """Return an address below an element."""
    instance = element.instance
    return f"/nav/app2018/instances/{instance.instance_id}/data/{element.id}/{rest}"


def stored(element: DataElement) -> tuple[object, object]:
    """Return the tags and the users' metadata as they are in the database."""
    row = DataElement.objects.get(pk=element.pk)
    return row.tags, row.user_defined_metadata


def test_tags_come_and_go(app: Api, element: DataElement) -> None:
    """A-126: adding twice and removing what is not there change nothing"""
    path = of(element)
    assert app.get(path).json() == {"tags": []}
    for tag in ("ferdig", "ÆØÅ-ok_", "日本"):
        answer = app.post(path, json=tag)
        assert answer.status_code == 201, answer.content
        assert answer["Location"] == f"http://{APP_HOST}:8000{path}"
    assert (
        answer.json() == app.get(path).json() == {"tags": ["ferdig", "ÆØÅ-ok_", "日本"]}
    )
    before = Instance.objects.get(pk=element.instance_id).last_changed
    assert app.post(path, json="ferdig").status_code == 201
    assert app.delete(f"{path}/nowhere").status_code == 204
    assert Instance.objects.get(pk=element.instance_id).last_changed == before
    assert app.delete(f"{path}/ferdig").status_code == 204
    assert app.get(path).json() == {"tags": ["ÆØÅ-ok_", "日本"]}
    assert Instance.objects.get(pk=element.instance_id).last_changed > before
    row = DataElement.objects.get(pk=element.pk)
    assert (row.last_changed > before, row.last_changed_by) == (True, "1337")


def test_tags_are_replaced(app: Api, element: DataElement) -> None:
    """A-126: each once, in order; issues only where validation is spoken of"""
    answer = app.put(of(element), json={"TAGS": ["b", "a", "b"]})
    assert answer.json() == {"tags": ["b", "a"], "validationIssues": None}
    answer = app.put(f"{of(element)}?ignoredValidators=", json={"tags": []})
    assert answer.json() == {"tags": [], "validationIssues": []}
    assert stored(element)[0] == []


@pytest.mark.parametrize(
    "tag", ["", " ", "a b", "a1", "a.b", "<a>", "a" * 256, "\u0301"]
)
def test_what_is_no_tag_changes_nothing(
    app: Api, element: DataElement, tag: str
) -> None:
    """A-127, A-276: letters, - and _ alone"""
    for answer in (
        app.post(of(element), json=tag),
        app.put(of(element), json={"tags": ["ok", tag]}),
    ):
        problem = assert_problem(answer, 400, code="tag-invalid")
        assert problem["title"] == "Invalid tag name"
        text = "Tags may only contain letters, '-' and '_'."
        assert problem["detail"] == text
    assert stored(element) == ([], None)


def test_other_bodies_are_no_tags(app: Api, element: DataElement) -> None:
    """A-127"""
    for body in (5, ["a"], {"tag": "a"}):
        assert_problem(app.post(of(element), json=body), 400, code="tag-invalid")
    for body in ([], {}, {"tags": "a"}, {"tags": None}):
        answer = app.put(of(element), json=body)
        assert_problem(answer, 400, code="validation-failed")
    empty = app.post(of(element), content_type="application/json")
    assert_problem(empty, 400, code="body-missing")
    text = app.post(of(element), body=b"a", content_type="text/plain")
    assert_problem(text, 415, code="content-type-unsupported")
    letters = "abcdefghijklmnopqrstuvwxyz"
    many = [a + b for a in letters for b in letters][:101]
    answer = app.put(of(element), json={"tags": many})
    assert_problem(answer, 409, code="too-many-tags")
    assert app.put(of(element), json={"tags": many[:100]}).status_code == 200
    answer = app.post(of(element), json=many[100])
    assert_problem(answer, 409, code="too-many-tags")
    assert app.post(of(element), json=many[0]).status_code == 201
    assert stored(element)[0] == many[:100]


def test_metadata_of_users_is_replaced(app: Api, element: DataElement) -> None:
    """A-129"""
    path = of(element, "user-defined-metadata")
    assert app.get(path).json() == {"userDefinedMetadata": []}
    values = [{"key": "a", "value": "b"}, {"key": "c", "value": None}]
    answer = app.put(path, json={"userDefinedMetadata": values})
    assert answer.status_code == 200
    assert answer.json() == app.get(path).json() == {"userDefinedMetadata": values}
    assert app.put(path, json={"userDefinedMetadata": []}).status_code == 200
    assert stored(element)[1] == []


def test_keys_stand_once_and_are_those_that_are_allowed(
    app: Api, element: DataElement
) -> None:
    """A-129: the literal texts"""
    path = of(element, "user-defined-metadata")
    pairs = [{"key": key, "value": "x"} for key in ("a", "b", "a", "b", "c")]
    answer = app.put(path, json={"userDefinedMetadata": pairs})
    problem = assert_problem(answer, 400, code="metadata-keys-twice")
    assert problem["detail"] == "The following keys are duplicated: a, b"
    change_types(allowedKeysForUserDefinedMetadata=["c", "d"])
    answer = app.put(path, json={"userDefinedMetadata": pairs[3:] + pairs[:1]})
    problem = assert_problem(answer, 400, code="metadata-keys-not-allowed")
    assert problem["detail"] == "The following keys are not allowed: b, a"
    assert stored(element) == ([], None)
    answer = app.put(path, json={"userDefinedMetadata": pairs[4:]})
    assert answer.status_code == 200


def test_changes_pass_the_checks_of_data(app: Api, element: DataElement) -> None:
    """A-128, M:A-19, M:A-20: locked, archived, of others, and not there"""

    def refused(status: int, code: str, element: DataElement = element) -> None:
        values = {"userDefinedMetadata": [{"key": "a", "value": "b"}]}
        before = stored(element)
        for answer in (
            app.post(of(element), json="a"),
            app.put(of(element), json={"tags": ["a"]}),
            app.delete(f"{of(element)}/kept"),
            app.put(of(element, "user-defined-metadata"), json=values),
        ):
            assert_problem(answer, status, code=code)
        assert stored(element) == before

    DataElement.objects.update(tags=["kept"])
    change_types(allowedContributors=["org:nav"])
    refused(403, "contributor-not-allowed")
    change_types(allowedContributors=[], actionRequiredToWrite="sensitive")
    refused(403, "not-permitted")
    change_types(actionRequiredToWrite="")
    DataElement.objects.update(locked_at=element.created, locked_by="1")
    refused(409, "data-element-locked")
    DataElement.objects.update(locked_at=None, locked_by="")
    other = make_element(instance=make_instance())
    DataElement.objects.update(tags=["kept"])
    other.instance = element.instance
    for rest in ("tags", "user-defined-metadata"):
        answer = app.get(of(other, rest))
        assert_problem(answer, 404, code="data-element-not-found")
    refused(404, "data-element-not-found", other)
    submit(element.instance)
    DataElement.objects.update(locked_at=None, locked_by="")
    owner = Api(APP_HOST, cast.OWNER)
    answer = owner.post(of(element), json="a")
    assert_problem(answer, 409, code="instance-not-active")
    assert stored(element) == (["kept"], None)


@pytest.mark.django_db(transaction=True)
def test_of_two_tags_at_once_none_is_lost(committed_sandbox: None) -> None:
    """A-126"""
    element = make_element(instance=make_instance())
    barrier, statuses = Barrier(4), []

    def add(tag: str) -> None:
        try:
            api = Api(APP_HOST, cast.SOPHIE)
            barrier.wait(timeout=60)
            statuses.append(api.post(of(element), json=tag).status_code)
        finally:
            connections.close_all()

    threads = [Thread(target=add, args=(tag,)) for tag in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 4
    assert sorted(DataElement.objects.get(pk=element.pk).tags) == list("abcd")


def test_adding_a_tag_writes_each_table_once(app: Api, element: DataElement) -> None:
    """A-126"""
    found = statements(lambda: app.post(of(element), json="a"))
    assert sum(sql.startswith("UPDATE") for sql in found) == 2, found
    assert len(found) <= 6, found
