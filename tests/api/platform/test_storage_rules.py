"""What holds for every call of storage: order of checks, spelling, limits, races."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings

from apps_registry.changes import retire
from data_elements.models import DataElement
from instances import services as instances
from instances.choices import ReadStatus
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SUPPLIER = Principal(PrincipalKind.SERVICE_OWNER, level=3, org="skd", org_number="1")


def test_names_of_members_are_read_in_any_case_and_unknown_ones_left_out(
    storage: Api,
) -> None:
    """S-013, S-015: written in one case, and keys of texts as they were"""
    body = {"INSTANCEOWNER": {"PartyID": "500000"}, "Tull": {"a": 1}}
    document = storage.post(f"{ALL}?appId=nav/app2018", json=body).json()
    assert document["instanceOwner"]["partyId"] == "500000"
    assert "tull" not in {name.lower() for name in document}
    row = Instance.objects.get(pk=document["id"].split("/")[1])
    Instance.objects.filter(pk=row.pk).update(presentation_texts={"Tittel_A": "x"})
    document = storage.get(f"{ALL}/{row.instance_id}").json()
    assert document["presentationTexts"] == {"Tittel_A": "x"}


def test_the_token_comes_first_then_the_right_then_the_body(
    owner_storage: Api,
) -> None:
    """S-019, S-023: and nothing changes"""
    submitted = make_instance(submitted=True)
    url = f"{ALL}/{submitted.instance_id}/substatus"
    bad = {"body": b"{", "content_type": "application/json"}
    assert Api(PLATFORM_HOST).put(url, **bad).status_code == 401
    stranger = Api(PLATFORM_HOST, cast.OTHER_OWNER).put(url, json={"label": "x"})
    assert stranger.status_code == 403
    assert_problem(owner_storage.put(url, **bad), 400, code="json-malformed")
    assert reread(submitted).substatus is None
    events = f"{ALL}/{submitted.instance_id}/events"
    refused = Api(PLATFORM_HOST, cast.STRANGER).post(events, **bad)
    assert_problem(refused, 403, code="not-permitted")
    assert_problem(owner_storage.post(events, **bad), 400, code="json-malformed")


def test_where_the_policy_is_asked_first_what_is_not_there_is_forbidden(
    storage: Api,
) -> None:
    """S-034"""
    url = f"{ALL}/500000/{UNKNOWN}/data?dataType=default"
    answer = storage.post(url, body=FORM, content_type="text/xml")
    assert_problem(answer, 403, code="not-permitted")
    assert not DataElement.objects.exists()


def test_an_application_that_is_served_no_more(
    storage: Api, instance: Instance
) -> None:
    """S-104: 404 to who might delete it, and the instance stays"""
    retire(org="nav", app="app2018")
    url = f"{ALL}/{instance.instance_id}"
    problem = assert_problem(storage.delete(url), 404, code="app-not-found")
    assert problem["detail"] == "Did not find application with appId=nav/app2018"
    assert reread(instance).soft_deleted_at is None


def test_the_second_stakeholder_does_not_repeat_the_first(submitted: Instance) -> None:
    """S-115, S-365: also where both had read it before either confirmed"""
    mine, theirs = reread(submitted), reread(submitted)
    instances.confirm_complete(cast.OWNER_PRINCIPAL, instance=mine)
    row = instances.confirm_complete(SUPPLIER, instance=theirs)
    named = [one["stakeholderId"] for one in row.confirmations]
    assert named == ["nav", "skd"]


def test_changes_of_different_members_both_stay(
    storage: Api, owner_storage: Api, submitted: Instance
) -> None:
    """S-365"""
    url = f"{ALL}/{submitted.instance_id}"
    owner_storage.put(f"{url}/substatus", json={"label": "Mottatt"})
    storage.put(f"{url}/readstatus?status=Unread")
    owner_storage.post(f"{url}/complete")
    document = owner_storage.get(url).json()
    assert document["status"]["substatus"]["label"] == "Mottatt"
    assert document["status"]["readStatus"] == "Unread"
    (confirmation,) = document["completeConfirmations"]
    assert confirmation["stakeholderId"] == "nav"


def test_content_that_is_asked_for_wrongly(storage: Api, element: DataElement) -> None:
    """S-137, S-142"""
    weak = Api(PLATFORM_HOST, cast.WEAK_SOPHIE)
    url = f"{ALL}/{element.instance.instance_id}/data/{element.id}"
    assert weak.get(url).status_code == 403
    DataElement.objects.filter(pk=element.pk).update(data_type="finnesikke")
    assert_problem(storage.get(url), 400, code="data-type-unknown")


@pytest.mark.parametrize("state", ["soft_deleted", "hard_deleted"])
def test_what_is_deleted_is_written_as_the_policy_permits(
    storage: Api, state: str
) -> None:
    """S-164, 6.8: storage itself keeps nobody from it"""
    instance = make_instance(**{state: True})  # type: ignore[arg-type]  # a flag
    url = f"{ALL}/{instance.instance_id}"
    made = storage.post(f"{url}/data?dataType=default", body=FORM)
    assert made.status_code == 201
    content = f"{url}/data/{made.json()['id']}"
    assert storage.put(content, body=b"<b/>").status_code == 200
    texts = storage.put(f"{url}/presentationtexts", json={"texts": {"a": "b"}})
    assert texts.status_code == 200
    assert storage.delete(content).status_code == 200
    status = storage.get(url).json()["status"]
    assert status["isSoftDeleted"] is True
    assert status["isHardDeleted"] is (state == "hard_deleted")


def test_the_read_status_changes_by_the_owners_hand_alone(
    storage: Api, owner_storage: Api, instance: Instance
) -> None:
    """S-366, 6.4: and not while another element is read; the deleted one counts too"""
    url = f"{ALL}/{instance.instance_id}/data"
    first, second = make_element(instance=instance), make_element(instance=instance)

    def status() -> object:
        return reread(instance).read_status

    made = storage.post(f"{url}?dataType=default", body=FORM).json()["id"]
    storage.put(f"{url}/{made}", body=b"<b/>")
    storage.delete(f"{url}/{made}")
    assert status() == ReadStatus.READ
    owner_storage.put(f"{url}/{first.id}", body=b"<c/>")
    assert reread(first).is_read is False
    assert status() == ReadStatus.READ  # the second one is read
    storage.put(f"{url}/{first.id}", body=b"<d/>")
    assert reread(first).is_read is False  # who overwrites has not read it
    storage.delete(f"{url}/{second.id}")
    assert status() == ReadStatus.READ  # it was read itself
    storage.delete(f"{url}/{first.id}")
    assert status() == ReadStatus.UNREAD


@pytest.mark.parametrize("overwrite", [False, True], ids=["create", "overwrite"])
def test_one_limit_for_new_and_for_changed_content(
    storage: Api, element: DataElement, settings: LazySettings, overwrite: bool
) -> None:
    """S-165, S-177: of the server, 2000 MiB unless it is set"""
    assert settings.ALTINN_MAX_UPLOAD_MIB == 2000
    settings.ALTINN_MAX_UPLOAD_MIB = 1
    url = f"{ALL}/{element.instance.instance_id}/data"
    call: Callable[..., object] = storage.put if overwrite else storage.post
    tail = f"/{element.id}" if overwrite else "?dataType=vedlegg"
    answer = call(url + tail, body=b"x" * (2**20 + 1), content_type="x/y")
    assert_problem(answer, 413, code="content-too-large")
    assert DataElement.objects.count() == 1
    assert reread(element).blob_key == element.blob_key
