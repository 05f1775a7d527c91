"""Creating, reading and deleting instances at Altinn 3's addresses of one app."""

from pathlib import Path

import pytest

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.history import actor_of
from instances.models import Instance, InstanceEvent
from parties.identity import Principal, PrincipalKind
from tests import cast
from tests.cast import OWNER_PRINCIPAL
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import FORM, PDF, make_instance, reread
from tests.stored import files_in

pytestmark = pytest.mark.usefixtures("sandbox")
INSTANCES = "/nav/app2018/instances"
BOUNDARY = "----boundary"


def multipart(*parts: tuple[str, str, bytes]) -> tuple[bytes, str]:
    """Return a body of (disposition, content type, content) parts, and its own type."""
    lines = b""
    for disposition, content_type, content in parts:
        headers = f"Content-Disposition: {disposition}\r\n" if disposition else ""
        headers += f"Content-Type: {content_type}\r\n" if content_type else ""
        lines += f"--{BOUNDARY}\r\n{headers}\r\n".encode() + content + b"\r\n"
    closing = f"--{BOUNDARY}--".encode()
    return lines + closing, f'multipart/form-data; boundary="{BOUNDARY}"'


def instance_part(party: int = 500000) -> tuple[str, str, bytes]:
    """Return the part that says for whom the instance is."""
    body = f'{{"instanceOwner": {{"partyId": "{party}"}}}}'.encode()
    return 'form-data; name="instance"', "application/json; charset=utf-8", body


def nothing_was_stored(blobs: Path) -> bool:
    """Whether a refused creation left nothing behind."""
    rows = (Instance, InstanceEvent, DataElement, CloudEvent)
    return not files_in(blobs) and not any(model.objects.exists() for model in rows)  # type: ignore[attr-defined]  # every table has it


def test_an_instance_from_the_query_alone(app: Api) -> None:
    """A-041, A-059, A-060, A-037, A-009"""
    answer = app.post(f"{INSTANCES}?instanceOwnerPartyId=500000")
    assert answer.status_code == 201
    document = answer.json()
    assert answer["Location"] == document["selfLinks"]["apps"]
    assert document["status"]["readStatus"] == 1
    assert document["status"]["archived"] is None
    assert document["instanceOwner"]["party"]["partyId"] == 500000
    assert document["data"] == []


@pytest.mark.parametrize(
    ("caller", "actor"),
    [
        (cast.SOPHIE, {"userId": 1337, "authenticationLevel": 2}),
        (cast.OWNER, {"orgId": "nav", "authenticationLevel": 3}),
        (
            cast.SYSTEM_USER,
            {
                "systemUserId": "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55",
                "systemUserOwnerOrgNo": "353801961",
                "systemId": "312009579_fakturaflyt",
                "authenticationLevel": 3,
            },
        ),
    ],
    ids=lambda value: value.name if isinstance(value, cast.Person) else "",
)
def test_history_names_who_it_was(
    sandbox: None, caller: cast.Person, actor: dict[str, object]
) -> None:
    """A-211, EUS-4: in every line of the step, by kind of caller"""
    made = Api(APP_HOST, caller).post(f"{INSTANCES}?instanceOwnerPartyId=500000")
    assert made.status_code == 201, made.content
    lines = InstanceEvent.objects.all()
    assert [line.actor for line in lines] == [actor] * 3


def test_history_names_an_organisation_by_its_number() -> None:
    """A-211, D-34: where Altinn names nobody"""
    organisation = Principal(
        PrincipalKind.ORGANISATION, level=3, org_number="353801961"
    )
    assert actor_of(organisation) == {"orgId": "353801961", "authenticationLevel": 3}


def test_history_and_outbox_are_written_with_the_instance(app: Api) -> None:
    """A-064, A-210: Created, start event and first task; one cloud event"""
    app.post(f"{INSTANCES}?instanceOwnerPartyId=500000")
    instance = Instance.objects.get()
    types = [event.event_type for event in InstanceEvent.objects.of(instance.pk)]
    assert types == ["Created", "process_StartEvent", "process_StartTask"]
    assert instance.process["currentTask"]["flow"] == 2
    event = CloudEvent.objects.get()
    assert event.type == "app.instance.created"
    assert event.subject == "/party/500000"
    assert event.source == (
        f"http://nav.apps.altinn.test:8000{INSTANCES}/{instance.instance_id}"
    )


def test_a_service_owners_instance_is_unread(owner_app: Api) -> None:
    """A-059"""
    answer = owner_app.post(f"{INSTANCES}?instanceOwnerPartyId=500000")
    assert answer.json()["status"]["readStatus"] == 0


