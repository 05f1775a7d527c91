"""What every command of ``manage.py`` owes its operator: help, and no traceback."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)

from altinn.rooms_work import WORK

ROOT = Path(__file__).resolve().parents[2]
OURS = {
    name: str(room)
    for name, room in get_commands().items()
    if (ROOT / str(room) / "management" / "commands" / f"{name}.py").is_file()
}
LONG = "x" * 300  # more than a file's name may have, wherever it is


def help_of(name: str) -> str:
    """Return what ``--help`` shows."""
    parser = load_command_class(OURS[name], name).create_parser("manage.py", name)
    return parser.format_help()


@pytest.mark.parametrize("name", sorted(OURS))
def test_help_has_examples_and_says_what_the_status_means(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")  # or it is as wide as the terminal
    text = help_of(name)
    _, _, end = text.partition("\nexamples:\n")
    examples, _, status = end.partition("\nexit status:\n")
    assert re.search(rf"^  manage\.py {name}\b", examples, re.MULTILINE)
    assert " ".join(status.split()).startswith("0; 1 if ")
    own = text.partition("\noptions:\n")[0]
    assert len(own) > 200
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(OURS))
def test_examples_are_command_lines_that_it_takes(name: str) -> None:
    """style.md §11: as far as the parser can tell"""
    command = load_command_class(OURS[name], name)
    parser = command.create_parser("manage.py", name)
    for example in command.examples:
        called, *arguments = example.replace("'release 7'", "release").split()
        assert called == name
        parser.parse_args(arguments)


def test_the_worker_explains_every_room() -> None:
    text = help_of("worker").partition("\noptions:\n")[0]
    for room in WORK:
        assert re.search(rf"^  {room}\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    [
        "worker --poll 0",
        "worker --poll -1",
        "worker --poll nan",
        "worker --rooms nothing",
        "refresh_dashboard --every 0",
        "refresh_dashboard --every inf",
        "sweep_blobs --older-than -1",
        "sweep_blobs --older-than nan",
        "sweep_blobs --older-than 999999999999999999",
        "generate_parties --count 0",
        f"check_app {LONG}",
        f"import_app {LONG}",
        f"export_app nav/app2018 {LONG}",
        f"verify_blobs --state {LONG}",
        "verify_blobs --state .",
        "purge_instances --app nothing",
        "purge_instances --app nav/nothing",
        "purge_instances --app nav/",
    ],
)
@pytest.mark.usefixtures("sandbox")
def test_what_makes_no_sense_is_an_error_with_its_value(line: str) -> None:
    name, *arguments = line.split()
    with pytest.raises(CommandError) as caught:
        call_command(name, *arguments, stdout=StringIO(), stderr=StringIO())
    value = arguments[-1][:200]
    said = str(caught.value)
    assert re.search(rf"(?<![\w.]){re.escape(value)}(?![\d.]*\d)", said), said


@pytest.mark.usefixtures("sandbox")
def test_an_application_without_instances_may_be_purged() -> None:
    output = StringIO()
    call_command("purge_instances", "--app", "nav/app2018", stdout=output)
    assert "Looked at 0" in output.getvalue()


@pytest.mark.parametrize("name", ["check_app", "import_app"])
@pytest.mark.usefixtures("sandbox")
def test_a_path_that_is_no_folder_is_told_apart(tmp_path: Path, name: str) -> None:
    (tmp_path / "app.zip").write_bytes(b"PK")
    for path, told in (
        (tmp_path / "gone", "There is nothing at"),
        (tmp_path / "app.zip", "is a file, and an application is a folder"),
        (tmp_path, "There is no folder config/ in"),
    ):
        with pytest.raises(CommandError, match=told):
            call_command(name, str(path), stdout=StringIO())


def test_a_state_that_is_none_is_told(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.write_text('{"after": 3}')
    with pytest.raises(CommandError, match="is no state of this command"):
        call_command("verify_blobs", "--state", str(state))
