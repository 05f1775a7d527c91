"""A new signing key, and no token refused that is still valid."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from api import issuer
from parties.key_rotation import KeyTooNew, NoNextKey, publish_next, sign_with_next
from parties.keys import KEY_FILE, SigningKeyUnusable, key_ring, make_key, public_jwks
from parties.tokens import TokenRefused
from tests.cast import SOPHIE

DAY = timedelta(hours=24)
NOW = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    """The folder of keys of a server of our own."""
    settings.ALTINN_KEYS_DIR = tmp_path / "keys"
    issuer.forget()
    yield settings.ALTINN_KEYS_DIR
    issuer.forget()


def published(folder: Path) -> list[str]:
    return [key["kid"] for key in public_jwks(*key_ring(folder).published())["keys"]]


def token(hours: int = 24) -> str:
    return issuer.token_issuer().issue(SOPHIE.claims, lifetime=timedelta(hours=hours))


def accepted(text: str) -> bool:
    try:
        return issuer.token_verifier().verify(text).user_id == 1337
    except TokenRefused:
        return False


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_signing_key", *options, stdout=out, stderr=out, no_color=True)
    return out.getvalue()


# --- the steps ------------------------------------------------------------------------
def test_next_key_is_published_a_day_before_it_signs(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013"""
    first = key_ring(folder).current.kid
    made = publish_next(folder, now=NOW)
    assert made.at == NOW + DAY
    assert published(folder) == [first, made.keys.kid]
    assert issuer.keys().kid == first
    clock.shift(DAY - timedelta(seconds=1))
    with pytest.raises(KeyTooNew):
        sign_with_next(folder, now=NOW + DAY - timedelta(seconds=1))
    assert published(folder) == [first, made.keys.kid]
    clock.shift(1)
    assert sign_with_next(folder, now=NOW + DAY).current.kid == made.keys.kid
    assert published(folder) == [made.keys.kid, first]


