"""``instances/create``: one document, prefill, and copies of archived instances."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry import catalogue
from apps_registry.services import replace_policy
from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance
from process.hooks import AppHooks, CopyView, HookRefused
from tests import cast
from tests.api.platform.message_box import APPLICATION, change_metadata
from tests.apps_registry.policy_xml import any_of, match, policy, rule
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import FORM, FORM_JSON, PDF, make_element, make_instance, submit

pytestmark = pytest.mark.usefixtures("sandbox")
CREATE = "/nav/app2018/instances/create"
FORMATS = [(FORM, "application/xml"), (FORM_JSON, "application/json")]
OWNER = {"instanceOwner": {"partyId": "500000"}}


class NoCopies(AppHooks):
    """An application whose own code takes no copies."""

    def validate_copy(self, copy: CopyView) -> None:
        """Refuse."""
        assert copy.source.ended
        raise HookRefused("no-copies", f"Not for {copy.caller.kind}s.")


def change_types(**members: object) -> None:
    """Deploy the sample with other settings of its form."""
    designer = Api(PLATFORM_HOST, cast.DESIGNER)
    types = designer.get(APPLICATION).json()["dataTypes"]
    logic = {"autoCreate": True} if members.pop("autoCreate", False) else {}
    for one in types:
        if one["id"] == "default":
            one["appLogic"] = {**one["appLogic"], **logic}
            one.update(members)
    change_metadata(dataTypes=types)


def enable(**settings: object) -> None:
    """Let instances of the sample be copied."""
    change_metadata(copyInstanceSettings={"enabled": True, **settings})


def archived(*, form: bytes = FORM, content_type: str = "application/xml") -> Instance:
    """Return an archived instance with a form and an attachment."""
    instance = make_instance()
    make_element(instance=instance, content=form, content_type=content_type)
    make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="syk.pdf",
    )
    submit(instance)
    return instance


def copy(api: Api, source: Instance, **more: object) -> Any:
    """Ask for a copy."""
    body = {**OWNER, "sourceInstanceId": source.instance_id, **more}
    return api.post(CREATE, json=body)


# --- a document -----------------------------------------------------------------------
def test_an_instance_is_made_of_one_document(app: Api) -> None:
    """A-066, M:A-04: in its first task; texts and values are not the caller's to set"""
    answer = app.post(
        CREATE,
        json={
            "INSTANCEOWNER": {"organisationNumber": "353801961"},
            "dueBefore": "2030-01-01",
            "visibleAfter": "2026-02-03T04:05:06Z",
            "dataValues": {"a": "b"},
            "presentationTexts": {"a": "b"},
            "notification": {"notificationChannel": 4},
        },
    )
    assert answer.status_code == 201, answer.content
    document = answer.json()
    assert answer["Location"] == document["selfLinks"]["apps"]
    assert document["instanceOwner"]["partyId"] == "500000"
    assert document["dueBefore"] == "2030-01-01T00:00:00Z"
    assert document["visibleAfter"] == "2026-02-03T04:05:06Z"
    assert document["process"]["currentTask"]["elementId"] == "formfilling"
    assert (document["data"], document["dataValues"]) == ([], None)
    assert document["presentationTexts"] is None


@pytest.mark.parametrize("body", [{}, {"instanceOwner": None}, {"instanceOwner": {}}])
def test_without_an_owner_nothing_is_made(app: Api, body: object) -> None:
    """A-067"""
    problem = assert_problem(
        app.post(CREATE, json=body), 400, code="instance-owner-empty"
    )
    assert problem["detail"].startswith("Error: instanceOwnerPartyId query parameter")
    assert not Instance.objects.exists()


def test_what_is_no_document_is_refused(app: Api, stranger_app: Api) -> None:
    """A-067: and so is whoever may not instantiate"""
    empty = app.post(CREATE, content_type="application/json")
    assert_problem(empty, 400, code="body-missing")
    torn = app.post(CREATE, body=b"{", content_type="application/json")
    assert_problem(torn, 400, code="json-malformed")
    xml = app.post(CREATE, body=b"<a/>", content_type="application/xml")
    assert_problem(xml, 415, code="content-type-unsupported")
    for member in ({"prefill": []}, {"prefill": {"a": {}}}, {"sourceInstanceId": "x"}):
        answer = app.post(CREATE, json={**OWNER, **member})
        assert_problem(answer, 400, code="validation-failed")
    many = {f"a{n}": "b" for n in range(1001)}
    answer = app.post(CREATE, json={**OWNER, "prefill": many})
    assert_problem(answer, 400, code="validation-failed")
    refused = stranger_app.post(CREATE, json=OWNER)
    assert_problem(refused, 403, code="not-permitted")
    assert not Instance.objects.exists()


def test_users_make_none_where_the_application_makes_them_all(app: Api) -> None:
    """A-069: a copy is made all the same"""
    enable()
    source = archived()
    change_metadata(disallowUserInstantiation=True)
    answer = app.post(CREATE, json=OWNER)
    assert_problem(answer, 403, code="user-instantiation-disabled")
    assert copy(app, source).status_code == 201


