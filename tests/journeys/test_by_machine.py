"""What machines do with tokens of Maskinporten: a vendor's system, and an owner's.

EUS-4, OWN-1, OWN-6 and OWN-14 of the acceptance journeys, over HTTP on the right hosts.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from apps_registry.services import import_app
from instances.models import Instance
from tests import cast
from tests.api.foreign_tokens import EXCHANGE, NAVS_NUMBER, OWNERS, bearer, stored
from tests.changed_app import deploy, form_type
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import FORM, SAMPLES
from tests.foreign_issuer import ForeignIssuer
from tests.pdf.reading import needs_drawing

pytestmark = pytest.mark.usefixtures("sandbox")
APP = "/nav/app2018/instances"
VAT = "/nav/mvamelding/instances"
EXTRA_HOST = "testserver"  # as local.altinn.cloud would be
STORAGE = "/storage/api/v1/instances"
SYSTEM_USER = "0b7c9e2e-52d4-4c0a-9f6e-2d0a6f1c3e55"
SYSTEM = "312009579_fakturaflyt"
CUSTOMER, VENDOR, OTHER = "353801961", "312009579", "393152109"


def succeeded(answer: Any, status: int = 200) -> Any:
    """Return the document of an answer that has this status."""
    assert answer.status_code == status, body_of(answer)
    return answer.json()


def exchanged(raw: str) -> str:
    """Return our token for one of Maskinporten."""
    answer = Api(PLATFORM_HOST).get(f"{EXCHANGE}/maskinporten", headers=bearer(raw))
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says."""
    middle = token.split(".")[1]
    said: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4))
    )
    return said


def _with_receipt(metadata: dict[str, Any]) -> None:
    form_type(metadata)["appLogic"]["autoCreate"] = True
    receipt = {"id": "ref-data-as-pdf", "allowedContentTypes": ["application/pdf"]}
    metadata["dataTypes"].append(receipt)


@needs_drawing
def test_eus_4_a_system_user_sends_in_and_has_a_receipt(
    maskinporten: ForeignIssuer, tmp_path: Path
) -> None:
    """EUS-4: and every line of history says who, by which system, whose and for whom"""
    deploy(tmp_path, _with_receipt)
    named = {"system_id": SYSTEM, "org_number": CUSTOMER, "vendor_number": VENDOR}
    raw = maskinporten.token(maskinporten.system_user(SYSTEM_USER, **named))
    system = Api(APP_HOST, headers=bearer(exchanged(raw)))
    body = {
        "prefill": {"tilrettelegging": "None."},
        "instanceOwner": {"organisationNumber": CUSTOMER},
    }
    before = stored()
    for_another = {**body, "instanceOwner": {"organisationNumber": OTHER}}
    refused = system.post(f"{APP}/create", json=for_another)
    assert_problem(refused, 403, code="not-permitted")
    assert stored() == before

    instance = succeeded(system.post(f"{APP}/create", json=body), 201)
    (form,) = instance["data"]
    url = f"{APP}/{instance['id']}"
    at = f"{url}/data/{form['id']}"
    filled = succeeded(system.get(at, headers={"Accept": "application/json"}))
    assert filled["tilrettelegging"] == "None."

    sent = {"body": FORM, "content_type": "application/xml"}
    wrong = system.put(f"{at}/type/vedlegg?language=nb", **sent)
    assert_problem(wrong, 400, code="data-type-mismatch")
    put = succeeded(system.put(f"{at}/type/default?language=nb", **sent), 201)
    assert (put["id"], put["dataType"]) == (form["id"], "default")
    assert put["size"] == len(FORM)
    while not succeeded(system.put(f"{url}/process/next"))["ended"]:
        pass

    data = succeeded(system.get(url))["data"]
    (receipt,) = [one for one in data if one["dataType"] == "ref-data-as-pdf"]
    got = system.get(f"{url}/data/{receipt['id']}/type/ref-data-as-pdf")
    assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
    assert body_of(got).startswith(b"%PDF")

    listed = Api(PLATFORM_HOST, headers=bearer(raw)).get(
        f"{STORAGE}/{instance['id']}/events"
    )
    told = [event["user"] for event in succeeded(listed)["instanceEvents"]]
    assert told == [
        {
            "systemUserId": SYSTEM_USER,
            "systemId": SYSTEM,  # which begins with the vendor's number
            "systemUserOwnerOrgNo": CUSTOMER,
            "authenticationLevel": 3,
        }
    ] * len(told)


def test_own_1_a_machine_token_of_an_owner(maskinporten: ForeignIssuer) -> None:
    """OWN-1: org and number, by either generation of scopes; nobody else is an owner"""
    older = "altinn:serviceowner altinn:instances.read altinn:instances.write"
    for scope in (OWNERS, older):
        raw = maskinporten.token(maskinporten.organisation(NAVS_NUMBER, scope))
        claims = claims_of(exchanged(raw))
        assert claims["urn:altinn:org"] == "nav"
        assert claims["urn:altinn:orgNumber"] == NAVS_NUMBER
        assert claims["urn:altinn:authlevel"] == 3
        assert claims["scope"] == scope
    for number, scope in (
        (NAVS_NUMBER, "altinn:instances.read altinn:instances.write"),
        (CUSTOMER, OWNERS),
    ):
        raw = maskinporten.token(maskinporten.organisation(number, scope))
        claims = claims_of(exchanged(raw))
        assert claims["urn:altinn:orgNumber"] == number
        assert "urn:altinn:org" not in claims
    asked = f"{EXCHANGE}/id-porten"
    wrong_kind = Api(PLATFORM_HOST).get(asked, headers=bearer(raw))
    assert_problem(wrong_kind, 401, code="invalid-token")


