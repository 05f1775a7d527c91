"""Receipts tell of what takes a right of its own to those alone who have it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from joserfc import jws

from api import issuer
from apps_registry.services import import_app
from instances.models import Instance
from receipts.canonical import canonical
from receipts.disclosures import Withheld, commitment
from receipts.models import Receipt
from receipts.services import public_keys
from receipts.verification import TYPE, NotVerified, Verified, read_keys, verify
from tests.api.application.test_access import with_type
from tests.cast import SOPHIE
from tests.client import APP_HOST, BASE_HOST, Api, assert_problem
from tests.factories import FORM, PDF, make_element, make_instance, submit
from tests.redeployed import FILES, METADATA, redeploy
from tests.signing.annual_accounts import bring_in, to_be_signed

pytestmark = pytest.mark.usefixtures("sandbox")
HASH = hashlib.sha256(PDF).hexdigest()


def close() -> None:
    """Let attachments be read by the service owner alone."""
    with_type("vedlegg", actionRequiredToRead="complete")


def sent_in() -> Instance:
    """Make an instance with a form and an attachment, and send it in."""
    made = make_instance(filled=True)
    kind = "application/pdf"
    make_element(instance=made, type_id="vedlegg", content=PDF, content_type=kind)
    submit(made)
    return made


@pytest.fixture
def closed(sandbox: None) -> Instance:
    """An instance that was sent in when its attachment was the owner's alone."""
    close()
    return sent_in()


def receipt_of(api: Api, instance: Instance, app: str = "nav/app2018") -> Any:
    """Return the answer with the receipt."""
    return api.get(f"/{app}/instances/{instance.instance_id}/receipt")


def verified(content: bytes) -> Verified:
    """Return what a receipt says, by the installation's keys."""
    return verify(content, read_keys(orjson.dumps(public_keys())))


def entry(entries: Any, data_type: str) -> dict[str, Any]:
    """Return what is said of the element of a type."""
    (found,) = [one for one in entries if one["dataType"] == data_type]
    return dict(found)


def test_who_may_not_read_an_element_is_told_a_commitment(
    app: Api, closed: Instance
) -> None:
    """And all else as ever: the hash is nowhere in the answer"""
    answer = receipt_of(app, closed)
    assert answer.status_code == 200, answer.content
    found = verified(answer.content)
    assert answer.json()["disclosures"] == []
    assert found.manifest["version"] == 2
    hidden = entry(found.manifest["elements"], "vedlegg")
    assert set(hidden) == {"id", "dataType", "commitment"}
    assert entry(found.listed("elements"), "vedlegg") == hidden
    assert HASH not in str(found) + str(found.manifest) + answer.content.decode()
    form = entry(found.manifest["elements"], "default")
    assert form["sha256"] == hashlib.sha256(FORM).hexdigest()


def test_who_may_read_it_is_told_what_fits_the_commitment(
    app: Api, owner_app: Api, closed: Instance
) -> None:
    """Beside the same signed receipt, and anybody can compute that it fits"""
    answer = receipt_of(owner_app, closed).json()
    (told,) = answer["disclosures"]
    assert len(told["salt"]) >= 22  # of base64: 128 bits at least
    assert told == {
        "salt": told["salt"],
        "sha256": HASH,
        "size": len(PDF),
        "contentType": "application/pdf",
    }
    by_hand = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    found = verified(orjson.dumps(answer))
    signed = entry(found.manifest["elements"], "vedlegg")
    assert signed["commitment"] == hashlib.sha256(by_hand).hexdigest()
    shown = entry(found.listed("elements"), "vedlegg")
    assert (shown["sha256"], shown["size"]) == (HASH, len(PDF))
    other = receipt_of(app, closed).json()
    assert {**other, "disclosures": []} == {**answer, "disclosures": []}


def test_no_two_commitments_to_one_content_are_alike() -> None:
    """What is equal is not seen to be"""
    withheld = Withheld({"vedlegg"})
    first, second = (withheld.told("vedlegg", {"sha256": HASH}) for _ in range(2))
    assert first != second
    assert withheld.told("default", {"sha256": HASH}) == {"sha256": HASH}


