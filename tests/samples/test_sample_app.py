"""The sample application: its forms fit its schemas, and its files fit each other."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from apps_registry.app_check import check_folder
from apps_registry.app_folder import read_folder
from common import xml
from parties import numbers

FOLDER = Path(__file__).resolve().parents[2] / "samples" / "nav" / "app2018"
APP = FOLDER / "App"
EXAMPLES = FOLDER / "examples"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
XACML = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"


@pytest.fixture(scope="module")
def xsd() -> etree.XMLSchema:
    """Compile the XML schema."""
    return etree.XMLSchema(xml.parse((APP / "models/sykmelding.xsd").read_bytes()))


@pytest.fixture(scope="module")
def json_schema() -> Draft202012Validator:
    """Compile the JSON schema."""
    schema = read_json(APP / "models/sykmelding.schema.json")
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker)


def read_json(file: Path) -> dict[str, object]:
    """Return a JSON object."""
    content: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return content


def as_json(element: xml.Element) -> object:
    """Turn form data into what the JSON schema describes."""
    if len(element) == 0:
        text = element.text or ""
        if element.tag in ("grad", "stillingsprosent"):
            return int(text)
        return text == "true" if element.tag == "friskmeldtEtterPerioden" else text
    members: dict[str, object] = {}
    for child in element:
        if child.tag == "periode":
            rows = members.setdefault("periode", [])
            assert isinstance(rows, list)
            rows.append(as_json(child))
        else:
            members[str(child.tag)] = as_json(child)
    return members


def test_folder_imports_without_a_finding() -> None:
    """The whole folder is in order, placeholders need no filling."""
    checked = check_folder(read_folder(FOLDER))
    form = checked.definition.data_type("default")
    assert checked.warnings == ()
    assert checked.definition.app_id == "nav/app2018"
    assert checked.definition.party_types_allowed == {
        *("person", "organisation", "subUnit", "bankruptcyEstate")
    }
    assert (form.is_form, form.auto_create, form.min_count, form.max_count) == (
        True,
        False,
        1,
        1,
    )
    assert checked.definition.data_type("kvittering").allowed_contributors == (
        "org:nav",
    )


def test_example_forms_fit_both_schemas_and_say_the_same(
    xsd: etree.XMLSchema, json_schema: Draft202012Validator
) -> None:
    """One form, in XML and in JSON."""
    root = xml.parse((EXAMPLES / "sykmelding.xml").read_bytes())
    document = read_json(EXAMPLES / "sykmelding.json")
    assert xsd.validate(root), xsd.error_log
    assert list(json_schema.iter_errors(document)) == []
    assert as_json(root) == document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("arbeidstaker/fodselsnummer", "1234"),
        ("arbeidstaker/navn", ""),
        ("arbeidsgiver/organisasjonsnummer", "12345678x"),
        ("behandler/hprNummer", "12"),
        ("diagnose/kodeverk", "ICD-9"),
        ("diagnose/kode", "r74"),
        ("periode/fom", "2018-13-01"),
        ("periode/grad", "0"),
        ("periode/grad", "101"),
        ("tilrettelegging", "x" * 2001),
    ],
)
def test_both_schemas_refuse_the_same_values(
    path: str, value: str, xsd: etree.XMLSchema, json_schema: Draft202012Validator
) -> None:
    """The two schemas describe one form."""
    root = xml.parse((EXAMPLES / "sykmelding.xml").read_bytes())
    element = root.find(path)
    assert element is not None
    element.text = value
    assert not xsd.validate(root)
    assert list(json_schema.iter_errors(as_json(root))) != []


@pytest.mark.parametrize(
    "path", ["arbeidstaker", "arbeidsgiver", "behandler", "friskmeldtEtterPerioden"]
)
def test_both_schemas_miss_the_same_members(
    path: str, xsd: etree.XMLSchema, json_schema: Draft202012Validator
) -> None:
    """The two schemas describe one form."""
    root = xml.parse((EXAMPLES / "sykmelding.xml").read_bytes())
    element = root.find(path)
    assert element is not None
    root.remove(element)
    assert not xsd.validate(root)
    assert list(json_schema.iter_errors(as_json(root))) != []


def test_numbers_in_the_example_are_synthetic_and_valid() -> None:
    """Nobody real is named in a sample."""
    root = xml.parse((EXAMPLES / "sykmelding.xml").read_bytes())
    assert numbers.is_synthetic_ssn(root.findtext("arbeidstaker/fodselsnummer") or "")
    org_number = root.findtext("arbeidsgiver/organisasjonsnummer") or ""
    assert numbers.is_valid_org_number(org_number)
    assert org_number.startswith("3")


def test_attachment_is_a_pdf_whose_table_points_at_its_objects() -> None:
    """A reader finds every object without repairing the file."""
    content = (EXAMPLES / "vedlegg.pdf").read_bytes()
    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    table = content[start:].split(b"trailer")[0].splitlines()
    assert content.startswith(b"%PDF-1.")
    assert content.endswith(b"%%EOF\n")
    assert table[:2] == [b"xref", b"0 6"]
    for number, line in enumerate(table[3:], start=1):
        assert content[int(line[:10]) :].startswith(b"%d 0 obj" % number)


def test_process_leads_to_submitted_and_rejection_back() -> None:
    """The proposal asks for ``workflowStateId=submitted``."""
    root = xml.parse((APP / "config/process/process.bpmn").read_bytes())
    process = root.find(f"{BPMN}process")
    assert process is not None
    flows = {flow.get("id"): flow for flow in process.iter(f"{BPMN}sequenceFlow")}
    targets = {(f.get("sourceRef"), f.get("targetRef")) for f in flows.values()}
    gateway = process.find(f"{BPMN}exclusiveGateway")
    assert gateway is not None
    assert targets == {
        ("StartEvent_1", "formfilling"),
        ("formfilling", "confirm"),
        ("confirm", "Gateway_decision"),
        ("Gateway_decision", "formfilling"),
        ("Gateway_decision", "submitted"),
    }
    assert flows[gateway.get("default")].get("targetRef") == "submitted"
    (condition,) = process.iter(f"{BPMN}conditionExpression")
    assert json.loads(condition.text or "") == ["equals", ["gatewayAction"], "reject"]


def test_process_can_be_drawn_and_every_flow_is_named_at_both_ends() -> None:
    """Drawing tools need a shape for every element and an edge for every flow."""
    root = xml.parse((APP / "config/process/process.bpmn").read_bytes())
    process = root.find(f"{BPMN}process")
    assert process is not None
    flows = {e.get("id"): e for e in process if e.tag == f"{BPMN}sequenceFlow"}
    nodes = {e.get("id"): e for e in process if e.get("id") not in flows}
    assert {e.get("bpmnElement") for e in root.iter(f"{DI}BPMNShape")} == set(nodes)
    assert {e.get("bpmnElement") for e in root.iter(f"{DI}BPMNEdge")} == set(flows)
    for node_id, node in nodes.items():
        outgoing = {e.text for e in node.findall(f"{BPMN}outgoing")}
        incoming = {e.text for e in node.findall(f"{BPMN}incoming")}
        assert outgoing == {
            i for i, f in flows.items() if f.get("sourceRef") == node_id
        }
        assert incoming == {
            i for i, f in flows.items() if f.get("targetRef") == node_id
        }


def test_data_types_belong_to_tasks_of_the_process() -> None:
    """The receipt belongs to no task: it is written after the end."""
    root = xml.parse((APP / "config/process/process.bpmn").read_bytes())
    tasks = {task.get("id") for task in root.iter(f"{BPMN}task")}
    metadata = read_json(APP / "config/applicationmetadata.json")
    types = metadata["dataTypes"]
    assert isinstance(types, list)
    by_id = {data_type["id"]: data_type.get("taskId") for data_type in types}
    assert tasks == {"formfilling", "confirm"}
    assert by_id == {
        "default": "formfilling",
        "vedlegg": "formfilling",
        "kvittering": None,
    }


def test_policy_names_this_app_and_its_states_alone() -> None:
    """Z-116: a policy that names another app's parts would grant nothing."""
    root = xml.parse((APP / "config/authorization/policy.xml").read_bytes())
    values: dict[str, set[str]] = {}
    for match in root.iter(f"{XACML}Match"):
        designator = match.find(f"{XACML}AttributeDesignator")
        assert designator is not None
        attribute = (designator.get("AttributeId") or "").rpartition(":")[2]
        values.setdefault(attribute, set()).add(
            match.findtext(f"{XACML}AttributeValue") or ""
        )
    assert values == {
        "rolecode": {"PRIV", "DAGL", "LEDE", "REGNA"},
        "org": {"nav"},
        "app": {"app2018"},
        "task": {"formfilling", "confirm"},
        "action-id": {
            *("instantiate", "read", "write", "delete"),
            *("confirm", "reject", "complete"),
        },
    }


