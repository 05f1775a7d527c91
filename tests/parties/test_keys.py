"""The embedded issuer's key: made once and kept privately."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, KeySet, RSAKey

from parties.keys import (
    KEY_FILE,
    SigningKeyUnusable,
    key_ring,
    public_jwks,
    signing_keys,
)

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 8
SCRIPT = """
import sys
from pathlib import Path
from parties.keys import signing_keys
print("ready", flush=True)
sys.stdin.readline()
print(signing_keys(Path(sys.argv[1])).kid)
"""


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_first_use_makes_a_key_that_later_uses_return(tmp_path: Path) -> None:
    """Z-030"""
    folder = tmp_path / "data" / "keys"
    made = signing_keys(folder)
    assert made.private.is_private
    assert not made.public.is_private
    assert made.public.public_key.key_size == 2048
    assert signing_keys(folder) is made


def test_only_the_owner_can_read_the_key(tmp_path: Path) -> None:
    """T-44, Z-115"""
    folder = tmp_path / "keys"
    before = os.umask(0)
    try:
        signing_keys(folder)
    finally:
        os.umask(before)
    assert permissions(folder) == 0o700
    assert permissions(folder / KEY_FILE) == 0o600
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_folder_that_others_can_read_is_closed_when_a_key_is_made(
    tmp_path: Path,
) -> None:
    """T-44, Z-115"""
    folder = tmp_path / "keys"
    folder.mkdir()
    folder.chmod(0o755)
    signing_keys(folder)
    assert permissions(folder) == 0o700


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """T-31"""
    folder = tmp_path / "keys"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        for _ in range(PROCESSES)
    ]
    for child in children:  # every one has started before the first may go
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"go\n")
    kids = [child.communicate(timeout=300)[0].decode().strip() for child in children]
    assert kids == [signing_keys(folder).kid] * PROCESSES
    assert [file.name for file in folder.iterdir()] == [KEY_FILE]


def test_key_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    """Z-013"""
    old = signing_keys(tmp_path)
    other = signing_keys(tmp_path / "other")
    (tmp_path / "other" / KEY_FILE).replace(tmp_path / KEY_FILE)
    assert signing_keys(tmp_path).kid == other.kid != old.kid


def test_keys_that_come_at_the_same_moment_are_all_read(tmp_path: Path) -> None:
    """Z-030: their times cannot be told apart, their names can"""
    folder = tmp_path / "keys"
    moment = 1_700_000_000 * 10**9
    for number in range(3):
        signing_keys(folder)  # makes the first
        key = (folder / KEY_FILE).read_bytes()
        (folder / f"next-2027010{number + 1}T000000Z.pem").write_bytes(key)
        os.utime(folder, ns=(moment, moment))
        assert len(key_ring(folder).upcoming) == number + 1


def test_names_are_not_read_again_in_a_folder_at_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Z-030: and what changes there after all is seen at once"""
    folder = tmp_path / "keys"
    made = signing_keys(folder)
    monkeypatch.setattr("parties.keys._SETTLED", 0.0)
    with monkeypatch.context() as patch:
        patch.delattr(os, "listdir")
        assert signing_keys(folder) is made
    key = (folder / KEY_FILE).read_bytes()
    (folder / "next-20270101T000000Z.pem").write_bytes(key)
    os.utime(folder)  # later than the last change, however coarse the clock is
    assert len(key_ring(folder).upcoming) == 1


def test_kid_is_the_thumbprint_of_the_key(tmp_path: Path) -> None:
    """Z-011"""
    keys = signing_keys(tmp_path)
    # RFC 7638, computed by the library from the public members alone.
    members = {name: keys.public.as_dict(private=False)[name] for name in ("e", "n")}
    assert keys.kid == RSAKey.import_key({"kty": "RSA", **members}).thumbprint()


def test_jwks_holds_the_public_half_in_base64url_and_nothing_else(
    tmp_path: Path,
) -> None:
    """Z-011"""
    keys = signing_keys(tmp_path)
    (entry,) = public_jwks(keys)["keys"]
    assert entry.keys() == {"kty", "use", "kid", "alg", "n", "e"}
    assert (entry["kty"], entry["use"], entry["alg"]) == ("RSA", "sig", "RS256")
    assert entry["kid"] == keys.kid
    assert entry["e"] == "AQAB"
    assert not set("+/=") & set(entry["n"])
    imported = KeySet.import_key_set({"keys": [dict(entry)]}).keys[0]
    assert imported.as_dict()["n"] == keys.public.as_dict()["n"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        ECKey.generate_key("P-256").as_pem(private=True),
        RSAKey.generate_key(2048).as_pem(private=False),
    ],
    ids=["empty", "text", "another kind", "public half"],
)
def test_file_that_holds_no_private_rsa_key_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    """T-44, Z-115"""
    path = tmp_path / KEY_FILE
    path.write_bytes(content)
    with pytest.raises(SigningKeyUnusable) as refusal:
        signing_keys(tmp_path)
    assert refusal.value.code == "signing-key-unusable"
    assert str(tmp_path) not in refusal.value.detail
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        # Where nothing can be made, and below what is no folder; both also for root.
        ("/proc/nowhere/keys", "No such file or directory"),
        ("/dev/null/keys", "Not a directory"),
    ],
)
def test_a_folder_in_which_no_key_can_be_made_is_told(folder: str, reason: str) -> None:
    """Before the first token, with the reason and not with the path"""
    with pytest.raises(SigningKeyUnusable, match=reason) as refusal:
        key_ring(Path(folder))
    assert folder not in refusal.value.detail