def test_of_an_element_that_is_gone_any_closed_type_is_meant() -> None:
    """Its hash in a signature is told to who may read them all"""
    withheld = Withheld({"a", "b"})
    assert set(withheld.told(None, {"sha256": HASH})) == {"commitment"}
    assert withheld.kept[0]["dataTypes"] == ["a", "b"]
    assert Withheld(()).told(None, {"sha256": HASH}) == {"sha256": HASH}


def test_the_right_counts_that_one_has_now(
    app: Api, owner_app: Api, closed: Instance
) -> None:
    """Not that of the moment in which the receipt was made"""
    with_type("vedlegg", actionRequiredToRead="confirm")
    assert receipt_of(owner_app, closed).json()["disclosures"] == []
    with_type("vedlegg", actionRequiredToRead="read")
    (told,) = receipt_of(app, closed).json()["disclosures"]
    assert told["sha256"] == HASH


def test_a_receipt_that_tells_a_hash_is_for_who_may_read_all_of_it(
    app: Api, owner_app: Api
) -> None:
    """Signed before the type took a right; it cannot be changed any more"""
    before = sent_in()
    plain = receipt_of(app, before)
    assert verified(plain.content).manifest["version"] == 1
    assert HASH in str(verified(plain.content).manifest)
    close()
    rows = list(Receipt.objects.values())
    problem = assert_problem(receipt_of(app, before), 403, code="receipt-not-permitted")
    assert "vedlegg" in problem["detail"]
    assert HASH not in str(problem)
    assert receipt_of(owner_app, before).json() == plain.json()
    assert list(Receipt.objects.values()) == rows


def test_signatures_tell_no_hash_either(tmp_path: Path) -> None:
    """What was signed of a closed type is committed to, each time with its own salt"""
    bring_in(tmp_path)
    accounts = to_be_signed()
    metadata = tmp_path / "app" / "App" / "config" / "applicationmetadata.json"
    document = orjson.loads(metadata.read_bytes())
    (kept,) = [one for one in document["dataTypes"] if one["id"] == "vedlegg"]
    kept["actionRequiredToRead"] = "hemmelig"
    metadata.write_bytes(orjson.dumps(document))
    import_app(tmp_path / "app")
    api = Api(APP_HOST, SOPHIE)
    assert accounts.next(api, "sign").status_code == 200
    receipt = Receipt.objects.get(instance_id=accounts.instance.pk)
    found = verified(receipt.jws.encode())
    (signature,) = found.listed("signatures")
    attached = accounts.elements["vedlegg"]
    (signed,) = [one for one in signature["elements"] if one["id"] == attached]
    assert set(signed) == {"id", "commitment"}
    assert HASH not in str(found.manifest)
    assert HASH in str(receipt.disclosures)
    shown = entry(found.listed("elements"), "vedlegg")
    assert shown["commitment"] != signed["commitment"]
    answer = receipt_of(api, accounts.instance, "nav/aarsregnskap")
    assert answer.json()["disclosures"] == []


def test_a_type_that_the_application_has_no_more_stays_closed(
    app: Api, owner_app: Api, storage: Api, system_user_storage: Api
) -> None:
    """As it was declared last, when the receipt is made and when it is read"""
    close()
    made = make_instance(filled=True)
    kind = "application/pdf"
    make_element(instance=made, type_id="vedlegg", content=PDF, content_type=kind)
    metadata = orjson.loads(FILES[METADATA])
    kept = [one for one in metadata["dataTypes"] if one["id"] != "vedlegg"]
    redeploy({METADATA: {**metadata, "dataTypes": kept}})
    ended = {"started": "2026-01-01T00:00:00Z", "startEvent": "StartEvent_1"}
    ended |= {"ended": "2026-01-02T00:00:00Z", "endEvent": "submitted"}
    url = f"/storage/api/v1/instances/{made.instance_id}/process"
    assert storage.put(url, json=ended).status_code == 200
    answer = receipt_of(app, made)
    hidden = entry(verified(answer.content).manifest["elements"], "vedlegg")
    assert set(hidden) == {"id", "dataType", "commitment"}
    assert answer.json()["disclosures"] == []


