"""Receipts: one for each end of a process, in the chain of its application."""

import base64
import hashlib
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.db import connection, connections

from instances.models import Instance
from parties import key_rotation
from process import ending
from receipts.models import ChainHead, Receipt
from receipts.verification import MOST_BYTES, broken_links, read_keys, verify
from tests import cast
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import FORM, make_instance, submit
from tests.signing.annual_accounts import bring_in, to_be_signed

pytestmark = pytest.mark.usefixtures("sandbox")
KEYS = "/authentication/api/v1/openid/receipt-keys"


def receipt_of(api: Api, instance: Instance, app: str = "nav/app2018") -> Any:
    """Return the answer with the receipt."""
    return api.get(f"/{app}/instances/{instance.instance_id}/receipt")


def published() -> dict[str, Any]:
    """Return the public keys as anybody gets them."""
    answer = Api(PLATFORM_HOST).get(KEYS)
    assert answer.status_code == 200
    return read_keys(answer.content)


def test_a_receipt_says_what_was_sent_in(app: Api, submitted: Instance) -> None:
    """N1: instance, party, application, times, each element's hash"""
    answer = receipt_of(app, submitted)
    assert answer.status_code == 200, answer.content
    assert answer.json()["keys"].endswith(KEYS)
    found = verify(answer.content, published()).manifest
    row = Instance.objects.get(pk=submitted.pk)
    element = row.data_elements.get()
    assert found["instance"]["id"] == str(submitted.pk)
    assert found["instance"]["endEvent"] == "submitted"
    assert found["application"]["id"] == "nav/app2018"
    assert re.fullmatch("[0-9a-f]{64}", found["application"]["contentHash"])
    assert found["party"] == {"partyId": 500000, "organisationNumber": "353801961"}
    assert found["elements"] == [
        {
            "id": str(element.pk),
            "dataType": "default",
            "contentType": "application/xml",
            "size": len(FORM),
            "sha256": hashlib.sha256(FORM).hexdigest(),
        }
    ]
    assert found["signatures"] == []
    assert found["chain"] == {"sequence": 1, "previous": "0" * 64}
    assert found["issued"] == found["instance"]["ended"]


def test_no_person_number_is_in_it(app: Api, sandbox: None) -> None:
    """N1: the owner is a person, named by party id alone"""
    instance = make_instance(party=12345, submitted=True)
    number = instance.owner_person_no
    assert number
    receipt = Receipt.objects.get(instance_id=instance.pk)
    payload = base64.urlsafe_b64decode(receipt.jws.split(".")[1] + "==").decode()
    assert number not in payload
    assert orjson.loads(payload)["party"] == {"partyId": 12345}


def test_signatures_are_in_it(app: Api, tmp_path: Path) -> None:
    """N1, EUS-6: who signed by id, and the hashes; no person number"""
    bring_in(tmp_path)
    accounts = to_be_signed()
    assert accounts.next(app, "sign").status_code == 200
    answer = receipt_of(app, accounts.instance, "nav/aarsregnskap")
    found = verify(answer.content, published()).manifest
    (signature,) = found["signatures"]
    assert signature["signers"] == ["user:1337"]
    assert {one["id"] for one in signature["elements"]} == set(
        accounts.elements.values()
    )
    assert "13838441100" not in str(found)
    kinds = [one["dataType"] for one in found["elements"]]
    assert sorted(kinds) == ["noter", "regnskap", "signatur", "vedlegg"]


def test_each_receipt_names_the_one_before(sandbox: None) -> None:
    """N1: no gap and no fork, an application's own chain"""
    for _ in range(3):
        make_instance(submitted=True)
    keys = published()
    rows = Receipt.objects.order_by("sequence")
    held = [verify(row.jws.encode(), keys) for row in rows]
    assert [one.sequence for one in held] == [1, 2, 3]
    assert held[1].previous == held[0].digest == bytes(rows[0].digest)
    assert broken_links(held) == []


def test_before_the_end_there_is_none(app: Api, instance: Instance) -> None:
    """N1"""
    assert_problem(receipt_of(app, instance), 404, code="receipt-not-found")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("caller", ["stranger", "nobody"])
def test_who_may_not_read_gets_none(submitted: Instance, caller: str) -> None:
    """N1: it takes the right to read"""
    if caller == "nobody":
        answer = receipt_of(Api(APP_HOST), submitted)
        assert_problem(answer, 401, code="token-missing")
    else:
        answer = receipt_of(Api(APP_HOST, cast.STRANGER), submitted)
        assert_problem(answer, 403, code="not-permitted")


