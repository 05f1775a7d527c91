"""What would fail later, or reach outside the folder, is found at import."""

import json
import socket
from collections.abc import Callable, Mapping
from time import process_time

import pytest

from apps_registry.app_check import check_folder
from apps_registry.app_folder import PROCESS, AppFolder, read_folder
from apps_registry.errors import AppFolderRefused
from apps_registry.metadata import FILE as METADATA
from tests.factories import SAMPLES

FILES = read_folder(SAMPLES / "nav" / "app2018").files
SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'


def findings(changed: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Return place and code of what is wrong with the sample, changed like this."""
    try:
        check_folder(AppFolder({**FILES, **changed}))
    except AppFolderRefused as error:
        return {(issue.pointer, issue.code) for issue in error.report.errors}
    return set()


def metadata(**members: object) -> dict[str, bytes]:
    """Return the sample's metadata with other members."""
    document = {**json.loads(FILES[METADATA]), **members}
    return {METADATA: json.dumps(document).encode()}


def data_type(**members: object) -> dict[str, bytes]:
    """Return the sample's metadata with this data type alone."""
    return metadata(dataTypes=[{"id": "default", **members}])


@pytest.mark.parametrize(
    ("changed", "place", "code"),
    [
        (data_type(id="d" * 129), "/dataTypes/0/id", "id-too-long"),
        (data_type(maxCount=2**63), "/dataTypes/0/maxCount", "number-out-of-range"),
        (data_type(minCount=-(2**70)), "/dataTypes/0/minCount", "number-out-of-range"),
        (metadata(other=[{"a": 2**63}]), "/other/0/a", "number-out-of-range"),
        (metadata(other={"a/b~c": 2**63}), "/other/a~1b~0c", "number-out-of-range"),
        (
            metadata(preventInstanceDeletionForDays=-1),
            "/preventInstanceDeletionForDays",
            "number-out-of-range",
        ),
        (
            metadata(preventInstanceDeletionForDays=36_501),
            "/preventInstanceDeletionForDays",
            "number-out-of-range",
        ),
        (metadata(id="nav/" + "a" * 81), "/id", "name-too-long"),
        (metadata(id="n" * 41 + "/app", org="n" * 41), "/id", "name-too-long"),
    ],
)
def test_metadata_that_the_database_has_no_room_for(
    changed: dict[str, bytes], place: str, code: str
) -> None:
    """D-2: one report at import, no failure at run time"""
    assert (f"{METADATA}#{place}", code) in findings(changed)


@pytest.mark.parametrize(
    "changed",
    [
        data_type(maxCount=2**31 - 1),
        metadata(other=[{"a": 2**63 - 1}]),
        metadata(preventInstanceDeletionForDays=36_500),
        metadata(preventInstanceDeletionForDays=0),
        metadata(id="nav/" + "a" * 80),
        metadata(id="n" * 40 + "/app", org="n" * 40),
    ],
)
def test_metadata_at_the_limits_is_taken(changed: dict[str, bytes]) -> None:
    """D-2"""
    assert findings(changed) == set()


def test_an_id_at_the_limit_is_taken() -> None:
    """D-2: others that name the old id are told, and nothing else"""
    found = findings(data_type(id="d" * 128))
    assert {code for _, code in found} == {"data-type-unknown"}


def process(change: Callable[[str], str]) -> dict[str, bytes]:
    """Return the sample's process, changed."""
    return {PROCESS: change(FILES[PROCESS].decode()).encode()}


def test_a_task_whose_id_is_too_long_is_named() -> None:
    """D-2"""
    assert (
        findings(process(lambda text: text.replace("formfilling", "f" * 128))) == set()
    )
    found = findings(process(lambda text: text.replace("formfilling", "f" * 129)))
    assert {code for _, code in found} == {"id-too-long"}


@pytest.mark.parametrize("number", ["1e999", "1" + "0" * 400, "1" * 5_000])
def test_a_number_that_cannot_be_compared_is_refused(number: str) -> None:
    """A-253"""
    flow = (
        '<bpmn:sequenceFlow id="odd" sourceRef="Gateway_decision"'
        ' targetRef="submitted">'
        f'<bpmn:conditionExpression>["equals", 1, {number}]</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow></bpmn:process>"
    )
    found = findings(process(lambda text: text.replace("</bpmn:process>", flow)))
    assert {code for _, code in found} == {"condition-malformed"}


def test_a_long_process_is_read_in_time_that_grows_with_it() -> None:
    """T-19"""
    count = 5_000
    tasks = "".join(f'<x:task id="t{n}"/>' for n in range(count))
    flows = "".join(
        f'<x:sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>'
        for n in range(count - 1)
    )
    head = '<x:definitions xmlns:x="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    text = f"{head}<x:process id='P'>{tasks}{flows}</x:process></x:definitions>"
    begun = process_time()
    assert "task-type-missing" in {
        code for _, code in findings({PROCESS: text.encode()})
    }
    assert process_time() - begun < 4


def schema(inner: str) -> bytes:
    """Write a schema."""
    return f"{SCHEMA}{inner}</xs:schema>".encode()


def test_a_schema_includes_its_neighbours() -> None:
    """T-18: imports only from the app's own folder"""
    common = schema(
        '<xs:simpleType name="t"><xs:restriction base="xs:int"/></xs:simpleType>'
    )
    user = '<xs:include schemaLocation="{}"/><xs:element name="a" type="t"/>'
    assert not findings(
        {
            "models/common.xsd": common,
            "models/with æ/deep.xsd": schema(
                '<xs:include schemaLocation="../common.xsd"/>'
            ),
            "models/one.xsd": schema(user.format("common.xsd")),
            "models/two.xsd": schema(user.format("with%20%C3%A6/deep.xsd")),
        }
    )


def test_a_schema_reaches_no_disk_and_no_network(tmp_path: object) -> None:
    """T-18: imports only from the app's own folder"""
    outside = f"{tmp_path}/common.xsd"
    with open(outside, "wb") as file:
        file.write(schema(""))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        web = f"http://127.0.0.1:{server.getsockname()[1]}/common.xsd"
        for location in (outside, f"file://{outside}", f"../../../../..{outside}", web):
            included = schema(f'<xs:include schemaLocation="{location}"/>')
            found = findings({"models/a.xsd": included})
            assert found == {("models/a.xsd:1", "schema-malformed")}
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_schema_that_is_included_is_held_to_the_same() -> None:
    """T-18"""
    doctype = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + schema("")
    included = schema('<xs:include schemaLocation="common.xsd"/>')
    found = findings({"models/common.xsd": doctype, "models/a.xsd": included})
    assert ("models/common.xsd:1", "xml-doctype-refused") in found
    assert ("models/a.xsd:1", "schema-malformed") in found
