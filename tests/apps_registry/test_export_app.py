"""An export is what was imported: importing it again is the same deployment."""

from io import StringIO
from pathlib import Path
from time import process_time

import pytest
from django.core.management import CommandError, call_command

from apps_registry import services
from apps_registry.app_folder import read_folder
from apps_registry.models import Deployment
from tests.factories import SAMPLES
from tests.shared import APPS

pytestmark = pytest.mark.usefixtures("sandbox")
SAMPLE = SAMPLES / "nav" / "app2018"
FOLDERS = sorted(p for p in APPS.iterdir() if p.is_dir()) if APPS.is_dir() else []
MOST_SECONDS = 2


def export(*arguments: object) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("export_app", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.mark.skipif(not FOLDERS, reason="the real folders are not beside us")
@pytest.mark.parametrize("path", [*FOLDERS, SAMPLE], ids=lambda path: path.name)
def test_every_folder_comes_out_as_it_went_in(path: Path, tmp_path: Path) -> None:
    """Export equals import, byte for byte, and is the same deployment again"""
    names = {"org": "ttd", "app": "fra-mal"}
    begun = process_time()
    report = services.import_app(path, **names)
    assert process_time() - begun < MOST_SECONDS
    before = Deployment.objects.count()
    folder = tmp_path / "out"
    assert f"{report.files} files" in export(report.app_id, folder)
    assert read_folder(folder) == read_folder(path)
    again = services.import_app(folder, **names)
    assert (again.number, again.created) == (report.number, False)
    assert Deployment.objects.count() == before


def test_an_earlier_deployment_is_exported_by_its_number(tmp_path: Path) -> None:
    """The one served by default"""
    own = read_folder(SAMPLE)
    policy = own.files["config/authorization/policy.xml"] + b"<!-- second -->"
    services.replace_policy(org="nav", app="app2018", content=policy)
    export("nav/app2018", tmp_path / "second")
    export("nav/app2018", tmp_path / "first", "--deployment", 1)
    assert read_folder(tmp_path / "first") == own
    assert read_folder(tmp_path / "second") != own


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    """An unknown application or number, and a folder that has something"""
    with pytest.raises(CommandError, match="nav/borte"):
        export("nav/borte", tmp_path / "a")
    with pytest.raises(CommandError, match="no deployment 9"):
        export("nav/app2018", tmp_path / "a", "--deployment", 9)
    assert not (tmp_path / "a").exists()
    kept = tmp_path / "kept.txt"
    kept.write_text("mine", "utf-8")
    for place in (tmp_path, kept):
        with pytest.raises(CommandError, match="not an empty folder"):
            export("nav/app2018", place)
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
