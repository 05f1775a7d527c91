"""What an application's own code changes in other forms when data change."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from data_elements import blobs
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from process.hooks import (
    AppHooks,
    ChangeKind,
    DataChanges,
    DataEdits,
    FormInTask,
    HookIssue,
    HookRefused,
    InstanceChanges,
)
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import FORM, PDF, make_element, make_instance, reread
from tests.redeployed import FILES, METADATA, redeploy

pytestmark = pytest.mark.usefixtures("sandbox", "linked")
XML = "application/xml"
SEEN: list[DataChanges] = []


class Links(AppHooks):
    """Writes the name of the employer, and how much data there is, into other forms."""

    def on_data_changes(self, changes: DataChanges) -> DataEdits | None:
        """Note what it is told, and follow it in the forms of the type ``andre``."""
        SEEN.append(changes)
        by_type = {one.data_type: one for one in changes.data}
        main = by_type.get("default")
        name = None
        if main is not None and main.id is not None:
            form: Any = changes.read_form(main.id)
            name = form["arbeidsgiver"]["navn"]
            if name == "Refused AS":
                raise HookRefused("no-such-employer", "There is none of that name.")
        edits: dict[Any, Any] = {}
        for one in changes.data:
            if one.data_type == "andre" and one.id is not None:
                told = f"{name} {len(changes.data)}"
                edits[one.id] = {**changes.read_form(one.id), "tilrettelegging": told}  # type: ignore[dict-item]  # a form
        if name == "Corrected AS" and main is not None:
            edits[main.id] = {**form, "tilrettelegging": "Corrected."}
        if name == "Stray AS" and main is not None:
            edits[main.id] = {"no-such-member": 1}
        return DataEdits(edits, InstanceChanges(data_values={"employer": name}))


class Breaks(Links):
    """The same, and then it fails at looking for what is amiss."""

    def validate_form_data(self, form: FormInTask) -> list[HookIssue]:
        """Fail."""
        raise ValueError(form.data_type)


@pytest.fixture
def linked(sandbox: None, install: Callable[[str], None]) -> Iterator[None]:
    """The sample has a second form in its first task, and code that links the two."""
    metadata = json.loads(FILES[METADATA])
    first = metadata["dataTypes"][0]
    metadata["dataTypes"].append({**first, "id": "andre", "minCount": 0})
    redeploy({METADATA: metadata})
    install("tests.hooks.test_data_changes:Links")
    SEEN.clear()
    yield
    SEEN.clear()


@pytest.fixture
def instance(linked: None) -> Instance:
    """An instance with both forms."""
    made = make_instance()
    for type_id in ("default", "andre"):
        make_element(instance=made, type_id=type_id)
    return made


def url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's data."""
    return f"/nav/app2018/instances/{instance.instance_id}/data{tail}"


def element_of(instance: Instance, type_id: str) -> DataElement:
    """Return a form of the instance."""
    return DataElement.objects.get(instance=instance, data_type=type_id)


def note_of(instance: Instance, type_id: str = "andre") -> str:
    """Return what stands in the field that the code fills in."""
    with blobs.open_blob(element_of(instance, type_id).blob_key) as content:
        text = content.read().decode()
    return text.partition("<tilrettelegging>")[2].partition("<")[0]


def of(name: str) -> bytes:
    """Return the form with another employer."""
    return FORM.replace("Grønn Rev Verksted AS".encode(), name.encode())


def patch(api: Api, instance: Instance, name: str) -> Any:
    """Change the employer in the first form."""
    operation = {"op": "replace", "path": "/arbeidsgiver/navn", "value": name}
    element = element_of(instance, "default")
    one = {"dataElementId": str(element.pk), "patch": [operation]}
    return api.call("PATCH", url(instance), json={"patches": [one]})


# --- every call that changes data -----------------------------------------------------
def test_replacing_a_form_changes_another(app: Api, instance: Instance) -> None:
    """A-209, A-122: once, in the same transaction, with the instance's values"""
    main = element_of(instance, "default")
    answer = app.put(url(instance, f"/{main.pk}"), body=of("Ny AS"), content_type=XML)
    assert answer.status_code == 201, answer.content
    assert note_of(instance) == "Ny AS 2"
    assert reread(instance).data_values == {"employer": "Ny AS"}
    [told] = SEEN
    assert [(c.element_id, c.data_type, c.kind) for c in told.changes] == [
        (main.pk, "default", ChangeKind.REPLACED)
    ]
    assert (told.caller.user_id, told.instance.id) == (1337, instance.pk)
    saved = InstanceEvent.objects.filter(event_type="Saved")
    assert saved.filter(data_id=element_of(instance, "andre").pk).count() == 1


def test_the_form_itself_may_be_changed_too(app: Api, instance: Instance) -> None:
    """A-110, A-111: which its sender is told, with the size and tag of what is kept"""
    main = element_of(instance, "default")
    at = url(instance, f"/{main.pk}")
    answer = app.put(at, body=of("Corrected AS"), content_type=XML)
    assert answer.status_code == 200, answer.content
    assert answer.json()["changedFields"] == {"tilrettelegging": "Corrected."}
    changed = b"<tilrettelegging>Corrected.</tilrettelegging>"
    assert changed in body_of(app.get(at))
    main = element_of(instance, "default")
    with blobs.open_blob(main.blob_key) as content:  # with the ids of its rows
        kept = content.read()
    assert changed in kept
    assert answer.json()["size"] == len(kept) == main.size


