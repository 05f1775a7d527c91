"""Importing by command beside running instances: none is stranded unasked."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps_registry import catalogue
from apps_registry.models import Deployment
from process.deployments import stranded_by
from tests.factories import SAMPLES, make_instance, sample_app

pytestmark = pytest.mark.usefixtures("sandbox")
RENAMED = (
    "config/applicationmetadata.json",
    "config/process/process.bpmn",
    "ui/layout-sets.json",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample application with another name for its first task."""
    copy = Path(shutil.copytree(SAMPLES / "nav" / "app2018", tmp_path / "app"))
    for name in RENAMED:
        file = copy / "App" / name
        file.write_bytes(file.read_bytes().replace(b'"formfilling"', b'"utfylling"'))
    return copy


def run(*arguments: object) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("import_app", *map(str, arguments), stdout=output, stderr=StringIO())
    return output.getvalue()


def test_an_import_that_strands_instances_is_refused(folder: Path) -> None:
    """With the list, and what one can say; nothing is stored"""
    instance = make_instance()
    with pytest.raises(CommandError) as caught:
        run(folder)
    told = str(caught.value)
    assert "1 running instance(s) would be stranded" in told
    assert f"  {instance.instance_id}" in told
    assert "--force" in told and "--no-activate" in told
    assert Deployment.objects.count() == 1
    assert catalogue.definition_of("nav", "app2018").number == 1


def test_it_can_be_stored_alone_or_forced(folder: Path) -> None:
    """--no-activate and --force"""
    make_instance()
    assert "deployment 2" in (told := run(folder, "--no-activate", "--label", "ny"))
    assert "not served" in told
    assert catalogue.definition_of("nav", "app2018").number == 1
    assert Deployment.objects.get(number=2).label == "ny"
    assert "serving deployment 2" in run(folder, "--force")
    assert catalogue.definition_of("nav", "app2018").number == 2


def test_nothing_runs_so_nothing_is_stranded(folder: Path) -> None:
    """What has ended or is gone has no task to lose"""
    make_instance(submitted=True)
    make_instance(hard_deleted=True)
    assert "imported deployment 2" in run(folder)


def test_only_what_the_served_one_has_can_be_lost(folder: Path) -> None:
    """An instance that was stranded before does not block the next deployment"""
    make_instance()
    run(folder, "--force")
    text = folder / "App" / "config" / "texts" / "resource.nb.json"
    text.write_text('{"language": "nb", "resources": []}', "utf-8")
    assert "imported deployment 3" in run(folder)
    assert stranded_by(sample_app(), sample_app()) is None
