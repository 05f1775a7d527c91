"""Forms that begin with what the registers say (app-api.md §18.1)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry.app_check import check_folder
from apps_registry.app_folder import read_folder
from apps_registry.errors import AppFolderRefused
from data_elements.models import DataElement
from events.models import CloudEvent
from instances.choices import InstanceEventType
from instances.models import Instance, InstanceEvent
from process.hooks import AppHooks, FormCreation, HookRefused
from tests import cast
from tests.changed_app import deploy, folder_of, form_type, with_auto_create
from tests.client import APP_HOST, Api, assert_problem, body_of
from tests.factories import FORM

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/nav/app2018/instances"
FILE = "models/default.prefill.json"
OF_ORGANISATION = {"ER": {"Name": "arbeidsgiver.navn", "OrgNumber": "behandler.navn"}}
ORGANISATION = "Grønn Rev Verksted AS"


class Fills(AppHooks):
    """An application whose own code fills a form in."""

    def on_data_creation(self, creation: FormCreation) -> Mapping[str, object]:
        """Note what was there before."""
        assert creation.instance.task == "formfilling"
        employer = creation.form["arbeidsgiver"]
        assert isinstance(employer, dict)
        return {**creation.form, "tilrettelegging": f"For {employer['navn']}"}


class Strays(AppHooks):
    """An application whose own code fills in what the form does not have."""

    def on_data_creation(self, creation: FormCreation) -> Mapping[str, object]:
        """Return another form."""
        return {"no-such-member": 1}


class Refuses(AppHooks):
    """An application whose own code wants no form."""

    def on_data_creation(self, creation: FormCreation) -> None:
        """Refuse."""
        raise HookRefused("not-now", "No forms today.")


def made(api: Api, party: int = cast.ORG_PARTY) -> dict[str, Any]:
    """Make an instance; return its document."""
    answer = api.post(f"{INSTANCES}?instanceOwnerPartyId={party}")
    assert answer.status_code == 201, answer.content
    document: dict[str, Any] = answer.json()
    return document


def form_of(api: Api, instance: Mapping[str, Any], element: str = "") -> dict[str, Any]:
    """Return the instance's form as JSON."""
    element = element or instance["data"][0]["id"]
    url = f"{INSTANCES}/{instance['id']}/data/{element}"
    found: dict[str, Any] = api.get(url, headers={"Accept": "application/json"}).json()
    return found


def nothing_made() -> bool:
    """Whether neither rows nor announcements are there."""
    return not any(
        table._default_manager.exists()
        for table in (Instance, DataElement, InstanceEvent, CloudEvent)
    )


# --- a file ---------------------------------------------------------------------------
def test_a_form_that_the_server_makes_begins_with_the_register(
    app: Api, tmp_path: Path
) -> None:
    """A-243, A-247, A-041: the organisation's own; its texts stand on the instance"""
    user = {"Party.Name": "arbeidstaker.navn", "PhoneNumber": "arbeidstaker.telefon"}
    deploy(
        tmp_path,
        with_auto_create,
        {FILE: {**OF_ORGANISATION, "UserProfile": user}},
    )
    instance = made(app)
    assert [one["dataType"] for one in instance["data"]] == ["default"]
    assert instance["presentationTexts"] == {"arbeidsgiver": ORGANISATION}
    form = form_of(app, instance)
    assert form["arbeidsgiver"]["navn"] == ORGANISATION
    assert form["behandler"]["navn"] == "353801961"
    assert form["arbeidstaker"]["navn"] == "Signe Tindlund"
    assert form["arbeidstaker"]["telefon"] == "+4700501337"
    events = InstanceEvent.objects.filter(data_id=instance["data"][0]["id"])
    created = InstanceEventType.CREATED
    assert [one.event_type for one in events] == [created]