# --- prefill --------------------------------------------------------------------------
def test_prefill_fills_in_the_forms_that_the_application_makes(app: Api) -> None:
    """A-066"""
    prefill = {"arbeidsgiver.navn": "Grønn & Rev", "Arbeidsgiver.stillingsprosent": "7"}
    body = {**OWNER, "prefill": {**prefill, "unknown.path": "x"}}
    assert app.post(CREATE, json=body).json()["data"] == []
    change_types(autoCreate=True)
    document = app.post(CREATE, json=body).json()
    (element,) = document["data"]
    assert (element["dataType"], element["contentType"]) == (
        "default", "application/xml",
    )  # fmt: skip
    content = body_of(app.get(f"{CREATE[:-7]}/{document['id']}/data/{element['id']}"))
    assert "<navn>Grønn &amp; Rev</navn>".encode() in content
    assert b"<stillingsprosent>7</stillingsprosent>" in content


def test_prefill_of_another_kind_makes_nothing(app: Api) -> None:
    """A-066: where Altinn answers 500"""
    change_types(autoCreate=True)
    body = {**OWNER, "prefill": {"arbeidsgiver.stillingsprosent": "many"}}
    assert_problem(app.post(CREATE, json=body), 400, code="prefill-refused")
    assert not Instance.objects.exists()


# --- copies ---------------------------------------------------------------------------
def test_copying_is_enabled_by_the_application(app: Api) -> None:
    """A-068: only of the same owner's, and of what is archived"""
    source = archived()
    disabled = copy(app, source)
    problem = assert_problem(disabled, 400, code="copying-disabled")
    assert problem["detail"] == (
        "Creating instance based on a copy from an archived instance is not enabled"
        " for this app."
    )
    enable()
    other = copy(app, source, instanceOwner={"partyId": "501337"})
    problem = assert_problem(other, 400, code="copy-of-another-owner")
    text = "It is not possible to copy instances between instance owners."
    assert problem["detail"] == text
    active = copy(app, make_instance())
    problem = assert_problem(active, 400, code="copy-source-not-archived")
    text = "It is not possible to copy an instance that isn't archived."
    assert problem["detail"] == text
    assert Instance.objects.count() == 2
    assert DataElement.objects.count() == 2


def test_a_source_that_cannot_be_read_is_as_none(app: Api) -> None:
    """A-068: the caller may instantiate, and does not learn which ids there are"""
    enable()
    gone = make_instance(submitted=True, hard_deleted=True)
    for source_id in (
        "500000/00000000-0000-4000-8000-000000000000",
        gone.instance_id,
    ):
        answer = app.post(CREATE, json={**OWNER, "sourceInstanceId": source_id})
        problem = assert_problem(answer, 500, code="copy-source-unavailable")
        text = "Retrieving source instance failed with status code Forbidden"
        assert problem["detail"] == text
    assert Instance.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "content_type"),
    [(FORM, "application/xml"), (FORM_JSON, "application/json")],
)
def test_a_copy_has_the_forms_of_its_first_task(
    app: Api, form: bytes, content_type: str
) -> None:
    """A-072, A-073: byte for byte, as what the application keeps; not the rest

    Attachments come along where the application includes them.
    """
    enable()
    source = archived(form=form, content_type=content_type)
    answer = copy(app, source, dueBefore="2030-01-01")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["id"] != source.instance_id
    assert made["process"]["currentTask"]["elementId"] == "formfilling"
    (element,) = made["data"]
    kept = ("default", "application/xml")
    assert (element["dataType"], element["contentType"]) == kept
    path = f"{CREATE[:-7]}/{made['id']}/data/{element['id']}"
    copied = body_of(app.get(path))
    assert copied == form if form == FORM else b"Astrid Fjordvik" in copied
    assert made["presentationTexts"] == {"arbeidsgiver": "Grønn Rev Verksted AS"}
    enable(includeAttachments=True)
    elements = copy(app, source).json()["data"]
    assert [one["dataType"] for one in elements] == ["default", "vedlegg"]
    assert (elements[1]["filename"], elements[1]["size"]) == ("syk.pdf", len(PDF))
    untouched = DataElement.objects.filter(instance_id=source.pk)
    assert untouched.count() == 2


@pytest.mark.parametrize(
    ("form", "content_type"),
    [(FORM, "application/xml"), (FORM_JSON, "application/json")],
)
def test_a_copy_leaves_out_what_the_application_excludes(
    app: Api, form: bytes, content_type: str
) -> None:
    """A-072: fields in every row, in either format; the rest is as it was"""
    fields = ["ARBEIDSTAKER.fodsels-nummer", "periode.grad", "unknown"]
    enable(excludedDataFields=fields, includeAttachments=True)
    source = archived(form=form, content_type=content_type)
    made = copy(app, source).json()
    element = made["data"][0]
    content = body_of(
        app.get(f"{CREATE[:-7]}/{made['id']}/data/{element['id']}")
    ).decode()
    assert "fodselsnummer" not in content
    assert "grad" not in content
    assert "Astrid Fjordvik" in content
    assert content.count("2018-10-0") == 2
    enable(excludedDataTypes=["default"], includeAttachments=True)
    elements = copy(app, source).json()["data"]
    assert [one["dataType"] for one in elements] == ["vedlegg"]


