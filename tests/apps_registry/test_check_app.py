"""Everything that is wrong with a folder, in one report with the right places."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import apps_registry
from apps_registry.app_check import check_folder
from apps_registry.app_folder import POLICY, PROCESS, AppFolder, read_folder
from apps_registry.errors import AppFolderRefused
from apps_registry.findings import Report
from apps_registry.metadata import FILE as METADATA
from apps_registry.public_files import LAYOUT_SETS
from apps_registry.remedies import REMEDIES
from tests.factories import SAMPLES
from tests.shared import APPS

SAMPLE = SAMPLES / "nav" / "app2018"
FILES = dict(read_folder(SAMPLE).files)
PAGE = "ui/form/layouts/arbeid.json"
SETTINGS = "ui/form/Settings.json"
FOLDERS = sorted(p for p in APPS.iterdir() if p.is_dir()) if APPS.is_dir() else []


def report_of(**changed: object) -> Report:
    """Check the sample with changed files, None for a missing one."""
    files = {**FILES, **changed}
    kept = {path: content for path, content in files.items() if content is not None}
    folder = AppFolder({path: bytes(content) for path, content in kept.items()})  # type: ignore[call-overload]  # each is bytes
    try:
        return Report((), check_folder(folder).warnings)
    except AppFolderRefused as error:
        return error.report


def with_text(file: str, old: str, new: str) -> bytes:
    """Return a file of the sample with one text replaced."""
    text = FILES[file].decode()
    assert old in text
    return text.replace(old, new, 1).encode()


def with_json(file: str, change: Callable[..., object]) -> bytes:
    """Return a JSON file of the sample, changed in place."""
    document = json.loads(FILES[file])
    change(document)
    return json.dumps(document).encode()


def line_of(file: bytes, text: str) -> int:
    """Return the line on which a text stands."""
    return file.decode().partition(text)[0].count("\n") + 1


def found(report: Report) -> set[tuple[str, str, str]]:
    """Return severity, place and code of each finding."""
    return {(f.severity, f.pointer, f.code) for f in report.all}


def twelve_faults() -> dict[str, bytes]:
    """Return the files of the sample that twelve faults were planted in."""

    def metadata(document: dict[str, object]) -> None:
        types = document["dataTypes"]
        assert isinstance(types, list)
        types[1]["maxCount"] = "fem"
        document["onEntry"] = {"show": "nowhere"}
        document["logo"] = {"size": "huge"}

    def english(document: dict[str, list[dict[str, object]]]) -> None:
        document["resources"].append({"id": "appName", "value": "again"})

    def page(document: dict[str, dict[str, list[dict[str, object]]]]) -> None:
        document["data"]["layout"][2]["id"] = "arbeid-tittel"

    return {
        METADATA: with_json(METADATA, metadata),
        PROCESS: with_text(PROCESS, ">confirmation<", ">signing<"),
        POLICY: with_text(POLICY, "string-equal-ignore-case", "string-like"),
        "config/texts/resource.nn.json": b'{\n"language" "nn"\n}',
        "config/texts/resource.en.json": with_json(
            "config/texts/resource.en.json", english
        ),
        LAYOUT_SETS: with_text(LAYOUT_SETS, '"formfilling"', '"formfiling"'),
        SETTINGS: with_text(SETTINGS, '"sykdom"', '"sykdom", "slutt"'),
        PAGE: with_json(PAGE, page),
        "models/sykmelding.xsd": with_text(
            "models/sykmelding.xsd", 'type="Behandler"', 'type="Lege"'
        ),
        "options/land.json": b'[{"value": "no", "label": 1}]',
    }


def test_a_folder_with_twelve_faults_gets_twelve_findings() -> None:
    """D-2: each at its place, and not one more"""
    changed = twelve_faults()
    signing = line_of(changed[PROCESS], '<bpmn:task id="confirm"')
    function = line_of(changed[POLICY], "string-like")
    lege = line_of(changed["models/sykmelding.xsd"], 'type="Lege"')
    texts = len(json.loads(changed["config/texts/resource.en.json"])["resources"]) - 1
    report = report_of(**changed)
    assert found(report) == {
        ("error", f"{METADATA}#/dataTypes/1/maxCount", "metadata-wrong-type"),
        ("error", f"{METADATA}#/onEntry/show", "layout-set-unknown"),
        ("error", f"{METADATA}#/logo/size", "wrong-value"),
        ("error", f"{PROCESS}:{signing}", "extension-incomplete"),
        ("error", f"{POLICY}:{function}", "policy-function"),
        ("error", "config/texts/resource.nn.json:2", "json-malformed"),
        (
            "warning",
            f"config/texts/resource.en.json#/resources/{texts}/id",
            "text-twice",
        ),
        ("warning", f"{LAYOUT_SETS}#/sets/0/tasks/0", "task-unknown"),
        ("error", f"{SETTINGS}#/pages/order/2", "layout-missing"),
        ("error", f"{PAGE}#/data/layout/2/id", "component-twice"),
        ("error", f"models/sykmelding.xsd:{lege}", "schema-malformed"),
        ("error", "options/land.json#/0/label", "wrong-type"),
    }
    assert len(report.all) == 12
    assert (len(report.errors), len(report.warnings)) == (10, 2)


def test_every_finding_says_where_what_and_how_to_mend() -> None:
    """D-2: file, line or JSON pointer, code, what, how to mend"""
    for finding in report_of(**twelve_faults()).all:
        document = finding.document()
        assert document["file"] in {*FILES, "options/land.json"}
        assert finding.line or "#/" in finding.pointer
        assert document["detail"] and document["mend"]


def test_every_code_has_a_remedy() -> None:
    """D-2: how to mend"""
    room = Path(apps_registry.__file__).parent
    codes: set[str] = set()
    for path in room.glob("*.py"):
        if path.name in ("services.py", "errors.py", "choices.py", "admin.py"):
            continue
        source = path.read_text("utf-8")
        for pattern in (
            r'^\s+(?:\S+, )?"([a-z]+(?:-[a-z]+)+)",\n',
            r'[(,] ?"([a-z]+(?:-[a-z]+)+)", [a-z]',
        ):
            codes |= set(re.findall(pattern, source, re.MULTILINE))
    codes -= {"select-instance", "new-instance", "layout-sets", "policy-refused"}
    assert len(codes) > 60
    assert codes <= REMEDIES.keys(), codes - REMEDIES.keys()


DATA_TYPE = {"dataType": "finnes-ikke"}
TASK = "<altinn:taskType>data</altinn:taskType>"


@pytest.mark.parametrize(
    ("file", "content", "severity", "place", "code"),
    [
        (
            LAYOUT_SETS,
            b'{"sets": [{"id": "form", "dataType": "finnes-ikke"}]}',
            "error",
            "#/sets/0/dataType",
            "data-type-unknown",
        ),
        (
            LAYOUT_SETS,
            b'{"sets": [{"id": "form"}, {"id": "form"}]}',
            "error",
            "#/sets/1/id",
            "layout-set-twice",
        ),
        (
            LAYOUT_SETS,
            b'{"sets": [{"id": "form"}, {"id": "other"}]}',
            "error",
            "#/sets/1/id",
            "layout-set-empty",
        ),
        (LAYOUT_SETS, b'{"set": []}', "error", "#", "member-missing"),
        (SETTINGS, b"{}", "error", "#/pages", "pages-unordered"),
        (
            SETTINGS,
            b'{"pages": {"order": ["arbeid", "sykdom"], "groups": []}}',
            "error",
            "#/pages",
            "pages-unordered",
        ),
        (
            SETTINGS,
            b'{"pages": {"groups": [{"order": ["arbeid", "sykdom", "x"]}]}}',
            "error",
            "#/pages/groups/0/order/2",
            "layout-missing",
        ),
        (
            SETTINGS,
            b'{"pages": {"order": ["arbeid", "sykdom"]}, "defaultDataType": "x"}',
            "error",
            "#/defaultDataType",
            "data-type-unknown",
        ),
        (
            "ui/Settings.json",
            b'{"taskNavigation": [{"taskId": "formfilling"}, {"taskId": "x"}]}',
            "warning",
            "#/taskNavigation/1/taskId",
            "task-unknown",
        ),
        (PAGE, b'{"data": {}}', "error", "#/data", "member-missing"),
        (
            PAGE,
            b'{"data": {"layout": [{"id": "a", "type": "Input",'
            b' "dataModelBindings": {"simpleBinding": {"field": "a",'
            b' "dataType": "x"}}}]}}',
            "error",
            "#/data/layout/0/dataModelBindings/simpleBinding/dataType",
            "data-type-unknown",
        ),
        (
            PAGE,
            b'{"data": {"layout": [{"id": "a", "type": "Group",'
            b' "children": ["0:c", "b"]}, {"id": "c", "type": "Image"}]}}',
            "error",
            "#/data/layout/0/children/1",
            "component-unknown",
        ),
        (
            PAGE,
            b'{"data": {"layout": [{"id": "a", "type": "Subform", "layoutSet": "x"}]}}',
            "error",
            "#/data/layout/0/layoutSet",
            "layout-set-unknown",
        ),
        (
            "ui/form/layouts/extra.json",
            b'{"data": {"layout": []}}',
            "warning",
            "",
            "page-unlisted",
        ),
        ("ui/footer.json", b'{"footer": {}}', "error", "#/footer", "wrong-type"),
        (
            "models/default.prefill.json",
            b'{"allowOverwrite": 1}',
            "error",
            "#/allowOverwrite",
            "wrong-type",
        ),
        ("models/x.prefill.json", b"{}", "warning", "", "data-type-unknown"),
        (
            "models/default.validation.json",
            b'{"validations": {"a/b": ["x"]}}',
            "error",
            "#/validations/a~1b/0",
            "definition-unknown",
        ),
        (
            "models/default.validation.json",
            b'{"definitions": {"x": {"condition": [1, 2]}}}',
            "error",
            "#/definitions/x/condition",
            "condition-malformed",
        ),
        (
            "models/default.validation.json",
            b'{"definitions": {"x": {"severity": "loud"}}}',
            "error",
            "#/definitions/x/severity",
            "wrong-value",
        ),
        (
            "models/default.calculation.json",
            b'{"calculations": {"a": {"expression": []}}}',
            "error",
            "#/calculations/a/expression",
            "condition-malformed",
        ),
        (
            "models/default.schema.json",
            b'{"type": "strin"}',
            "error",
            "#/type",
            "json-schema-invalid",
        ),
        (
            "models/default.schema.json",
            b'{"properties": {"a": {"$ref": "#/$defs/A"}}}',
            "error",
            "#/properties/a/$ref",
            "json-schema-invalid",
        ),
        (
            "models/default.schema.json",
            b'{"$ref": "https://example.org/other.json"}',
            "error",
            "#/$ref",
            "json-schema-invalid",
        ),
        (
            "options/a.json",
            b'[{"value": 1, "label": "a"}, {"value": 1, "label": "b"},'
            b' {"value": true, "label": "c"}]',
            "warning",
            "#/1/value",
            "option-twice",
        ),
        ("ui/form/RuleConfiguration.json", b"{", "error", ":1", "json-malformed"),
        (
            "appsettings.json",
            b'{"NetsPaymentSettings": {"SecretApiKey": "x"}}',
            "warning",
            "#/NetsPaymentSettings/SecretApiKey",
            "secret-in-settings",
        ),
        (
            "appsettings.json",
            b'{"FrontEndSettings": []}',
            "error",
            "#/FrontEndSettings",
            "wrong-type",
        ),
        (
            "config/texts/resource.se.json",
            b'{"language": "nb", "resources": []}',
            "warning",
            "#/language",
            "text-language-mismatch",
        ),
        (
            "config/texts/resource.json",
            b'{"language": "nb", "resources": []}',
            "warning",
            "",
            "texts-misnamed",
        ),
        (
            "config/texts/resource.se.json",
            b'{"language": "se", "resources": [{"id": "a", "value": "{0}",'
            b' "variables": [{"key": "a", "dataSource": "dataModel.x"}]}]}',
            "warning",
            "#/resources/0/variables/0/dataSource",
            "text-source-unknown",
        ),
    ],
)
def test_a_fault_is_found_at_its_place(
    file: str, content: bytes, severity: str, place: str, code: str
) -> None:
    """D-2: one fault, one finding (but for what follows from it)"""
    report = report_of(**{file: content})
    assert (severity, f"{file}{place}", code) in found(report)
    assert len(report.errors) <= 1


def test_references_of_a_schema_may_be_encoded_and_name_list_items() -> None:
    """RFC 6901 in a fragment: percent encoding, escapes, indices"""
    schema = {
        "properties": {
            "a": {"$ref": "#/$defs/bl%C3%A5"},
            "b": {"$ref": "#/$defs/x~1y"},
            "c": {"$ref": "#/allOf/0"},
            "d": {"$ref": "#"},
        },
        "$defs": {"blå": {}, "x/y": {}},
        "allOf": [{}],
    }
    content = json.dumps(schema).encode()
    assert not report_of(**{"models/default.schema.json": content}).errors