def test_a_person_is_no_organisation_and_an_owner_no_user(tmp_path: Path) -> None:
    """A-243: a section of which nothing is known is left out"""
    person = {"SSN": "arbeidstaker.fodselsnummer", "LastName": "behandler.navn"}
    user = {"UserName": "tilrettelegging"}
    file = {**OF_ORGANISATION, "DSF": person, "UserProfile": user}
    deploy(tmp_path, with_auto_create, {FILE: file})
    owner = Api(APP_HOST, cast.OWNER)
    instance = made(owner, 501337)
    form = form_of(owner, instance)
    assert form["arbeidstaker"]["fodselsnummer"] == "13838441100"
    assert form["behandler"]["navn"] == "Tindlund"
    assert form["arbeidsgiver"] is None
    assert form["tilrettelegging"] is None


def test_an_empty_form_that_is_posted_is_filled_in(app: Api, tmp_path: Path) -> None:
    """A-091: without a Content-Type"""
    deploy(tmp_path, files={FILE: OF_ORGANISATION})
    instance = made(app)
    assert instance["data"] == []
    url = f"{INSTANCES}/{instance['id']}/data"
    answer = app.post(f"{url}/type/default")
    assert answer.status_code == 200, answer.content
    (model,) = answer.json()["newDataModels"]
    assert model["data"]["arbeidsgiver"]["navn"] == ORGANISATION
    again = app.post(f"{url}?dataType=default")
    assert_problem(again, 409, code="max-count-exceeded")
    assert_problem(app.post(f"{url}/vedlegg"), 400, code="file-refused")
    assert DataElement.objects.count() == 1


def test_what_is_sent_stays_unless_the_file_overwrites(
    app: Api, tmp_path: Path
) -> None:
    """A-062, A-063, A-243: a part of a request that makes an instance, and one alone"""
    for overwrite in (False, True):
        file = {"allowOverwrite": overwrite, "ER": {"Name": "arbeidsgiver.navn"}}
        deploy(tmp_path, with_auto_create, {FILE: file})
        sent = FORM.replace(ORGANISATION.encode(), b"Sent AS")
        body = b"\r\n".join(
            [
                b'--B\r\nContent-Disposition: form-data; name="default"',
                b"Content-Type: application/xml\r\n",
                sent,
                b"--B--\r\n",
            ]
        )
        answer = app.post(
            f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}",
            body=body,
            content_type="multipart/form-data; boundary=B",
        )
        assert answer.status_code == 201, answer.content
        instance = answer.json()
        assert len(instance["data"]) == 1
        kept = ORGANISATION if overwrite else "Sent AS"
        assert form_of(app, instance)["arbeidsgiver"]["navn"] == kept
        assert instance["presentationTexts"] == {"arbeidsgiver": kept}
        url = f"{INSTANCES}/{instance['id']}/data/{instance['data'][0]['id']}"
        put = app.put(url, body=sent, content_type="application/xml")
        assert put.status_code == 201  # a change is no beginning
        assert body_of(app.get(url)) == sent


def test_what_the_register_lacks_is_left_out(app: Api, tmp_path: Path) -> None:
    """A-243: an empty member, one that nobody knows, and one that is an object"""
    user = {"Nothing.Here": "arbeidstaker.navn", "Party": "behandler.navn"}
    file = {"ER": {"MobileNumber": "tilrettelegging"}, "UserProfile": user}
    deploy(tmp_path, with_auto_create, {FILE: file})
    form = form_of(app, made(app))
    assert form["tilrettelegging"] is None
    assert form["arbeidstaker"] is form["behandler"] is None


def test_a_register_that_does_not_fit_makes_nothing(app: Api, tmp_path: Path) -> None:
    """A-243: the value, which may be personal, is not told"""
    file = {"ER": {"Name": "arbeidsgiver.stillingsprosent"}}
    deploy(tmp_path, with_auto_create, {FILE: file})
    answer = app.post(f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}")
    problem = assert_problem(answer, 409, code="prefill-unfit")
    assert "ER.Name" in problem["detail"]
    assert ORGANISATION not in problem["detail"]
    assert nothing_made()