def test_a_template_sets_what_a_caller_may_set(app: Api) -> None:
    """A-042, A-058: the client's process, status and data values are ignored"""
    template = {
        "InstanceOwner": {"PartyId": "500000"},
        "dueBefore": "2027-01-31T12:00:00Z",
        "visibleAfter": "2026-12-01T00:00:00.1234567+01:00",
        "dataValues": {"Saksnummer": "17"},
        "process": {"ended": "2020-01-01T00:00:00Z"},
        "status": {"isArchived": True},
    }
    document = app.post(INSTANCES, json=template).json()
    assert document["dueBefore"] == "2027-01-31T12:00:00Z"
    assert document["visibleAfter"] == "2026-11-30T23:00:00.123456Z"
    assert document["dataValues"] is None
    assert document["process"]["currentTask"]["elementId"] == "formfilling"
    assert document["status"]["isArchived"] is False


def test_a_notification_is_read_and_not_sent(app: Api) -> None:
    """A-065: no order is made; what is no JSON object is refused"""
    part = ('form-data; name="notification"', "application/json")
    order = (*part, b'{"notificationChannel": 4}')
    body, content_type = multipart(instance_part(), order)
    made = app.post(INSTANCES, body=body, content_type=content_type)
    assert made.status_code == 201, made.content
    assert made.json()["data"] == []
    Instance.objects.all().delete()
    for bad, code in ((b"[]", "multipart-part-refused"), (b"{", "json-malformed")):
        body, content_type = multipart(instance_part(), (*part, bad))
        answer = app.post(INSTANCES, body=body, content_type=content_type)
        assert_problem(answer, 400, code=code)
    assert not Instance.objects.exists()


def test_data_comes_along_in_a_multipart_body(app: Api) -> None:
    """A-043, A-063; the boundary in quotes and no final CRLF (clients.md)"""
    body, content_type = multipart(
        instance_part(),
        ('form-data; name="default"', "application/xml", FORM),
        (
            'form-data; name="vedlegg"; filename="bl\u00e5 fil.pdf"',
            "application/pdf",
            PDF,
        ),
    )
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    assert answer.status_code == 201, answer.content
    elements = {e["dataType"]: e for e in answer.json()["data"]}
    assert elements["default"]["size"] == len(FORM)
    assert elements["vedlegg"]["filename"] == "blå fil.pdf"
    created = InstanceEvent.objects.filter(event_type="Created", data_id__isnull=False)
    assert created.count() == 2


@pytest.mark.parametrize(
    ("parts", "code", "word"),
    [
        ([("", "text/xml", FORM)], "multipart-malformed", "content disposition"),
        (
            [('form-data; name="default"', "", FORM)],
            "multipart-malformed",
            "content type",
        ),
        (
            [('form-data; name="ukjent"', "text/xml", FORM)],
            "multipart-part-refused",
            "ukjent",
        ),
        (
            [('form-data; name="default"', "image/gif", FORM)],
            "multipart-part-refused",
            "image/gif",
        ),
        (
            [('form-data; name="default"', "application/xml", b"")],
            "multipart-part-refused",
            "no data",
        ),
        (
            [('form-data; name="default"', "application/xml", b"<a>")],
            "xml-malformed",
            "line 1",
        ),
        (
            [('form-data; name="default"', "application/xml", FORM)] * 2,
            "multipart-part-refused",
            "more elements",
        ),
        (
            [('form-data; name="instance"', "text/xml", b"<a/>")],
            "multipart-part-refused",
            "text/xml",
        ),
    ],
    ids=[
        "A-047-disposition",
        "A-047-type",
        "A-048-unknown",
        "A-049-type",
        "A-050-empty",
        "malformed-xml",
        "A-050-too-many",
        "A-051-instance",
    ],
)
def test_a_bad_part_leaves_nothing_behind(
    app: Api,
    own_blobs: Path,
    parts: list[tuple[str, str, bytes]],
    code: str,
    word: str,
) -> None:
    """EUS-3, A-061: the part is named, and no instance remains"""
    body, content_type = multipart(instance_part(), *parts)
    answer = app.post(INSTANCES, body=body, content_type=content_type)
    problem = assert_problem(answer, 400, code=code)
    assert word in problem["detail"]
    if code == "multipart-malformed":
        assert problem["title"] == "Error reading request"
    elif code == "multipart-part-refused":
        compared = "Error when comparing content to application metadata: "
        assert problem["detail"].startswith(compared)
    assert nothing_was_stored(own_blobs)


def test_a_multipart_body_that_is_cut_off_leaves_nothing_behind(
    app: Api, own_blobs: Path
) -> None:
    """Bad input: malformed multipart"""
    body, content_type = multipart(
        instance_part(), ('form-data; name="default"', "application/xml", FORM)
    )
    answer = app.post(INSTANCES, body=body[:-20], content_type=content_type)
    assert answer.status_code == 400
    assert nothing_was_stored(own_blobs)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"instanceOwner": ', "json-malformed"),
        (b'{"instanceOwner": {"partyId": "500000\\u0000"}}', "json-malformed"),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, "json-malformed"),
        (b"[" * 100_000, "json-malformed"),
        (b'{"dueBefore": NaN}', "json-malformed"),
        (b"\xff\xfe", "json-malformed"),
    ],
    ids=["cut", "nul", "deep", "very-deep", "nan", "not-utf8"],
)
def test_malformed_json_is_400(
    app: Api, own_blobs: Path, body: bytes, code: str
) -> None:
    """Bad input: malformed JSON"""
    answer = app.post(INSTANCES, body=body, content_type="application/json")
    assert_problem(answer, 400, code=code)
    assert nothing_was_stored(own_blobs)


