"""Contents compared with their rows, on every kind of store."""

import json
import os
import signal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from data_elements import blobs, verification
from data_elements.models import DataElement
from instances.models import Instance
from tests.data_elements.stores.kinds import Kind
from tests.factories import FORM, make_element, make_instance
from tests.faulty_proxy import Fault

pytestmark = pytest.mark.usefixtures("sandbox")


class Output(StringIO):
    """What a run printed, and how it ended."""

    status = 0
    error = ""


def verify(*arguments: str) -> Output:
    """Run the command."""
    output = Output()
    try:
        call_command("verify_blobs", *arguments, stdout=output, stderr=output)
    except CommandError as error:
        output.status, output.error = error.returncode, str(error)
    return output


@pytest.fixture
def three(kind: Kind) -> list[DataElement]:
    """Three elements, in the order of their ids."""
    instance = make_instance()
    return [make_element(instance=instance) for _ in range(3)]


def test_contents_as_their_rows_say_are_no_finding(three: list[DataElement]) -> None:
    done = verify()
    assert done.status == 0
    assert done.getvalue() == (
        f"Looked at 3 contents ({3 * len(FORM)} bytes), 0 bad.\n"
    )


def test_each_bad_content_is_told(kind: Kind, three: list[DataElement]) -> None:
    """Missing, cut short and changed by a single bit"""
    blobs.discard(three[0].blob_key)
    kind.put(three[1].blob_key, FORM[:-1])
    kind.put(three[2].blob_key, bytes([FORM[0] ^ 1]) + FORM[1:])
    done = verify()
    assert done.status == 1
    lines = done.getvalue().splitlines()
    for line, element, what in zip(
        lines,
        three,
        ("missing", f"{len(FORM) - 1} bytes instead of {len(FORM)}", "SHA-256 "),
        strict=True,
    ):
        assert line.startswith(what)
        assert str(element.pk) in line
        assert element.blob_key in line
    assert done.error.endswith("3 bad.")


def test_an_interrupted_run_goes_on_where_it_was(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM in the middle, then the rest; what was bad before is not forgotten"""
    elements = [make_element(instance=instance) for _ in range(4)]
    blobs.discard(elements[0].blob_key)
    state = tmp_path / "state.json"
    look_at = verification._look_at

    def interrupted(element: DataElement) -> verification.Looked:
        if element.pk == elements[1].pk:
            os.kill(os.getpid(), signal.SIGTERM)
        return look_at(element)

    with monkeypatch.context() as patched:
        patched.setattr(verification, "_look_at", interrupted)
        first = verify("--state", str(state))
    assert (first.status, first.error.split()[:3]) == (1, ["Stopped", "after", "2"])
    assert json.loads(state.read_text())["after"] == str(elements[1].pk)
    second = verify("--state", str(state))
    assert second.getvalue() == ""
    assert second.error.startswith("Looked at 4 contents")
    assert second.error.endswith("1 bad.")
    assert not state.exists()


def test_a_store_that_cannot_be_read_ends_the_run_and_says_so(
    far_away: Kind, tmp_path: Path
) -> None:
    """Nothing is called bad because the network is down"""
    instance = make_instance()
    elements = [make_element(instance=instance) for _ in range(3)]
    key = elements[1].blob_key
    far_away.faulty.faults.append(Fault("error", lambda method, path: key in path))
    state = tmp_path / "state.json"
    done = verify("--state", str(state))
    assert (done.status, done.getvalue()) == (2, "")
    assert "Looked at 1 contents until then" in done.error
    far_away.faulty.faults.clear()
    assert verify("--state", str(state)).getvalue().startswith("Looked at 3 contents")


def test_what_is_deleted_meanwhile_is_no_finding(
    element: DataElement, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_blob = blobs.open_blob

    def deleted_first(key: str) -> object:
        DataElement.objects.all().delete()
        blobs.discard(key)
        return open_blob(key)

    monkeypatch.setattr(blobs, "open_blob", deleted_first)
    assert verify().status == 0


def test_a_sample_looks_at_some(instance: Instance) -> None:
    """Of 60 contents, half: 3 in a thousand million runs give less than 10"""
    for _ in range(60):
        make_element(instance=instance)
    looked_at = int(verify("--sample", "50").getvalue().split()[2])
    assert 10 <= looked_at <= 50


@pytest.mark.parametrize("value", ["0", "101", "half"])
def test_a_sample_is_a_percentage(db: None, value: str) -> None:
    assert "is no number above 0" in verify("--sample", value).error


def test_a_state_of_something_else_is_refused(db: None, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("[]")
    assert "is no state of this command" in verify("--state", str(state)).error
    assert state.exists()


def test_a_bar_shows_how_far_it_is(element: DataElement) -> None:
    printed = verify("--progress").getvalue()
    assert f"[{'#' * 30}] 100%  1 contents, 0 bad\n" in printed
