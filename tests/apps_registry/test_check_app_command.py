"""The command that checks a folder, and real folders."""

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps_registry.models import Deployment
from tests.apps_registry.test_check_app import (
    FOLDERS,
    SAMPLE,
    twelve_faults,
)

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("check_app", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.mark.skipif(not FOLDERS, reason="the real folders are not beside us")
@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_real_folders_have_no_errors(path: Path) -> None:
    """D-2: the report alone"""
    assert "no errors" in run(path, "--org", "ttd", "--app", "fra-mal")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--org", "skd"], "'nav/app2018' by its own words, not of 'skd/app2018'"),
        (["--app", "annen"], "'nav/app2018' by its own words, not of 'nav/annen'"),
        (["--org", "nav", "--app", "app2018"], ""),
        ([], ""),
    ],
)
def test_names_given_in_vain_are_told(given: list[str], told: str) -> None:
    """D-2: a folder with names of its own is of that application, whatever is said"""
    text = run(SAMPLE, *given)
    assert "nav/app2018: no errors" in text
    assert ("app-id-given-in-vain" in text) == bool(told)
    assert told in text


@pytest.mark.parametrize(("folder", "status"), [(SAMPLE, 0), (SAMPLE / "no", 1)])
def test_it_runs_where_no_server_is_set_up(folder: Path, status: int) -> None:
    """As in an application's own CI: without a key, a base address or a database"""
    bare = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    command = [sys.executable, "manage.py", "check_app", str(folder)]
    ran = subprocess.run(
        command, cwd=ROOT, env=bare, capture_output=True, check=False, timeout=300
    )
    assert ran.returncode == status, ran.stderr
    assert b"Traceback" not in ran.stderr
    assert (b"no errors" in ran.stdout) == (status == 0)


@pytest.mark.usefixtures("sandbox")
def test_the_command_lists_everything_and_stores_nothing(tmp_path: Path) -> None:
    """D-2: errors and warnings apart, each with its remedy"""
    folder = Path(shutil.copytree(SAMPLE, tmp_path / "app"))
    for path, content in twelve_faults().items():
        (folder / "App" / path).parent.mkdir(exist_ok=True)
        (folder / "App" / path).write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run(folder)
    text = str(caught.value)
    assert text.index("10 error(s):") < text.index("2 warning(s):")
    assert "  config/texts/resource.nn.json:2  json-malformed: " in text
    assert "      Mend the JSON at the line." in text
    assert Deployment.objects.count() == 1