def test_nothing_is_copied_that_the_caller_may_not_have(app: Api) -> None:
    """A-072, SEC: restricted types, infected content, deleted elements"""
    enable(includeAttachments=True)
    source = archived()
    attachments = DataElement.objects.filter(data_type="vedlegg")
    attachments.update(scan_result=FileScanResult.INFECTED)
    assert [one["dataType"] for one in copy(app, source).json()["data"]] == ["default"]
    attachments.filter(instance_id=source.pk).update(
        scan_result=FileScanResult.CLEAN, deleted_at=source.created
    )
    assert [one["dataType"] for one in copy(app, source).json()["data"]] == ["default"]
    for right in ("actionRequiredToRead", "actionRequiredToWrite"):
        change_types(**{right: "sensitive"})
        catalogue.forget()
        assert copy(app, source).json()["data"] == []
        change_types(**{right: ""})


def test_a_form_that_cannot_be_cleared_is_not_copied(app: Api) -> None:
    """A-072: and nothing stays of the attempt"""
    enable(excludedDataFields=["arbeidstaker.navn"])
    source = archived()
    with blobs.stored(Incoming(BytesIO(b"<other/>"), max_bytes=99)) as other:
        rows = DataElement.objects.filter(data_type="default")
        rows.update(blob_key=other.key, size=other.size)
    answer = copy(app, source)
    assert_problem(answer, 409, code="data-not-copyable")
    assert Instance.objects.count() == 1
    DataElement.objects.filter(data_type="default").update(blob_key="aa/bb/gone")
    assert_problem(copy(app, source), 409, code="data-not-copyable")
    assert Instance.objects.count() == 1


def test_the_applications_own_code_may_refuse(app: Api, settings: LazySettings) -> None:
    """A-069"""
    enable()
    source = archived()
    settings.ALTINN_APP_HOOKS = [f"nav/app2018={__name__}:NoCopies"]
    answer = copy(app, source)
    problem = assert_problem(answer, 403, code="app-refused-instantiation")
    assert (problem["appCode"], problem["detail"]) == ("no-copies", "Not for users.")
    page = f"/nav/app2018/legacy/instances/{source.instance_id}/copy"
    assert_problem(app.get(page), 403, code="app-refused-instantiation")
    assert Instance.objects.count() == 1


# --- the portal's copy ----------------------------------------------------------------
def legacy(source: Instance) -> str:
    """Return the address of the portal's copy."""
    return f"/nav/app2018/legacy/instances/{source.instance_id}/copy"


def test_the_portal_is_led_to_the_copy(app: Api) -> None:
    """A-070: the new instance has the source's owner and time, and is read"""
    enable()
    source = archived()
    answer = app.get(legacy(source))
    assert answer.status_code == 302, answer.content
    made = Instance.objects.exclude(pk=source.pk).get()
    assert answer["Location"] == (
        f"http://{APP_HOST}:8000/nav/app2018/#/instance/{made.instance_id}"
    )
    assert (made.owner_party_id, made.visible_after) == (500000, source.visible_after)
    assert made.get_read_status_display() == "Read"
    assert [one.data_type for one in DataElement.objects.of([made.pk])] == ["default"]


def test_the_portal_copies_for_nobody_whom_the_register_lost(app: Api) -> None:
    """A-070: the policy may let a user in for whom the register knows no more"""
    enable()
    source = archived()
    sophie = match(attribute_id="urn:altinn:userid", value="1337")
    replace_policy(org="nav", app="app2018", content=policy(rule(any_of([sophie]))))
    assert app.get(legacy(source)).status_code == 302
    Instance.objects.update(owner_party_id=599999)
    source.refresh_from_db()
    assert_problem(app.get(legacy(source)), 404, code="party-not-found")
    assert Instance.objects.count() == 2


def test_the_portals_copy_is_for_users_of_archived_instances(
    app: Api, owner_app: Api, stranger_app: Api
) -> None:
    """A-070, A-071, M:A-09, M:A-10"""
    source = archived()
    assert_problem(app.get(legacy(source)), 400, code="copying-disabled")
    enable()
    assert_problem(owner_app.get(legacy(source)), 403, code="user-only")
    assert_problem(stranger_app.get(legacy(source)), 403, code="not-permitted")
    active = make_instance()
    problem = assert_problem(
        app.get(legacy(active)), 400, code="copy-source-not-archived"
    )
    assert problem["detail"] == "The instance being copied must be archived."
    missing = legacy(source).replace("/500000/", "/500001/")
    assert_problem(app.get(missing), 403, code="not-permitted")
    assert Instance.objects.count() == 2


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 302), ("same-site", 302), ("none", 302), ("cross-site", 403)],
)
def test_no_other_site_makes_copies(app: Api, site: str, status: int) -> None:
    """Z-089: a GET that makes something"""
    enable()
    source = archived()
    answer = app.get(legacy(source), headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    if status == 403:
        assert_problem(answer, 403, code="cross-site-navigation")
    assert Instance.objects.count() == (2 if status == 302 else 1)
