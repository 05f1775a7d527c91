"""What end users' systems do from log-in to clearing up, over HTTP on the right hosts.

EUS-1, EUS-2, EUS-8, EUS-9 and EUS-11 of the acceptance journeys; the others have files
of their own.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance
from tests import cast
from tests.api.foreign_tokens import EXCHANGE, SIGNE
from tests.changed_app import deploy, with_auto_create
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem, body_of
from tests.factories import FORM, make_element, make_instance, submit
from tests.foreign_issuer import ForeignIssuer

pytestmark = pytest.mark.usefixtures("sandbox")
APP = "/nav/app2018/instances"
STORAGE = "/storage/api/v1"
SCOPES = "altinn:instances.read altinn:instances.write"
OF_ORGANISATION = {"models/default.prefill.json": {"ER": {"Name": "arbeidsgiver.navn"}}}


def succeeded(answer: Any, status: int = 200) -> Any:
    """Return the document of an answer that has this status."""
    assert answer.status_code == status, body_of(answer)
    return answer.json()


def test_eus_1_log_in_and_exchange(idporten: ForeignIssuer) -> None:
    """EUS-1: the claims that a system reads; the issuer's own token does too"""
    token = idporten.token(idporten.person(SIGNE, scope=SCOPES))
    platform = Api(PLATFORM_HOST)
    asked = f"{EXCHANGE}/id-porten"
    answer = platform.get(asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    exchanged = answer.content.decode()
    middle = exchanged.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["urn:altinn:userid"] == 1337
    assert {"urn:altinn:partyid", "urn:altinn:authlevel", "exp"} <= claims.keys()
    assert claims["scope"].split() == SCOPES.split()
    refused = platform.get(asked, headers={"Authorization": f"Bearer {exchanged}"})
    assert_problem(refused, 401, code="invalid-token")
    assert Instance.objects.count() == 0
    for bearer in (exchanged, token):
        made = Api(APP_HOST).post(
            f"{APP}?instanceOwnerPartyId={cast.ORG_PARTY}",
            headers={"Authorization": f"Bearer {bearer}"},
        )
        succeeded(made, 201)


def test_eus_2_submit_step_by_step(app: Api, tmp_path: Path) -> None:
    """EUS-2: filled in beforehand, validated, sent, archived, locked, told of once"""
    deploy(tmp_path, with_auto_create, OF_ORGANISATION)
    owner = {"instanceOwner": {"organisationNumber": "353801961"}}
    instance = succeeded(app.post(APP, json=owner), 201)
    url, (element,) = f"{APP}/{instance['id']}", instance["data"]
    assert instance["process"]["currentTask"]["elementId"] == "formfilling"
    form = f"{url}/data/{element['id']}"
    as_json = succeeded(app.get(form, headers={"Accept": "application/json"}))
    assert as_json["arbeidsgiver"]["navn"] == "Grønn Rev Verksted AS"
    as_xml = app.get(form, headers={"Accept": "application/xml"})
    assert "Grønn Rev Verksted AS".encode() in body_of(as_xml)
    (incomplete, *_) = succeeded(app.get(f"{url}/validate"))
    assert incomplete["severity"] in (1, 2)
    put = app.put(form, body=FORM, content_type="application/xml")
    assert put.status_code == 201, body_of(put)
    assert [
        one for one in succeeded(app.get(f"{url}/validate")) if one["severity"] == 1
    ] == []
    confirm = succeeded(app.put(f"{url}/process/next"))
    assert confirm["currentTask"]["elementId"] == "confirm"
    ended = succeeded(app.put(f"{url}/process/next"))
    assert ended["ended"]
    archived = succeeded(app.get(url))
    assert archived["status"]["isArchived"] is True
    assert DataElement.objects.get(pk=element["id"]).is_locked
    history = succeeded(app.get(f"{url}/process/history"))["processHistory"]
    assert [one["elementId"] for one in history if one["elementId"]][-2:] == [
        "confirm",
        ended["endEvent"],
    ]
    completed = CloudEvent.objects.filter(type="app.instance.process.completed")
    assert completed.count() == 1


def test_eus_8_resume_instead_of_making_another(app: Api, storage: Api) -> None:
    """EUS-8: the reference finds the draft in one call, and no second is made"""
    body = {
        "instanceOwner": {"partyId": str(cast.ORG_PARTY)},
        "externalReference": "payroll/2026-11",
    }
    draft = succeeded(app.post(APP, json=body), 201)
    (active,) = succeeded(app.get(f"{APP}/{cast.ORG_PARTY}/active"))
    assert active["id"] == draft["id"]
    assert active["lastChangedBy"]
    query = f"instanceOwner.partyId={cast.ORG_PARTY}&externalReference=payroll/2026-11"
    found = succeeded(storage.get(f"{STORAGE}/instances?{query}"))["instances"]
    assert [one["id"] for one in found] == [draft["id"]]
    again = app.post(APP, json=body)
    assert again.status_code == 409, body_of(again)
    assert Instance.objects.count() == 1


def test_eus_9_a_partys_own_overview(storage: Api) -> None:
    """EUS-9: page by page, by number in a header too, and nothing is left out"""
    sent = [make_instance() for _ in range(5)]
    for instance in sent[:4]:
        make_element(instance=instance)
        submit(instance)
    query = f"instanceOwner.partyId={cast.ORG_PARTY}&status.isArchived=true&size=3"
    found, address = [], f"{STORAGE}/instances?{query}"
    while address:
        page = succeeded(storage.get(address))
        found += [one["id"].split("/")[1] for one in page["instances"]]
        address = page.get("next") or ""
    assert sorted(found) == sorted(str(one.pk) for one in sent[:4])
    named = {"X-Ai-InstanceOwnerIdentifier": "Organisation:353801961"}
    by_number = storage.get(
        f"{STORAGE}/instances?status.isArchived=true", headers=named
    )
    assert len(succeeded(by_number)["instances"]) == 4


def test_eus_11_delete_and_restore(app: Api, storage: Api) -> None:
    """EUS-11: restorably, by a public call, and then for good"""
    instance = make_instance()
    url = f"{APP}/{instance.instance_id}"
    deleted = succeeded(app.delete(url))
    assert deleted["status"]["isSoftDeleted"] is True
    restored = storage.put(f"{STORAGE}/sbl/instances/{instance.instance_id}/undelete")
    assert restored.status_code == 200, body_of(restored)
    assert succeeded(app.get(url))["status"]["isSoftDeleted"] is False
    gone = succeeded(app.delete(f"{url}?hard=true"))
    assert gone["status"]["isHardDeleted"] is True
    again = storage.put(f"{STORAGE}/sbl/instances/{instance.instance_id}/undelete")
    assert_problem(again, 404, code="instance-purged")