def test_an_end_that_fails_leaves_no_receipt(
    sandbox: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """N1: the same transaction"""
    instance = make_instance(filled=True)
    issue = ending.receipts.issue

    def fail(*args: Any, **kwargs: Any) -> None:
        issue(*args, **kwargs)
        raise RuntimeError

    monkeypatch.setattr(ending.receipts, "issue", fail)
    with pytest.raises(RuntimeError):
        submit(instance)
    assert Instance.objects.get(pk=instance.pk).process_ended is None
    assert not Receipt.objects.exists()
    monkeypatch.undo()
    submit(Instance.objects.get(pk=instance.pk))
    assert Receipt.objects.get().sequence == 1


def test_an_end_that_an_app_states_has_one_too(
    system_user_storage: Api, storage: Api
) -> None:
    """N1: by the platform API"""
    instance = make_instance(filled=True)
    ended = {"started": "2026-01-01T00:00:00Z", "startEvent": "StartEvent_1"}
    ended |= {"ended": "2026-01-02T00:00:00Z", "endEvent": "submitted"}
    answer = storage.put(
        f"/storage/api/v1/instances/{instance.instance_id}/process", json=ended
    )
    assert answer.status_code == 200, answer.content
    receipt = Receipt.objects.get(instance_id=instance.pk)
    found = verify(receipt.jws.encode(), published()).manifest
    assert found["instance"]["ended"] == "2026-01-02T00:00:00Z"
    assert len(found["elements"]) == 1


def test_keys_that_were_rotated_out_verify_old_receipts(
    settings: LazySettings, tmp_path: Path, submitted: Instance
) -> None:
    """N1"""
    old = Receipt.objects.get(instance_id=submitted.pk)
    before = published()
    settings.ALTINN_KEYS_DIR = tmp_path / "new-keys"
    now = datetime.now(UTC)
    key_rotation.publish_next(settings.ALTINN_KEYS_DIR, now=now)
    key_rotation.sign_with_next(settings.ALTINN_KEYS_DIR, now=now + timedelta(days=2))
    other = make_instance(submitted=True)
    new = Receipt.objects.get(instance_id=other.pk)
    keys = published()
    assert len(keys) == len(before) + 1
    kids = {verify(one.jws.encode(), keys).kid for one in (old, new)}
    assert len(kids) == 2
    assert new.sequence == 2


@pytest.mark.django_db(transaction=True)
def test_ends_at_once_make_one_chain(committed_sandbox: None) -> None:
    """N1: no gap and no fork, with real connections"""
    count = 8
    instances = [make_instance(filled=True) for _ in range(count)]
    failures: list[BaseException] = []

    def end(instance: Instance) -> None:
        try:
            submit(instance)
        except BaseException as error:  # told by the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=end, args=(one,)) for one in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    keys = published()
    rows = Receipt.objects.order_by("sequence")
    held = [verify(row.jws.encode(), keys) for row in rows]
    assert [one.sequence for one in held] == list(range(1, count + 1))
    assert broken_links(held) == []
    assert ChainHead.objects.get().sequence == count
    assert connection.vendor in ("sqlite", "postgresql")


class TestPage:
    """``/receipts`` on the base host."""

    def send(self, text: str, lang: str = "en") -> Any:
        """Paste a receipt."""
        return Api(BASE_HOST)._client.post(
            f"/receipts?lang={lang}", {"receipt": text}, headers={"host": BASE_HOST}
        )

    def test_a_pasted_receipt_is_verified(self, submitted: Instance) -> None:
        """N1"""
        receipt = Receipt.objects.get(instance_id=submitted.pk)
        answer = self.send(receipt.jws)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "The receipt is genuine" in text
        assert hashlib.sha256(FORM).hexdigest() in text
        assert "Cache-Control" in answer

    def test_an_uploaded_receipt_is_verified(
        self, app: Api, submitted: Instance, tmp_path: Path
    ) -> None:
        """N1"""
        file = tmp_path / "receipt.json"
        file.write_bytes(receipt_of(app, submitted).content)
        with file.open("rb") as content:
            answer = Api(BASE_HOST)._client.post(
                "/receipts?lang=nb",
                {"file": content, "receipt": ""},
                headers={"host": BASE_HOST},
            )
        assert "Kvitteringen er ekte" in answer.content.decode()

    @pytest.mark.parametrize(
        ("lang", "text"),
        [
            ("nb", "Kvitteringen er ikke bekreftet"),
            ("nn", "Kvitteringa er ikkje stadfesta"),
            ("en", "The receipt is not verified"),
        ],
    )
    def test_what_does_not_hold_is_told_in_the_language(
        self, submitted: Instance, lang: str, text: str
    ) -> None:
        """N1"""
        receipt = Receipt.objects.get(instance_id=submitted.pk)
        protected, _, rest = receipt.jws.partition(".")
        answer = self.send(f"{protected}.AAAA{rest[4:]}", lang)
        assert answer.status_code == 400
        assert text in answer.content.decode()
        assert f'lang="{lang}"' in answer.content.decode()

    def test_what_is_sent_is_never_markup(self, sandbox: None) -> None:
        """N1"""
        answer = self.send("<script>alert(1)</script>")
        assert answer.status_code == 400
        assert b"<script>alert" not in answer.content

    def test_a_file_that_is_too_large_is_refused(
        self, sandbox: None, tmp_path: Path
    ) -> None:
        """N1"""
        file = tmp_path / "receipt.json"
        file.write_bytes(b"a" * (MOST_BYTES + 1))
        with file.open("rb") as content:
            answer = Api(BASE_HOST)._client.post(
                "/receipts?lang=en", {"file": content}, headers={"host": BASE_HOST}
            )
        assert answer.status_code == 400
        assert b"at most 8 MiB" in answer.content

    @pytest.mark.parametrize(
        ("query", "accepted", "language", "heading"),
        [
            ("", "en-GB,en;q=0.9", "en", "Verify a receipt"),
            ("", "nn", "nn", "Kontroller ei kvittering"),
            ("", "nb;q=0.2,nn;q=0.9", "nn", "Kontroller ei kvittering"),
            ("", "no", "nb", "Kontroller en kvittering"),
            ("", "de", "nb", "Kontroller en kvittering"),
            ("", "", "nb", "Kontroller en kvittering"),
            ("?language=nn", "en", "nn", "Kontroller ei kvittering"),
            ("?lang=en&language=nn", "nb", "en", "Verify a receipt"),
        ],
    )
    def test_the_browsers_language_is_taken(
        self, sandbox: None, query: str, accepted: str, language: str, heading: str
    ) -> None:
        """N1: unless the address asks for another"""
        answer = Api(BASE_HOST)._client.get(
            f"/receipts{query}",
            headers={"host": BASE_HOST, "accept-language": accepted},
        )
        assert heading in answer.content.decode()
        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"]
