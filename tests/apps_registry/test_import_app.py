"""Importing applications: real folders come in, broken ones are refused whole."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps_registry import catalogue, services
from apps_registry.errors import AppFolderRefused, AppNotFound
from apps_registry.models import (
    Application,
    Deployment,
    DeploymentFile,
    RegistryVersion,
)
from tests.apps_registry.policy_xml import (
    OTHER_SUBJECT,
    SUBJECT,
    any_of,
    policy,
    rule,
)
from tests.factories import SAMPLES
from tests.shared import APPS

pytestmark = pytest.mark.usefixtures("sandbox")
SAMPLE = SAMPLES / "nav" / "app2018"
FOLDERS = sorted(p for p in APPS.iterdir() if p.is_dir()) if APPS.is_dir() else []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample application that can be broken."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "app"))


def run(*arguments: object) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("import_app", *map(str, arguments), stdout=output, stderr=StringIO())
    return output.getvalue()


@pytest.mark.skipif(
    not FOLDERS, reason="the real application folders are not beside us"
)
@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_every_real_folder_imports(path: Path) -> None:
    """D-2, A-202, A-203, Z-059: placeholders are filled"""
    report = services.import_app(path, org="ttd", app="fra-mal")
    definition = catalogue.definition_of(*report.app_id.split("/"))
    assert definition.metadata["id"] == report.app_id
    assert definition.data_types
    assert definition.process.elements


def test_the_same_content_makes_no_second_deployment() -> None:
    """D-2"""
    assert "was imported before; serving deployment 1" in run(SAMPLE)
    assert Deployment.objects.filter(application__app_id="nav/app2018").count() == 1


def test_an_owner_without_a_number_is_told_of(folder: Path) -> None:
    """D-2: or nobody would know why no token is its service owner's"""
    errors = StringIO()
    call_command("import_app", str(SAMPLE), stdout=StringIO(), stderr=errors)
    assert errors.getvalue() == ""
    metadata = folder / "App" / "config" / "applicationmetadata.json"
    text = metadata.read_text("utf-8").replace("nav/app2018", "foo/app2018")
    metadata.write_text(text.replace('"org": "nav"', '"org": "foo"'), "utf-8")
    call_command("import_app", str(folder), stdout=StringIO(), stderr=errors)
    assert "foo has no organisation number here" in errors.getvalue()


def test_new_content_is_a_new_deployment_and_serves_at_once(folder: Path) -> None:
    """D-2: immutable, numbered; the old one stays"""
    text = folder / "App" / "config" / "texts" / "resource.nb.json"
    text.write_text('{"language": "nb", "resources": []}', "utf-8")
    assert "imported deployment 2" in run(folder)
    assert catalogue.definition_of("nav", "app2018").number == 2
    kept = DeploymentFile.objects.filter(
        deployment__number=1, path="config/texts/resource.nb.json"
    )
    assert bytes(kept.get().content) != text.read_bytes()
    assert "serving deployment 1" in run(SAMPLE, "--activate")
    assert catalogue.definition_of("nav", "app2018").number == 1


def test_a_label_is_as_long_as_the_database_has_room_for(folder: Path) -> None:
    """SQLite holds no text to its length"""
    (folder / "App" / "options").mkdir()
    (folder / "App" / "options" / "a.json").write_text("[]", "utf-8")
    with pytest.raises(CommandError, match="may have 80 characters; this one has 81"):
        run(folder, "--label", "a" * 81)
    run(folder, "--label", "a" * 80)
    assert [one.label for one in Deployment.objects.order_by("number")][1:] == [
        "a" * 80
    ]


def test_an_old_folder_does_not_undo_what_was_deployed_since(folder: Path) -> None:
    """D-2: as when a sandbox starts that somebody has changed meanwhile"""
    (folder / "App" / "options").mkdir()
    (folder / "App" / "options" / "a.json").write_text("[]", "utf-8")
    run(folder)
    told = run(SAMPLE)
    assert "was imported before as deployment 1, not served now" in told
    assert "--activate" in told
    assert catalogue.definition_of("nav", "app2018").number == 2
    assert "not served now" in run(SAMPLE, "--no-activate")
    assert catalogue.definition_of("nav", "app2018").number == 2
    assert "serving deployment 1" in run(SAMPLE, "--activate")
    assert catalogue.definition_of("nav", "app2018").number == 1


def test_other_processes_notice_by_the_counter(folder: Path) -> None:
    """D-2: a counter that is read at most once a second"""
    before = RegistryVersion.objects.get().number
    (folder / "App" / "options").mkdir()
    (folder / "App" / "options" / "a.json").write_text("[]", "utf-8")
    run(folder)
    assert RegistryVersion.objects.get().number == before + 1