def test_no_token_is_refused_before_it_expires(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013: not even the longest that the old key signed at its last moment"""
    publish_next(folder, now=NOW)
    clock.shift(DAY)
    last = token(hours=24)
    sign_with_next(folder, now=NOW + DAY)
    new = token(hours=24)
    assert accepted(last)
    assert accepted(new)
    clock.shift(DAY - timedelta(seconds=1))
    assert accepted(last)
    assert accepted(new)
    clock.shift(timedelta(minutes=2))
    assert not accepted(last)


def test_old_key_leaves_the_key_set_and_the_folder_when_nobody_needs_it(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013, T-44"""
    publish_next(folder, now=NOW)
    clock.shift(DAY)
    second = sign_with_next(folder, now=NOW + DAY).current.kid
    assert len(published(folder)) == 2
    clock.shift(DAY + timedelta(minutes=1))
    assert published(folder) == [second]
    later = NOW + 2 * DAY + timedelta(minutes=1)
    publish_next(folder, now=later)
    sign_with_next(folder, now=later + DAY)
    assert len(list(folder.glob("previous-*.pem"))) == 1


def test_every_key_is_for_the_owner_alone(folder: Path) -> None:
    """T-44"""
    publish_next(folder, now=NOW)
    sign_with_next(folder, now=NOW, too_early=True)
    publish_next(folder, now=NOW)
    files = sorted(folder.glob("*.pem"))
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert not list(folder.glob(".*.pem*"))


def test_rotations_at_once_are_one_after_the_other(folder: Path) -> None:
    """T-31"""
    made: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: made.append(publish_next(folder, now=NOW).keys.kid)
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1
    assert len(published(folder)) == 2


def test_of_two_rotations_at_once_one_lets_the_key_sign(folder: Path) -> None:
    """Z-013, T-31: the other finds no key to rotate to, and breaks nothing"""
    first = key_ring(folder).current.kid
    second = publish_next(folder, now=NOW).keys.kid
    outcomes: list[str] = []
    ready = threading.Barrier(6)

    def rotate_once() -> None:
        ready.wait()
        try:
            outcomes.append(sign_with_next(folder, now=NOW + DAY).current.kid)
        except NoNextKey:
            outcomes.append("none")

    threads = [threading.Thread(target=rotate_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted([second, *["none"] * 5])
    assert key_ring(folder).current.kid == second
    assert [old.keys.kid for old in key_ring(folder).previous] == [first]


def test_a_key_that_was_never_published_never_signs(folder: Path) -> None:
    """Z-013"""
    before = published(folder)
    with pytest.raises(NoNextKey):
        sign_with_next(folder, now=NOW)
    assert published(folder) == before


def test_rotation_that_was_ended_in_the_middle_leaves_every_key(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013: and the next run ends it"""
    publish_next(folder, now=NOW)
    before = published(folder)
    good = token()
    kept = folder / "previous-20270117T080000Z-abcd.pem"
    kept.hardlink_to(folder / KEY_FILE)  # and then the power was cut
    assert published(folder) == before
    assert accepted(good)
    clock.shift(DAY)
    sign_with_next(folder, now=NOW + DAY)
    assert sorted(published(folder)) == sorted(before)
    assert accepted(good)


@pytest.mark.parametrize(
    "name", ["next-20270117T080000Z.pem", "previous-20270117T080000Z-x.pem"]
)
def test_key_beside_that_cannot_be_read_is_named(folder: Path, name: str) -> None:
    """T-44"""
    key_ring(folder)
    (folder / name).write_text("no key")
    with pytest.raises(SigningKeyUnusable, match="no RSA key"):
        key_ring(folder)
    (folder / name).unlink()
    (folder / name.replace("2027", "2099").replace("01", "99")).touch()
    with pytest.raises(SigningKeyUnusable, match="names no time"):
        key_ring(folder)


def test_other_files_in_the_folder_do_not_matter(folder: Path) -> None:
    """T-44"""
    kid = key_ring(folder).current.kid
    for name in ("next.pem", "old-signing-key.pem", "next-x.pem", "README"):
        (folder / name).write_text("x")
    assert published(folder) == [kid]
    make_key(folder / KEY_FILE)
    assert published(folder) == [kid]


# --- the command ----------------------------------------------------------------------
def test_command_goes_one_step_a_run(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013, Z-115"""
    first = key_ring(folder).current.kid
    said = rotate()
    second = key_ring(folder).upcoming[0].keys.kid
    assert said == (
        f"Published the next key, {second}.\n"
        "Run this again after 2027-01-16 08:00:00 UTC to sign with it.\n"
        f"Keys in {folder}:\n"
        f"  current   {first}  signs\n"
        f"  next      {second}  signs from 2027-01-16 08:00:00 UTC\n"
    )
    with pytest.raises(CommandError, match=r"Nothing was changed: .* 2027-01-16 08:00"):
        rotate()
    assert rotate("--status") == "\n".join(said.splitlines()[2:]) + "\n"
    clock.shift(DAY)
    assert rotate() == (
        f"Tokens are signed with {second} from now on.\n"
        f"Keys in {folder}:\n"
        f"  current   {second}  signs\n"
        f"  previous  {first}  verifies until 2027-01-17 08:01:00 UTC\n"
    )


def test_command_can_be_told_not_to_wait(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013: with a warning"""
    first = key_ring(folder).current.kid
    good = token()
    said = rotate("--now")
    assert "Warning: others refuse them until they fetch the key set again" in said
    assert key_ring(folder).current.kid != first
    assert published(folder)[1:] == [first]
    assert accepted(good)
    rotate()
    waiting = key_ring(folder).upcoming[0].keys.kid
    rotate("--now")
    assert key_ring(folder).current.kid == waiting


def test_key_that_has_leaked_is_ended_by_removing_its_file(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013, T-39: as the help of the command says"""
    leaked = token()
    rotate("--now")
    assert accepted(leaked)
    (old,) = folder.glob("previous-*.pem")
    old.unlink()
    assert not accepted(leaked)
    assert accepted(token())


def test_command_says_what_is_wrong_with_a_key(folder: Path) -> None:
    """T-44"""
    key_ring(folder)
    (folder / KEY_FILE).write_text("no key")
    for options in ([], ["--now"], ["--status"]):
        with pytest.raises(CommandError, match="no RSA key in PEM form"):
            rotate(*options)


def test_old_key_verifies_nothing_once_it_is_not_published_any_more(
    folder: Path, clock: time_machine.Traveller
) -> None:
    """Z-013, T-44: in a process that runs on, too, whoever has got hold of the key"""
    stolen = issuer.token_issuer()
    rotate("--now")
    for _ in range(2):  # the folder has come to rest then, and is not read again
        assert accepted(stolen.issue(SOPHIE.claims))
    clock.shift(2 * DAY)
    forged = stolen.issue(SOPHIE.claims, lifetime=timedelta(hours=1))
    assert accepted(token())
    assert len(published(folder)) == 1
    assert not accepted(forged)