def test_a_patch_tells_of_all_that_changed(app: Api, instance: Instance) -> None:
    """A-120: and the code is asked once, when all is written"""
    answer = patch(app, instance, "Corrected AS")
    assert answer.status_code == 200, answer.content
    told = {
        one["dataElementId"]: one["data"]["tilrettelegging"]
        for one in answer.json()["newDataModels"]
    }
    assert told == {
        str(element_of(instance, "default").pk): "Corrected.",
        str(element_of(instance, "andre").pk): "Corrected AS 2",
    }
    assert len(SEEN) == 1
    assert answer.json()["instance"]["dataValues"] == {"employer": "Corrected AS"}
    assert patch(app, instance, "Corrected AS").status_code == 200
    assert len(SEEN) == 1  # nothing was changed


def test_files_that_come_and_go_change_forms(app: Api, instance: Instance) -> None:
    """A-124, A-095: added and deleted; what changed is told"""
    sent = {"body": PDF, "content_type": "application/pdf", "filename": "a.pdf"}
    made = app.post(url(instance, "/type/vedlegg"), **sent)
    assert made.status_code == 200, made.content
    [told] = made.json()["newDataModels"]
    assert told["data"]["tilrettelegging"].endswith(" 3")
    gone = app.delete(url(instance, f"/{made.json()['newDataElementId']}"))
    [told] = gone.json()["newDataModels"]
    assert told["data"]["tilrettelegging"].endswith(" 2")
    assert [c.kind for one in SEEN for c in one.changes] == [
        ChangeKind.ADDED,
        ChangeKind.DELETED,
    ]
    assert app.post(url(instance, "?dataType=vedlegg"), **sent).status_code == 201
    assert note_of(instance).endswith(" 3")


def test_data_that_come_with_an_instance_are_one_change(app: Api) -> None:
    """A-043: all parts at once"""
    parts = [
        (f'form-data; name="{name}"', content_type, content)
        for name, content_type, content in (
            ("instance", "application/json", b'{"instanceOwner":{"partyId":"500000"}}'),
            ("default", XML, of("Corrected AS")),
            ("andre", XML, FORM),
        )
    ]
    body = b"".join(
        f"--B\r\nContent-Disposition: {disposition}\r\n"
        f"Content-Type: {content_type}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for disposition, content_type, content in parts
    )
    answer = app.post(
        "/nav/app2018/instances",
        body=body + b"--B--\r\n",
        content_type="multipart/form-data; boundary=B",
    )
    assert answer.status_code == 201, answer.content
    instance = Instance.objects.get()
    assert note_of(instance) == "Corrected AS 2"
    assert note_of(instance, "default") == "Corrected."
    assert answer.json()["dataValues"] == {"employer": "Corrected AS"}
    sizes = {one["dataType"]: one["size"] for one in answer.json()["data"]}
    assert sizes["default"] == element_of(instance, "default").size
    [told] = SEEN
    assert [one.data_type for one in told.changes] == ["default", "andre"]


# --- and none of it -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("Refused AS", 400, "app-refused-data"),
        ("Stray AS", 500, "app-hook-failed"),
    ],
)
def test_what_the_code_refuses_or_fails_at_changes_nothing(
    app: Api,
    instance: Instance,
    everything: Callable[[], object],
    name: str,
    status: int,
    code: str,
) -> None:
    """A-104: the call's own change goes with it"""
    before = everything()
    main = element_of(instance, "default")
    put = app.put(url(instance, f"/{main.pk}"), body=of(name), content_type=XML)
    for answer in (put, patch(app, instance, name)):
        assert_problem(answer, status, code=code)
        assert everything() == before


def test_a_locked_form_refuses_the_whole_change(
    app: Api, instance: Instance, everything: Callable[[], object]
) -> None:
    """A-104: 409, and nothing half stored"""
    lock = {"locked_at": instance.created, "locked_by": "1"}
    DataElement.objects.filter(data_type="andre").update(**lock)
    before = everything()
    assert_problem(patch(app, instance, "Ny AS"), 409, code="data-element-locked")
    assert everything() == before


def test_what_fails_afterwards_takes_it_all_back(
    app: Api,
    instance: Instance,
    install: Callable[[str], None],
    everything: Callable[[], object],
) -> None:
    """A-104: rows, history and the bytes of every form"""
    install("tests.hooks.test_data_changes:Breaks")
    before = everything()
    adding = url(instance, "/type/vedlegg?ignoredValidators=")
    sent = {"body": PDF, "content_type": "application/pdf", "filename": "a.pdf"}
    for call in (
        lambda: patch(app, instance, "Ny AS"),
        lambda: app.post(adding, **sent),  # for the form that follows it
    ):
        assert_problem(call(), 500, code="app-hook-failed")
        assert everything() == before


def test_data_by_the_platform_ask_no_code(instance: Instance) -> None:
    """There the policy alone decides"""
    storage = Api(PLATFORM_HOST, cast.SOPHIE)
    main = element_of(instance, "default")
    at = f"/storage/api/v1/instances/{instance.instance_id}/data/{main.pk}"
    answer = storage.put(f"{at}?dataType=default", body=of("Ny AS"), content_type=XML)
    assert answer.status_code == 200, answer.content
    assert not SEEN