def _in_the_owners_task(user: Api, owner: Api) -> str:
    """Send a VAT return in; return the address of its instance, where the owner acts.

    Before it is the owner's turn, he can neither answer nor move it on.
    """
    body = {"instanceOwner": {"organisationNumber": CUSTOMER}}
    url = f"{VAT}/{succeeded(user.post(VAT, json=body), 201)['id']}"
    for name in ("konvolutt", "mvamelding"):
        content = (SAMPLES / "nav/mvamelding/examples" / f"{name}.xml").read_bytes()
        assert _add(user, url, name, content).status_code == 201
    before = stored()
    assert_problem(_add(owner, url, "kvittering"), 403, code="not-permitted")
    early = owner.put(f"{url}/process/next")
    assert_problem(early, 403, code="process-next-not-permitted")
    assert stored() == before
    for task in ("bekreftelse", "tilbakemelding"):
        moved = succeeded(user.put(f"{url}/process/next"))
        assert moved["currentTask"]["elementId"] == task
    return url


def _add(api: Api, url: str, data_type: str, content: bytes = b"<svar/>") -> Any:
    return api.post(
        f"{url}/data?dataType={data_type}",
        body=content,
        content_type="application/xml",
        filename=f"{data_type}.xml",
    )


def _give_feedback(user: Api, owner: Api) -> None:
    """Play OWN-6: the owner answers in the process, and labels how it went."""
    import_app(SAMPLES / "nav" / "mvamelding")
    url = _in_the_owners_task(user, owner)
    label = {"label": "mottatt", "description": "Alt er i orden."}
    before = stored()
    assert_problem(_add(user, url, "kvittering"), 403, code="not-permitted")
    not_his = user.put(f"{url}/process/next")
    assert_problem(not_his, 403, code="process-next-not-permitted")
    assert user.put(f"{url}/substatus", json=label).status_code == 403
    empty = owner.put(f"{url}/substatus", json={"description": "No label."})
    assert empty.status_code == 400
    assert stored() == before
    assert not succeeded(user.get(url))["status"]["substatus"]

    for answer in ("valideringsresultat", "betalingsinformasjon", "kvittering"):
        assert _add(owner, url, answer).status_code == 201
    assert succeeded(owner.put(f"{url}/process/next"))["endEvent"] == "ferdig"
    succeeded(owner.put(f"{url}/substatus", json=label))
    ended = owner.put(f"{url}/process/next")
    assert_problem(ended, 409, code="process-ended")
    seen = succeeded(user.get(url))
    assert seen["status"]["substatus"] == label
    assert seen["status"]["isArchived"] is True
    (receipt,) = [one for one in seen["data"] if one["dataType"] == "kvittering"]
    got = user.get(f"{url}/data/{receipt['id']}")
    assert body_of(got) == b"<svar/>"


def test_own_6_give_feedback_in_the_process() -> None:
    """OWN-6: in his turn alone, and nobody for him"""
    _give_feedback(Api(APP_HOST, cast.SOPHIE), Api(APP_HOST, cast.OWNER))


def test_own_14_test_locally_as_an_organisation() -> None:
    """OWN-14: a test token, and both journeys by path on one host of another name"""
    local = Api(EXTRA_HOST)

    def of(path: str) -> Api:
        answer = local.get(path)
        assert answer.status_code == 200
        return Api(EXTRA_HOST, headers=bearer(answer.content.decode()))

    owner, user = of("/Home/GetTestOrgToken/nav"), of("/Home/GetTestUserToken/1337")
    parts = (
        b'--B\r\nContent-Disposition: form-data; name="instance"\r\n'
        b"Content-Type: application/json\r\n\r\n"
        b'{"instanceOwner": {"organisationNumber": "353801961"},'
        b' "dueBefore": "2126-01-01T00:00:00Z"}\r\n'
        b'--B\r\nContent-Disposition: form-data; name="default"\r\n'
        b"Content-Type: application/xml\r\n\r\n" + FORM + b"\r\n--B--\r\n"
    )
    sent = {"body": parts, "content_type": "multipart/form-data; boundary=B"}
    stranger = of("/Home/GetTestUserToken/1004")
    refused = stranger.post(APP, **sent)
    assert_problem(refused, 403, code="not-permitted")
    assert not Instance.objects.exists()
    made = succeeded(owner.post(APP, **sent), 201)
    assert [one["dataType"] for one in made["data"]] == ["default"]
    links = made["selfLinks"]["apps"], made["data"][0]["selfLinks"]["platform"]
    for link in links:
        start = f"http://{EXTRA_HOST}:8000"
        assert link.startswith(f"{start}/")
        assert user.get(link.removeprefix(start)).status_code == 200
    _give_feedback(user, owner)
