"""Verifying receipts: what holds, and everything that does not."""

import base64
import io
import sys
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from joserfc import jws
from joserfc.jwk import RSAKey

from api import issuer
from receipts.canonical import canonical
from receipts.models import Receipt
from receipts.services import public_keys
from receipts.verification import (
    MOST_BYTES,
    TYPE,
    NotVerified,
    broken_links,
    read_keys,
    verify,
)
from tests.cast import SOPHIE
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def receipt(sandbox: None) -> str:
    """The receipt of an instance that was sent in."""
    made = make_instance(submitted=True)
    return Receipt.objects.get(instance_id=made.pk).jws


@pytest.fixture
def keys(receipt: str) -> dict[str, RSAKey]:
    """The public keys."""
    return read_keys(orjson.dumps(public_keys()))


def flattened(receipt: str) -> bytes:
    """Return the receipt as JSON, as the API answers it."""
    protected, payload, signature = receipt.split(".")
    return orjson.dumps(
        {"payload": payload, "protected": protected, "signature": signature, "keys": ""}
    )


def encoded(content: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_both_forms_hold(receipt: str, keys: dict[str, RSAKey]) -> None:
    """RFC 7515 §7.1 and §7.2.2"""
    compact = verify(receipt.encode() + b"\n", keys)
    assert compact == verify(flattened(receipt), keys)
    assert (compact.application, compact.sequence) == ("nav/app2018", 1)


def changed(receipt: str) -> str:
    """Return the receipt with another content."""
    protected, payload, signature = receipt.split(".")
    document = orjson.loads(base64.urlsafe_b64decode(payload + "=="))
    document["party"]["partyId"] += 1
    return ".".join((protected, encoded(canonical(document)), signature))


def unsigned(receipt: str) -> str:
    """Return the receipt with a header that asks for no signature."""
    header = orjson.loads(base64.urlsafe_b64decode(receipt.split(".")[0] + "=="))
    header["alg"] = "none"
    return ".".join((encoded(orjson.dumps(header)), receipt.split(".")[1], ""))


def by_another(receipt: str) -> str:
    """Return the content signed by a key of nobody's, under the name of ours."""
    protected, payload, _ = receipt.split(".")
    header = orjson.loads(base64.urlsafe_b64decode(protected + "=="))
    content = base64.urlsafe_b64decode(payload + "==")
    key = RSAKey.generate_key(2048)
    return jws.serialize_compact(header, content, key, algorithms=["RS256"])


def unknown_key(receipt: str) -> str:
    """Return the content signed by a key under a name of its own."""
    content = base64.urlsafe_b64decode(receipt.split(".")[1] + "==")
    header = {"alg": "RS256", "typ": TYPE, "kid": "mine"}
    key = RSAKey.generate_key(2048)
    return jws.serialize_compact(header, content, key, algorithms=["RS256"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (changed, "signature-wrong"),
        (unsigned, "signature-wrong"),
        (by_another, "signature-wrong"),
        (unknown_key, "key-unknown"),
        (lambda receipt: SOPHIE.token(), "other-type"),
        (lambda receipt: "", "malformed"),
        (lambda receipt: "a.b.c", "malformed"),
        (lambda receipt: receipt.rpartition(".")[0], "malformed"),
        (lambda receipt: "{}", "malformed"),
        (lambda receipt: '{"protected": 1', "malformed"),
        (lambda receipt: "æ" + receipt, "malformed"),
        (lambda receipt: "{" * 100_000, "malformed"),
        (lambda receipt: encoded(b'["alg"]') + ".e30.e30", "malformed"),
        (lambda receipt: encoded(b'"alg"') + ".e30.e30", "malformed"),
        (lambda receipt: receipt + "A" * MOST_BYTES, "too-large"),
    ],
)
def test_what_is_not_as_it_was_signed_does_not_hold(
    receipt: str, keys: dict[str, RSAKey], change: object, code: str
) -> None:
    """N1"""
    with pytest.raises(NotVerified) as caught:
        verify(change(receipt).encode(), keys)  # type: ignore[operator]
    assert caught.value.code == code


def test_a_receipt_of_thousands_of_elements_holds() -> None:
    """N1: an instance may have as many as its application takes"""
    element = {"id": "0" * 36, "dataType": "vedlegg", "size": 1, "sha256": "0" * 64}
    many = [element] * 5000
    content = canonical({"version": 1, "elements": many})
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "typ": TYPE, "kid": "own"}
    signed = jws.serialize_compact(header, content, key, algorithms=["RS256"])
    assert verify(signed.encode(), {"own": key}).manifest["elements"] == many