def test_a_stranger_creates_nothing(stranger_app: Api, own_blobs: Path) -> None:
    """M:A-03"""
    body, content_type = multipart(
        instance_part(), ('form-data; name="default"', "application/xml", FORM)
    )
    answer = stranger_app.post(INSTANCES, body=body, content_type=content_type)
    assert_problem(answer, 403, code="not-permitted")
    assert nothing_was_stored(own_blobs)


def test_an_unknown_app_is_404(app: Api) -> None:
    """A-001"""
    answer = app.post("/nav/finnes-ikke/instances?instanceOwnerPartyId=500000")
    assert_problem(answer, 404, code="app-not-found")


def test_reading_marks_as_read_except_for_the_owner(
    app: Api, owner_app: Api, sandbox: None
) -> None:
    """A-038"""
    instance = make_instance(by=OWNER_PRINCIPAL)
    url = f"{INSTANCES}/{instance.instance_id}"
    assert owner_app.get(url).json()["status"]["readStatus"] == 0
    assert app.get(url).json()["status"]["readStatus"] == 1
    assert reread(instance).last_changed == instance.last_changed


def test_a_wrong_party_or_unknown_instance_is_forbidden(
    app: Api, instance: Instance
) -> None:
    """M:A-02: asked of the policy first, so the same 403"""
    wrong = app.get(f"{INSTANCES}/501337/{instance.id}")
    unknown = app.get(f"{INSTANCES}/500000/00000000-0000-4000-8000-000000000000")
    one = assert_problem(wrong, 403, code="not-permitted")
    other = assert_problem(unknown, 403, code="not-permitted")
    assert one["detail"] == other["detail"]


@pytest.mark.parametrize("hard", [False, True], ids=["soft", "hard"])
def test_deleting_keeps_the_row_and_leaves_history(
    app: Api, instance: Instance, hard: bool
) -> None:
    """A-076, S-100, S-103"""
    url = f"{INSTANCES}/{instance.instance_id}?hard={str(hard).lower()}"
    status = app.delete(url).json()["status"]
    assert (status["isSoftDeleted"], status["isHardDeleted"]) == (True, hard)
    assert InstanceEvent.objects.of(instance.pk).last().event_type == "Deleted"


def test_a_stranger_deletes_nothing(stranger_app: Api, instance: Instance) -> None:
    """M:A-13"""
    url = f"{INSTANCES}/{instance.instance_id}?hard=true"
    assert_problem(stranger_app.delete(url), 403, code="not-permitted")
    assert reread(instance).soft_deleted_at is None


def test_the_owner_cannot_delete(owner_app: Api, instance: Instance) -> None:
    """M:A-13"""
    url = f"{INSTANCES}/{instance.instance_id}"
    assert_problem(owner_app.delete(url), 403, code="not-permitted")
    assert reread(instance).soft_deleted_at is None


def test_hard_must_be_a_truth_value(app: Api, instance: Instance) -> None:
    """S-108, A-016"""
    url = f"{INSTANCES}/{instance.instance_id}?hard=kanskje"
    document = assert_problem(app.delete(url), 400, code="parameter-invalid")
    assert "kanskje" in document["detail"]
    assert reread(instance).soft_deleted_at is None


def test_completing_is_idempotent_and_the_owners(
    owner_app: Api, app: Api, submitted: Instance
) -> None:
    """A-074, M:A-11, S-111, S-112"""
    url = f"{INSTANCES}/{submitted.instance_id}/complete"
    assert_problem(app.post(url), 403, code="not-permitted")
    assert not reread(submitted).confirmed
    first = owner_app.post(url).json()["completeConfirmations"]
    assert [c["stakeholderId"] for c in first] == ["nav"]
    assert owner_app.post(url).json()["completeConfirmations"] == first
    events = InstanceEvent.objects.filter(event_type="ConfirmedComplete")
    assert events.count() == 1
    assert reread(submitted).confirmed


def test_substatus_is_the_owners_word(
    owner_app: Api, app: Api, instance: Instance
) -> None:
    """A-075, M:A-12, S-122, S-124"""
    url = f"{INSTANCES}/{instance.instance_id}/substatus"
    body = {"label": "under.arbeid", "description": None}
    assert_problem(app.put(url, json=body), 403, code="owner-only")
    for blank in ({}, {"label": None}, {"label": "  "}):
        answer = owner_app.put(url, json=blank)
        assert_problem(answer, 400, code="substatus-invalid")
    assert_problem(owner_app.put(url), 400, code="body-missing")
    assert reread(instance).substatus is None
    events = CloudEvent.objects.filter(type="app.instance.substatus.changed")
    assert not events.exists()
    answer = owner_app.put(url, json=body)
    assert answer.json()["status"]["substatus"] == body
    assert events.get().resource_instance == instance.instance_id