def test_texts_are_the_same_in_all_languages_and_cover_the_layouts() -> None:
    """A missing text would show its id."""
    ids = {}
    for language in ("nb", "nn", "en"):
        texts = read_json(APP / f"config/texts/resource.{language}.json")
        resources = texts["resources"]
        assert texts["language"] == language
        assert isinstance(resources, list)
        assert all(resource["value"] for resource in resources)
        ids[language] = {resource["id"] for resource in resources}
    used = set()
    for file in sorted((APP / "ui/form/layouts").glob("*.json")):
        for component in layout(file):
            used |= set(component["textResourceBindings"].values())
    assert ids["nb"] == ids["nn"] == ids["en"]
    assert used <= ids["nb"]


def test_layouts_bind_every_field_of_the_form() -> None:
    """The pages ask for everything that the schema has, and for nothing else."""
    settings = read_json(APP / "ui/form/Settings.json")
    schema = read_json(APP / "models/sykmelding.schema.json")
    bound = set()
    for page in settings["pages"]["order"]:  # type: ignore[index]  # JSON
        for component in layout(APP / f"ui/form/layouts/{page}.json"):
            bound |= set(component.get("dataModelBindings", {}).values())
    assert bound - {"periode"} == set(fields(schema, schema))


def layout(file: Path) -> list[dict[str, dict[str, str]]]:
    """Return the components of a page."""
    content: list[dict[str, dict[str, str]]] = read_json(file)["data"]["layout"]  # type: ignore[index]  # JSON
    return content


def fields(
    schema: dict[str, object], node: dict[str, object], path: str = ""
) -> list[str]:
    """Return the paths of all values that the schema describes."""
    if "$ref" in node:
        definitions = schema["$defs"]
        assert isinstance(definitions, dict)
        return fields(schema, definitions[str(node["$ref"]).rpartition("/")[2]], path)
    if "items" in node:
        assert isinstance(node["items"], dict)
        return fields(schema, node["items"], path)
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return [path]
    below = [
        fields(schema, p, f"{path}.{n}".lstrip(".")) for n, p in properties.items()
    ]
    return [found for some in below for found in some]