@pytest.mark.parametrize(
    "content", [b"[]", b'{"a": 1}', b'{"version":1, "a":1}', b"\xff", b'{"version":3}']
)
def test_only_a_canonical_manifest_is_a_receipt(content: bytes) -> None:
    """N1"""
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "typ": TYPE, "kid": "own"}
    signed = jws.serialize_compact(header, content, key, algorithms=["RS256"])
    with pytest.raises(NotVerified) as caught:
        verify(signed.encode(), {"own": key})
    assert caught.value.code == "manifest-malformed"


def test_canonical_json_is_one_text() -> None:
    """RFC 8785"""
    document = {"b": [1, None, True], "a": {"d": "æ€\n\x01", "c": ""}}
    text = '{"a":{"c":"","d":"æ€\\n\\u0001"},"b":[1,null,true]}'
    assert canonical(document) == text.encode()
    for refused in (1.5, 2**53, {"æ": 1}, b"", {1: 1}):
        with pytest.raises(ValueError, match=r"\w"):
            canonical({"a": refused})


class TestCommand:
    """``manage.py verify_receipt``."""

    def test_receipts_and_keys_are_enough(
        self,
        receipt: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """N1: offline, no statement is asked"""
        other = make_instance(submitted=True)
        second = Receipt.objects.get(instance_id=other.pk).jws
        files = []
        for number, text in enumerate((receipt, flattened(second).decode())):
            files.append(tmp_path / str(number))
            files[-1].write_text(text)
        keys = tmp_path / "keys.json"
        keys.write_bytes(orjson.dumps(public_keys()))
        with CaptureQueriesContext(connection) as queries:
            call_command("verify_receipt", *map(str, files), "--keys", str(keys))
        assert len(queries) == 0
        told = capsys.readouterr().out
        assert told.count(": verified, signed by key") == 2
        assert "2 receipt(s) verified." in told
        assert "id nav/app2018" in told
        assert "dataType default" in told

    def test_the_installations_own_keys_are_the_default(
        self,
        receipt: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """N1: from standard input, too"""
        source = io.TextIOWrapper(io.BytesIO(receipt.encode()))
        monkeypatch.setattr(sys, "stdin", source)
        call_command("verify_receipt", "-")
        assert "1 receipt(s) verified." in capsys.readouterr().out

    def test_what_does_not_hold_is_told_and_fails(
        self, receipt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """N1"""
        file = tmp_path / "receipt"
        file.write_text(changed(receipt))
        with pytest.raises(CommandError, match="1 finding"):
            call_command("verify_receipt", str(file))
        assert "NOT VERIFIED: Its signature does not hold." in capsys.readouterr().out

    @pytest.mark.parametrize("keys", ["[]", "{", '{"keys": [{"kid": "a"}]}'])
    def test_keys_that_are_none_are_told(
        self, receipt: str, tmp_path: Path, keys: str
    ) -> None:
        """N1"""
        file, broken = tmp_path / "receipt", tmp_path / "keys"
        file.write_text(receipt)
        broken.write_text(keys)
        with pytest.raises(CommandError, match="RFC 7517"):
            call_command("verify_receipt", str(file), "--keys", str(broken))

    def test_a_file_that_is_not_there_is_told(self) -> None:
        """The name stands in the message."""
        with pytest.raises(CommandError, match=r"nowhere\.json cannot be read"):
            call_command("verify_receipt", "nowhere.json")


def test_a_receipt_that_does_not_follow_is_found(
    receipt: str, keys: dict[str, RSAKey]
) -> None:
    """N1: a chain that somebody with the key made anew"""
    make_instance(submitted=True)
    rows = Receipt.objects.order_by("sequence").values_list("jws", flat=True)
    first, second = (verify(text.encode(), keys) for text in rows)
    assert broken_links([second, first]) == []
    replaced = verify(_signed_again(first.manifest), keys)
    assert broken_links([replaced, second]) == [(replaced, second)]


def _signed_again(manifest: object) -> bytes:
    """Return another first receipt, signed by the server's own key."""
    document = {**manifest, "issued": "2020-01-01T00:00:00Z"}  # type: ignore[dict-item]
    own = issuer.keys()
    header = {"alg": "RS256", "typ": TYPE, "kid": own.kid}
    signed = jws.serialize_compact(
        header, canonical(document), own.private, algorithms=["RS256"]
    )
    return signed.encode()