def test_the_callers_own_prefill_comes_first(app: Api, tmp_path: Path) -> None:
    """A-066, A-242: EUS-4's first step; the file leaves it alone"""
    deploy(tmp_path, with_auto_create, {FILE: OF_ORGANISATION})
    answer = app.post(
        f"{INSTANCES}/create",
        json={
            "instanceOwner": {"organisationNumber": "353801961"},
            "prefill": {
                "ARBEIDSGIVER.na-vn": "Own AS",
                "arbeidsgiver.stillingsprosent": "80",
                "periode.grad": "100",
                "friskmeldtEtterPerioden": "true",
                "nowhere": "x",
            },
        },
    )
    assert answer.status_code == 201, answer.content
    form = form_of(app, answer.json())
    assert form["arbeidsgiver"]["navn"] == "Own AS"
    assert form["arbeidsgiver"]["stillingsprosent"] == 80
    assert form["friskmeldtEtterPerioden"] is True
    assert form["behandler"]["navn"] == "353801961"
    assert form["periode"] is None


def test_a_system_user_begins_fills_in_and_sends(tmp_path: Path) -> None:
    """EUS-4, EUS-8: named by its organisation's number; history names the system"""
    deploy(tmp_path, with_auto_create, {FILE: OF_ORGANISATION})
    system = Api(APP_HOST, cast.SYSTEM_USER)
    body = {
        "instanceOwner": {"organisationNumber": "353801961"},
        "prefill": {"tilrettelegging": "None."},
    }
    answer = system.post(f"{INSTANCES}/create", json=body)
    assert answer.status_code == 201, answer.content
    instance = answer.json()
    form = form_of(system, instance)
    assert form["tilrettelegging"] == "None."
    assert form["arbeidsgiver"]["navn"] == ORGANISATION
    active = system.get(f"{INSTANCES}/{cast.ORG_PARTY}/active").json()
    assert [one["id"] for one in active] == [instance["id"]]
    url = f"{INSTANCES}/{instance['id']}"
    element = instance["data"][0]["id"]
    put = system.put(
        f"{url}/data/{element}/type/default?language=nb",
        body=FORM,
        content_type="application/xml",
    )
    assert put.status_code == 201, put.content
    moved = system.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    actors = {
        (event.actor.get("systemUserId"), event.actor.get("systemUserOwnerOrgNo"))
        for event in InstanceEvent.objects.all()
    }
    claims = cast.SYSTEM_USER.principal()
    assert actors == {(claims.system_user_id, "353801961")}


# --- later tasks ----------------------------------------------------------------------
def _in_confirm(metadata: dict[str, Any]) -> None:
    """Declare a second form of the same model, that the second task makes."""
    logic = {**form_type(metadata)["appLogic"], "autoCreate": True}
    second = {"id": "second", "taskId": "confirm", "appLogic": logic, "maxCount": 1}
    metadata["dataTypes"].append({**second, "minCount": 1})
    for entry in metadata["presentationFields"]:
        entry["dataTypeId"] = "second"


def test_entering_a_task_makes_its_forms_once(app: Api, tmp_path: Path) -> None:
    """A-041, A-247: in the transaction of the step; what is there is not made again"""
    file = {"models/second.prefill.json": OF_ORGANISATION}
    deploy(tmp_path, _in_confirm, file)
    instance = made(app)
    url = f"{INSTANCES}/{instance['id']}"
    app.post(f"{url}/data?dataType=default", body=FORM, content_type="application/xml")
    assert app.put(f"{url}/process/next").status_code == 200
    document = app.get(url).json()
    assert document["presentationTexts"] == {"arbeidsgiver": ORGANISATION}
    (second,) = [one for one in document["data"] if one["dataType"] == "second"]
    form = form_of(app, document, second["id"])
    assert form["arbeidsgiver"]["navn"] == ORGANISATION
    back = app.put(f"{url}/process/next", json={"action": "reject"})
    assert back.status_code == 200, back.content
    assert app.put(f"{url}/process/next").status_code == 200
    again = [one["id"] for one in app.get(url).json()["data"]]
    assert again.count(second["id"]) == 1
    assert len(again) == 2