class TestVerification:
    """Disclosures are held against the receipt."""

    def changed(self, owner_app: Api, closed: Instance, **members: object) -> bytes:
        """Return the receipt with its disclosure changed."""
        answer = receipt_of(owner_app, closed).json()
        answer["disclosures"][0].update(members)
        return orjson.dumps(answer)

    @pytest.mark.parametrize(
        "members",
        [
            {"sha256": "0" * 64},
            {"size": 1},
            {"salt": "another"},
            {"more": 1},
            {"size": 2**60},
            {"size": 1.5},
            {"more": {"a": []}},
            {"é": 1},
        ],
        ids=str,
    )
    def test_one_that_does_not_fit_is_refused(
        self, owner_app: Api, closed: Instance, members: dict[str, object]
    ) -> None:
        """Whatever it says instead"""
        with pytest.raises(NotVerified) as caught:
            verified(self.changed(owner_app, closed, **members))
        assert caught.value.code == "disclosure-unknown"

    @pytest.mark.parametrize(
        "disclosures",
        [
            b'{"a": 1}',
            b"[1]",
            b"[[]]",
            b"[null]",
            b'[{"salt": "\\ud800"}]',
            b'[{"salt": NaN}]',
            b'[{"a":' + b"[" * 900 + b"]" * 900 + b"}]",
        ],
    )
    def test_what_is_no_disclosure_is_refused(
        self, closed: Instance, disclosures: bytes
    ) -> None:
        """With a receipt that holds"""
        receipt = Receipt.objects.get(instance_id=closed.pk)
        names = ("protected", "payload", "signature")
        parts = dict(zip(names, receipt.jws.split("."), strict=True))
        content = orjson.dumps(parts)[:-1] + b',"disclosures":' + disclosures + b"}"
        with pytest.raises(NotVerified) as caught:
            verified(content)
        assert caught.value.code == "disclosure-unknown"

    def test_what_is_signed_stands_above_what_is_disclosed(self) -> None:
        """A disclosure that fits cannot rename the element"""
        disclosure = {"salt": "x", "id": "other", "sha256": HASH}
        element = {"id": "one", "commitment": commitment(disclosure)}
        own = issuer.keys()
        signed = jws.serialize_compact(
            {"alg": "RS256", "typ": TYPE, "kid": own.kid},
            canonical({"version": 2, "elements": [element]}),
            own.private,
            algorithms=["RS256"],
        )
        names = ("protected", "payload", "signature")
        parts = dict(zip(names, signed.split("."), strict=True))
        found = verified(orjson.dumps({**parts, "disclosures": [disclosure]}))
        assert found.listed("elements") == [{**element, "sha256": HASH}]

    def test_the_command_takes_receipts_with_and_without(
        self,
        app: Api,
        owner_app: Api,
        closed: Instance,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Offline, and shows what is disclosed"""
        keys, receipt = tmp_path / "keys", tmp_path / "receipt"
        keys.write_bytes(orjson.dumps(public_keys()))
        for api, shows in ((app, False), (owner_app, True)):
            receipt.write_bytes(receipt_of(api, closed).content)
            call_command("verify_receipt", str(receipt), "--keys", str(keys))
            told = capsys.readouterr().out
            assert "1 receipt(s) verified." in told
            assert (HASH in told) is shows
        receipt.write_bytes(self.changed(owner_app, closed, size=1))
        with pytest.raises(CommandError, match="1 finding"):
            call_command("verify_receipt", str(receipt), "--keys", str(keys))
        assert "nothing in it commits to" in capsys.readouterr().out

    def test_the_page_takes_receipts_with_and_without(
        self, app: Api, owner_app: Api, closed: Instance
    ) -> None:
        """It says of what is not disclosed that it is not for all"""
        client = Api(BASE_HOST)._client
        for api, shows in ((app, False), (owner_app, True)):
            answer = client.post(
                "/receipts?lang=en",
                {"receipt": receipt_of(api, closed).content.decode()},
                headers={"host": BASE_HOST},
            )
            page = answer.content.decode()
            assert "The receipt is genuine" in page
            assert (HASH in page) is shows
            assert ("For those who may read it" in page) is not shows
        answer = client.post(
            "/receipts?lang=en",
            {"receipt": self.changed(owner_app, closed, size=1).decode()},
            headers={"host": BASE_HOST},
        )
        assert answer.status_code == 400
        assert "does not belong to the receipt" in answer.content.decode()
