"""What components of the platform call, and nobody else can."""

from base64 import b64encode
from hashlib import sha256

import pytest

from data_elements.choices import FileScanResult
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from tests import cast
from tests.cast import Person
from tests.client import BASE_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_element, make_instance

UNKNOWN = "00000000-0000-4000-8000-000000000000"
CLEAN = {"fileScanResult": "Clean"}


def component() -> Api:
    """Return a component that calls with its platform access token alone."""
    return Api(PLATFORM_HOST, headers=cast.platform_headers())


def scan_result(element: DataElement) -> int:
    """Return what the database says of the element's scan."""
    return DataElement.objects.get(pk=element.pk).scan_result


def url(instance: Instance, rest: str) -> str:
    """Return an address below an instance in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}/{rest}"


def calls(element: DataElement) -> list[tuple[str, str, object]]:
    """Return method, address and body of every call of components."""
    below = element.instance
    scan = url(below, f"dataelements/{element.id}/filescanstatus")
    exists = url(below, f"dataelementexists/{element.id}")
    info = url(below, "process/authinfo")
    return [("PUT", scan, CLEAN), ("GET", exists, None), ("GET", info, None)]


def test_a_platform_access_token_opens_them(element: DataElement) -> None:
    """S-026, Z-032, S-024, M:P-06, M:P-07, M:S-54, M:S-69"""
    for method, path, body in calls(element):
        assert component().call(method, path, json=body).status_code == 200, path
        both = Api(PLATFORM_HOST, cast.STRANGER, cast.platform_headers())
        assert both.call(method, path, json=body).status_code == 200, path


def test_nobody_without_any_token(element: DataElement) -> None:
    """M:P-06, M:P-07, M:S-54, M:S-69, S-249: 401, and nothing changes"""
    for method, path, body in calls(element):
        answer = Api(PLATFORM_HOST).call(method, path, json=body)
        assert_problem(answer, 401, code="token-missing")
    assert scan_result(element) == FileScanResult.NOT_APPLICABLE


@pytest.mark.parametrize(
    "person", [cast.SOPHIE, cast.OWNER, cast.STRANGER], ids=lambda person: person.name
)
def test_no_caller_by_a_token_of_its_own(element: DataElement, person: Person) -> None:
    """S-025, M:P-06, M:P-07, M:S-54, M:S-69: 403, and nothing changes"""
    for method, path, body in calls(element):
        answer = Api(PLATFORM_HOST, person).call(method, path, json=body)
        assert_problem(answer, 403, code="platform-token-missing")
    assert scan_result(element) == FileScanResult.NOT_APPLICABLE


@pytest.mark.parametrize("person", [None, cast.SOPHIE], ids=["alone", "with-bearer"])
def test_a_platform_access_token_that_is_refused_is_401(
    element: DataElement, person: Person | None
) -> None:
    """Z-032, T-08: no token of a person, no second value, not altered"""
    good = cast.platform_headers()["PlatformAccessToken"]
    for bad in ("", "x.y.z", f"{good}, {good}", f"{good},x", f"{good}x"):
        for method, path, body in calls(element):
            api = Api(PLATFORM_HOST, person, {"PlatformAccessToken": bad})
            answer = api.call(method, path, json=body)
            assert_problem(answer, 401, code="invalid-token")
    users = Api(PLATFORM_HOST, person, {"PlatformAccessToken": cast.OWNER.token()})
    for method, path, body in calls(element):
        answer = users.call(method, path, json=body)
        assert_problem(answer, 401, code="invalid-token")
    assert scan_result(element) == FileScanResult.NOT_APPLICABLE


def test_it_is_no_bearer_token_and_replaces_none(element: DataElement) -> None:
    """Z-032, T-08, §1.5: neither in its place nor where a caller is asked for"""
    good = cast.platform_headers()["PlatformAccessToken"]
    bearer = Api(PLATFORM_HOST, headers={"Authorization": f"Bearer {good}"})
    for method, path, body in calls(element):
        answer = bearer.call(method, path, json=body)
        assert_problem(answer, 401, code="invalid-token")
    answer = component().get(url(element.instance, "dataelements"))
    assert_problem(answer, 401, code="token-missing")
    stranger = Api(PLATFORM_HOST, cast.STRANGER, cast.platform_headers())
    answer = stranger.get(url(element.instance, "events"))
    assert_problem(answer, 403, code="not-permitted")


def test_a_bad_bearer_token_spoils_the_call(element: DataElement) -> None:
    """D-03"""
    headers = {**cast.platform_headers(), "Authorization": "Bearer x.y.z"}
    for method, path, body in calls(element):
        answer = Api(PLATFORM_HOST, headers=headers).call(method, path, json=body)
        assert_problem(answer, 401, code="invalid-token")


# --- scans ----------------------------------------------------------------------------
@pytest.mark.parametrize("result", FileScanResult, ids=lambda result: result.label)
def test_only_the_scan_result_changes(
    element: DataElement, result: FileScanResult
) -> None:
    """S-195"""
    before = DataElement.objects.values().get(pk=element.pk)
    instance = Instance.objects.values().get(pk=element.instance_id)
    events = InstanceEvent.objects.count()
    path = calls(element)[0][1]
    body = {"fileScanResult": result.label, "contentHash": "0a"}
    answer = component().put(path, json=body)
    assert (answer.status_code, answer.content) == (200, b"")
    after = DataElement.objects.values().get(pk=element.pk)
    assert after == {**before, "scan_result": result.value}
    assert Instance.objects.values().get(pk=element.instance_id) == instance
    assert InstanceEvent.objects.count() == events


@pytest.mark.parametrize(
    ("stated", "result"),
    [
        ("clean", FileScanResult.CLEAN),
        ("INFECTED", FileScanResult.INFECTED),
        (1, FileScanResult.PENDING),
        (3, FileScanResult.INFECTED),
    ],
)
def test_a_result_is_a_name_in_any_case_or_a_number(
    element: DataElement, stated: object, result: FileScanResult
) -> None:
    """S-014, S-195"""
    answer = component().put(calls(element)[0][1], json={"FILESCANRESULT": stated})
    assert answer.status_code == 200
    assert scan_result(element) == result


def test_a_scan_of_what_was_replaced_is_not_noted(element: DataElement) -> None:
    """S-195: where the scanner says what it scanned, by SHA-256"""
    path = calls(element)[0][1]
    digest = sha256(FORM).digest()
    encoded = b64encode(digest).decode()
    for stated in (digest.hex(), digest.hex().upper(), encoded, None, "", "bWQ1"):
        body = {"fileScanResult": "Clean", "contentHash": stated}
        assert component().put(path, json=body).status_code == 200, stated
        assert scan_result(element) == FileScanResult.CLEAN
        DataElement.objects.update(scan_result=FileScanResult.PENDING)
    other = sha256(b"other").digest()
    for stated in (other.hex(), b64encode(other).decode()):
        body = {"fileScanResult": "Clean", "contentHash": stated}
        answer = component().put(path, json=body)
        assert_problem(answer, 409, code="scanned-content-gone")
        assert scan_result(element) == FileScanResult.PENDING


@pytest.mark.parametrize(
    "body",
    [
        {"fileScanResult": "Unclean"},
        {"fileScanResult": None},
        {"fileScanResult": 4},
        {"fileScanResult": -1},
        {"fileScanResult": True},
        {"fileScanResult": 1.5},
        {"fileScanResult": [1]},
        {},
        [],
    ],
)
def test_another_word_is_no_scan_result(element: DataElement, body: object) -> None:
    """S-196"""
    answer = component().put(calls(element)[0][1], json=body)
    assert answer.status_code == 400
    assert scan_result(element) == FileScanResult.NOT_APPLICABLE


def test_a_scan_of_what_is_not_at_the_address_is_404(element: DataElement) -> None:
    """M:S-54, T-02: the element is looked for in its instance"""
    other = make_instance()
    elsewhere = url(other, f"dataelements/{element.id}/filescanstatus")
    answer = component().put(elsewhere, json=CLEAN)
    assert_problem(answer, 404, code="data-element-not-found")
    moved = calls(element)[0][1].replace("/500000/", "/500001/")
    answer = component().put(moved, json=CLEAN)
    assert_problem(answer, 404, code="instance-not-found")
    assert scan_result(element) == FileScanResult.NOT_APPLICABLE


def test_whether_an_element_exists(element: DataElement) -> None:
    """S-197: by its id alone"""
    other = make_instance()
    below = f"dataelementexists/{element.id}"
    assert component().get(url(element.instance, below)).json() is True
    assert component().get(url(other, below)).json() is True
    unknown = url(element.instance, f"dataelementexists/{UNKNOWN}")
    assert component().get(unknown).json() is False


# --- decision points ------------------------------------------------------------------
@pytest.mark.parametrize("host", [PLATFORM_HOST, BASE_HOST])
def test_where_the_process_stands(instance: Instance, host: str) -> None:
    """S-248"""
    api = Api(host, headers=cast.platform_headers())
    document = api.get(url(instance, "process/authinfo")).json()
    assert document["appId"] == "nav/app2018"
    assert document["process"]["currentTask"]["elementId"] == "formfilling"
    assert document.keys() == {"process", "appId"}


def test_an_ended_process_and_none_at_all(submitted: Instance) -> None:
    """S-248, S-016, 3.5: what is null is left out"""
    document = component().get(url(submitted, "process/authinfo")).json()
    assert document["process"]["ended"]
    assert "currentTask" not in document["process"]
    created = Api(PLATFORM_HOST, cast.SOPHIE).post(
        "/storage/api/v1/instances?appId=nav/app2018",
        json={"instanceOwner": {"partyId": "500000"}},
    )
    path = f"/storage/api/v1/instances/{created.json()['id']}/process/authinfo"
    assert component().get(path).json() == {"appId": "nav/app2018"}


def test_the_process_of_an_unknown_instance_is_404(instance: Instance) -> None:
    """S-248: also with the party of another"""
    for address in (f"500000/{UNKNOWN}", f"500001/{instance.id}"):
        answer = component().get(
            f"/storage/api/v1/instances/{address}/process/authinfo"
        )
        problem = assert_problem(answer, 404, code="instance-not-found")
        assert problem["detail"] == f"Unable to find instance {address}"


def test_scanning_opens_what_waited_for_it(instance: Instance) -> None:
    """S-195: an infected content is handed out to nobody"""
    element = make_element(instance=instance)
    path = calls(element)[0][1]
    content = url(instance, f"data/{element.id}")
    sophie = Api(PLATFORM_HOST, cast.SOPHIE)
    component().put(path, json={"fileScanResult": "Infected"})
    assert_problem(sophie.get(content), 403, code="data-element-infected")
    component().put(path, json=CLEAN)
    assert sophie.get(content).status_code == 200