def test_every_finding_is_listed_with_its_place(folder: Path) -> None:
    """D-2: one report of all, and nothing is stored"""
    config = folder / "App" / "config"
    metadata = config / "applicationmetadata.json"
    broken = metadata.read_text("utf-8").replace('"maxCount": 5', '"maxCount": "fem"')
    metadata.write_text(broken, "utf-8")
    (config / "process" / "process.bpmn").write_text("<a>", "utf-8")
    policy = config / "authorization" / "policy.xml"
    changed = policy.read_text("utf-8").replace("string-equal", "string-like", 1)
    policy.write_text(changed, "utf-8")
    (config / "texts" / "resource.nn.json").write_text('{\n"a" 1\n}', "utf-8")
    (folder / "App" / "models" / "sykmelding.xsd").write_text("<x/>", "utf-8")
    with pytest.raises(CommandError) as caught:
        run(folder)
    report = str(caught.value)
    for place in (
        "applicationmetadata.json#/dataTypes/",
        "process.bpmn:1",
        "policy.xml:",
        "resource.nn.json:2",
        "sykmelding.xsd:1",
    ):
        assert place in report
    assert "nothing was stored" in report
    assert Deployment.objects.filter(application__app_id="nav/app2018").count() == 1


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("config/applicationmetadata.json", "file-missing"),
        ("config/process/process.bpmn", "file-missing"),
        ("config/authorization/policy.xml", "file-missing"),
    ],
)
def test_a_missing_file_is_named(folder: Path, missing: str, code: str) -> None:
    """D-2"""
    (folder / "App" / missing).unlink()
    with pytest.raises(AppFolderRefused) as caught:
        services.import_app(folder)
    assert (missing, code) in {(i.pointer, i.code) for i in caught.value.issues}


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    """T-17"""
    secret = tmp_path / "secret.json"
    secret.write_text("{}", "utf-8")
    (folder / "App" / "models" / "link.json").symlink_to(secret)
    with pytest.raises(AppFolderRefused) as caught:
        services.import_app(folder)
    assert caught.value.issues[0].code == "link-refused"


def test_code_and_other_files_are_left_out(folder: Path) -> None:
    """D-2: what is no configuration is not read"""
    (folder / "App" / "models" / "model.cs").write_text("class A {}", "utf-8")
    run(folder)
    assert not DeploymentFile.objects.filter(path__endswith=".cs").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("NAV/app2018", "app-id-invalid"),
        ("nav/2018app", "app-id-invalid"),
        ("nav", "app-id-invalid"),
        ("[ORG]/[APP]", "app-id-invalid"),
        ("admin/app", "name-reserved"),
        ("nav/instances", "name-reserved"),
    ],
)
def test_names_that_cannot_stand_in_an_address(
    folder: Path, given: str, code: str
) -> None:
    """D-18, Z-093"""
    metadata = folder / "App" / "config" / "applicationmetadata.json"
    text = metadata.read_text("utf-8").replace("nav/app2018", given)
    metadata.write_text(text, "utf-8")
    with pytest.raises(AppFolderRefused) as caught:
        services.import_app(folder)
    assert code in {issue.code for issue in caught.value.issues}
    assert Application.objects.count() == 1


def test_config_files_may_have_comments_and_trailing_commas(folder: Path) -> None:
    """app-api.md §15"""
    text = folder / "App" / "config" / "texts" / "resource.nb.json"
    text.write_bytes(
        b'\xef\xbb\xbf{ // a comment\n"language": "nb", /* more */ "resources": [],\n}'
    )
    assert "imported deployment" in run(folder)


def test_a_policy_of_two_meanings_takes_the_apps_own_word(folder: Path) -> None:
    """Z-063, D-10: refused, unless the application says that it means Altinn's"""
    config = folder / "App" / "config"
    both = rule(any_of([SUBJECT]), any_of([OTHER_SUBJECT]))
    (config / "authorization" / "policy.xml").write_bytes(policy(both))
    with pytest.raises(AppFolderRefused) as caught:
        services.import_app(folder)
    assert {issue.code for issue in caught.value.report.errors} == {"policy-ambiguous"}
    metadata = config / "applicationmetadata.json"
    stated = metadata.read_text("utf-8").replace("{", '{"policySemantics": "x",', 1)
    metadata.write_text(stated, "utf-8")
    with pytest.raises(AppFolderRefused) as caught:
        services.import_app(folder)
    assert "wrong-value" in {issue.code for issue in caught.value.issues}
    metadata.write_text(stated.replace('"x"', '"altinn"', 1), "utf-8")
    services.import_app(folder)
    definition = catalogue.definition_of("nav", "app2018")
    assert definition.policy.semantics == "altinn"


def test_unknown_members_are_kept(folder: Path) -> None:
    """app-api.md §15.1: preserved and echoed"""
    metadata = folder / "App" / "config" / "applicationmetadata.json"
    text = metadata.read_text("utf-8").replace("{", '{"futureMember": {"a": 1},', 1)
    metadata.write_text(text, "utf-8")
    run(folder)
    definition = catalogue.definition_of("nav", "app2018")
    assert definition.metadata["futureMember"] == {"a": 1}


def test_an_unknown_app_is_not_found() -> None:
    """A-001"""
    with pytest.raises(AppNotFound):
        catalogue.definition_of("nav", "finnes-ikke")