def test_what_is_made_on_the_way_counts_to_the_end(app: Api, tmp_path: Path) -> None:
    """A-041: completeProcess needs the form that its own step makes"""
    deploy(tmp_path, _in_confirm)
    instance = made(app)
    url = f"{INSTANCES}/{instance['id']}"
    app.post(f"{url}/data?dataType=default", body=FORM, content_type="application/xml")
    answer = app.put(f"{url}/process/completeProcess")
    assert answer.status_code == 200, answer.content
    assert answer.json()["ended"]


def test_a_task_whose_form_cannot_begin_is_not_entered(
    app: Api, tmp_path: Path
) -> None:
    """A-243: the step, its history and its announcement are undone"""
    file = {"ER": {"Name": "arbeidsgiver.stillingsprosent"}}
    deploy(tmp_path, _in_confirm, {"models/second.prefill.json": file})
    instance = made(app)
    url = f"{INSTANCES}/{instance['id']}"
    app.post(f"{url}/data?dataType=default", body=FORM, content_type="application/xml")
    before = InstanceEvent.objects.count(), CloudEvent.objects.count()
    answer = app.put(f"{url}/process/next")
    assert_problem(answer, 409, code="prefill-unfit")
    stored = Instance.objects.get()
    assert stored.current_task == "formfilling"
    assert (InstanceEvent.objects.count(), CloudEvent.objects.count()) == before
    assert DataElement.objects.count() == 1


# --- the application's own code -------------------------------------------------------
def test_the_applications_code_has_the_last_word(
    app: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """A-062, A-066: after the file"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:Fills"]
    deploy(tmp_path, with_auto_create, {FILE: OF_ORGANISATION})
    form = form_of(app, made(app))
    assert form["tilrettelegging"] == f"For {ORGANISATION}"


@pytest.mark.parametrize(
    ("hooks", "status", "code"),
    [("Strays", 500, "app-hook-failed"), ("Refuses", 400, "app-refused-data")],
)
def test_code_that_goes_wrong_makes_nothing(
    app: Api,
    tmp_path: Path,
    settings: LazySettings,
    hooks: str,
    status: int,
    code: str,
) -> None:
    """A-066: and neither does code that refuses"""
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:{hooks}"]
    deploy(tmp_path, with_auto_create)
    answer = app.post(f"{INSTANCES}?instanceOwnerPartyId={cast.ORG_PARTY}")
    assert_problem(answer, status, code=code)
    assert nothing_made()


# --- at import ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("file", "place", "severity", "code"),
    [
        ({"ER": {"Name": "no.where"}}, "/ER/Name", "error", "prefill-target-unknown"),
        (
            {"ER": {"Name": "periode.grad"}},
            "/ER/Name", "error", "prefill-target-unknown",
        ),
        (
            {"ER": {"Name": "arbeidsgiver"}},
            "/ER/Name", "error", "prefill-target-unknown",
        ),
        (
            {"ER": {"Name": "behandler.navn", "OrgNumber": "Be-handler.Navn"}},
            "/ER/OrgNumber", "error", "prefill-target-twice",
        ),
        (
            {"ER": {"name": "arbeidsgiver.navn"}},
            "/ER/name", "warning", "prefill-source-unknown",
        ),
        (
            {"QueryParameters": {"a/b": "no.where"}},
            "/QueryParameters/a~1b", "warning", "prefill-target-unknown",
        ),
    ],
)  # fmt: skip
def test_an_import_finds_what_cannot_be_filled_in(
    tmp_path: Path, file: object, place: str, severity: str, code: str
) -> None:
    """A-243, D-2: with its place"""
    folder = read_folder(folder_of(tmp_path, files={FILE: file}))
    try:
        found = list(check_folder(folder).warnings)
    except AppFolderRefused as error:
        found = list(error.report.errors)
    told = [(one.severity, one.pointer, one.code) for one in found]
    assert (severity, f"{FILE}#{place}", code) in told
