"""Processes as they are read from process.bpmn."""

from pathlib import Path

import pytest

from apps_registry.bpmn import (
    Action,
    EndEvent,
    ExclusiveGateway,
    ProcessRefused,
    StartEvent,
    Task,
    parse_process,
)
from common.xml import XmlDoctypeRefused, XmlMalformed
from tests.shared import APPS

REAL = sorted(APPS.glob("*/App/config/process/process.bpmn"))
HEAD = (
    '<x:definitions xmlns:x="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:y="http://altinn.no/process"><x:process id="P">'
)
TYPED = (
    "<x:extensionElements><y:taskExtension><y:taskType>data</y:taskType>"
    "</y:taskExtension></x:extensionElements>"
)
START, END = '<x:startEvent id="S"/>', '<x:endEvent id="E"/>'
TASK = f'<x:task id="T">{TYPED}</x:task>'
GATEWAY = '<x:exclusiveGateway id="G"/>'


def document(*lines: str) -> bytes:
    """Write a process whose first element stands on line 2."""
    return "\n".join([HEAD, *lines, "</x:process></x:definitions>"]).encode()


def flow(flow_id: str, source: str, target: str, condition: str = "") -> str:
    """Write a sequence flow on one line."""
    inner = f"<x:conditionExpression>{condition}</x:conditionExpression>"
    ends = f'id="{flow_id}" sourceRef="{source}" targetRef="{target}"'
    return f"<x:sequenceFlow {ends}>{inner if condition else ''}</x:sequenceFlow>"


IN, OUT = flow("in", "S", "T"), flow("out", "T", "E")


def findings(content: bytes) -> set[tuple[str, str]]:
    """Return the place and code of everything that is refused."""
    with pytest.raises(ProcessRefused) as caught:
        parse_process(content)
    assert caught.value.code == "process-refused"
    return {(issue.pointer, issue.code) for issue in caught.value.issues}


def test_there_are_real_processes_to_read() -> None:
    """The parametrised test below is not empty."""
    assert len(REAL) == 7


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.parents[3].name)
def test_real_process_is_read_whole(path: Path) -> None:
    """A-203"""
    definition = parse_process(path.read_bytes())
    kinds = [type(element) for element in definition.elements.values()]
    assert kinds.count(StartEvent) == kinds.count(EndEvent) == 1
    tasks = [e for e in definition.elements.values() if isinstance(e, Task)]
    assert all(task.task_type and len(task.outgoing) == 1 for task in tasks)
    for flow_id, found in definition.flows.items():
        source = definition.elements[found.source]
        assert not isinstance(source, EndEvent)
        assert flow_id in source.outgoing
        assert found.target in definition.elements


def test_task_carries_type_actions_and_the_rest_of_its_extension() -> None:
    """A-203"""
    path = APPS / "signing-test/App/config/process/process.bpmn"
    task = parse_process(path.read_bytes()).elements["Task_2"]
    assert isinstance(task, Task)
    assert (task.name, task.task_type, task.kind) == ("Confirm1", "signing", "Task")
    assert task.actions == (
        Action("reject", "processAction"),
        Action("sign", "processAction"),
    )
    (config,) = task.extensions
    assert config.name == "signatureConfig"
    assert [(c.name, c.text) for c in config.children] == [
        ("dataTypesToSign", ""),
        ("signatureDataType", "signature1"),
    ]
    assert config.children[0].children[0].text == "data"


def test_action_type_and_service_task_are_told_apart() -> None:
    """A-203"""
    path = APPS / "multiple-datamodels-test/App/config/process/process.bpmn"
    elements = parse_process(path.read_bytes()).elements
    form, pdf = elements["Task_1"], elements["PdfTask_Task_1"]
    assert isinstance(form, Task) and isinstance(pdf, Task)
    assert form.actions == (Action("random", "serverAction"),)
    assert (pdf.kind, pdf.task_type) == ("ServiceTask", "pdf")


def test_environment_of_a_setting_is_kept_with_it() -> None:
    """A-202"""
    path = APPS / "service-task/App/config/process/process.bpmn"
    task = parse_process(path.read_bytes()).elements["Task_Send_EFormidling"]
    assert isinstance(task, Task)
    disabled = task.extensions[0].children[0]
    assert (disabled.name, disabled.text) == ("disabled", "true")
    assert disabled.attributes == (("env", "development"),)


def test_gateway_knows_its_data_type_and_conditions_in_order() -> None:
    """A-231"""
    path = APPS / "process-transition-test/App/config/process/process.bpmn"
    definition = parse_process(path.read_bytes())
    gateway = definition.elements["Gateway_PostCommit"]
    assert isinstance(gateway, ExclusiveGateway)
    assert gateway.connected_data_type == "TransitionControl"
    assert gateway.outgoing == (
        "Flow_GatewayPC_Service",
        "Flow_GatewayPC_ServiceLayout",
        "Flow_GatewayPC_Task2",
    )
    assert definition.flows["Flow_GatewayPC_Task2"].condition == (
        "notEquals",
        ("dataModel", "path"),
        "postCommit",
    )


def test_prefixes_and_byte_order_mark_do_not_matter() -> None:
    """A-203"""
    content = b"\xef\xbb\xbf" + document(START, TASK, END, IN, OUT)
    assert list(parse_process(content).elements) == ["S", "T", "E"]


def test_old_task_type_attribute_is_read() -> None:
    """A-203"""
    task = '<x:task id="T" y:tasktype="confirmation"/>'
    found = parse_process(document(START, task, END, IN, OUT)).elements["T"]
    assert isinstance(found, Task)
    assert found.task_type == "confirmation"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([TASK, END, OUT], ("process.bpmn:1", "start-event-missing")),
        ([START, '<x:task id="T"/>', END, IN, OUT], (3, "task-type-missing")),
        ([START, TASK, TASK, END, IN, OUT], (4, "id-twice")),
        ([START, TASK, END, IN, OUT, OUT], (7, "id-twice")),
        ([START, f"<x:task>{TYPED}</x:task>", TASK, END, IN, OUT], (3, "id-missing")),
        ([START, TASK, END, IN, OUT, flow("f", "T", "no")], (7, "flow-dangling")),
        ([START, TASK, END, IN, OUT, flow("f", "no", "E")], (7, "flow-dangling")),
        ([START, TASK, END, IN], (3, "dead-end")),
        ([START, TASK, END, flow("in", "S", "E"), OUT], (3, "element-unreachable")),
        (
            [START, TASK, '<x:exclusiveGateway id="G" default="in"/>', END, IN, OUT],
            (4, "default-flow-unknown"),
        ),
        (
            [START, TASK, END, IN, flow("out", "T", "E", "a == b")],
            (6, "condition-malformed"),
        ),
        (
            [START, TASK, END, IN, flow("out", "T", "E", '["not", {"a": 1}]')],
            (6, "condition-malformed"),
        ),
        (
            [START.replace("/>", "><x:timerEventDefinition/></x:startEvent>"), END],
            (2, "element-unsupported"),
        ),
    ],
)
def test_fault_is_refused_with_its_line(
    lines: list[str], expected: tuple[int | str, str]
) -> None:
    """D-30"""
    place, code = expected
    pointer = place if isinstance(place, str) else f"process.bpmn:{place}"
    assert (pointer, code) in findings(document(*lines))


@pytest.mark.parametrize(
    "kind", ["parallelGateway", "inclusiveGateway", "subProcess", "boundaryEvent"]
)
def test_element_that_cannot_be_executed_is_named(kind: str) -> None:
    """D-30"""
    with pytest.raises(ProcessRefused) as caught:
        parse_process(document(START, TASK, f'<x:{kind} id="Odd"/>', END, IN, OUT))
    (issue,) = caught.value.issues
    assert (issue.pointer, issue.code) == ("process.bpmn:4", "element-unsupported")
    assert kind in issue.detail and "Odd" in issue.detail


def test_every_finding_is_listed_at_once() -> None:
    """D-30"""
    untyped = '<x:task id="T"/>'
    found = findings(document(START, untyped, END, IN, OUT, flow("f", "no", "nil")))
    assert found == {
        ("process.bpmn:3", "task-type-missing"),
        ("process.bpmn:7", "flow-dangling"),
    }


@pytest.mark.parametrize("count", [0, 2])
def test_document_must_have_one_process(count: int) -> None:
    """D-30"""
    inside = "<x:process/>" * count
    head = HEAD.partition("<x:process")[0]
    assert findings(f"{head}{inside}</x:definitions>".encode()) == {
        ("process.bpmn:1", "process-count")
    }


def test_xml_itself_is_refused_when_broken_or_with_a_doctype() -> None:
    """D-30"""
    with pytest.raises(XmlMalformed):
        parse_process(document(START)[:-3])
    with pytest.raises(XmlDoctypeRefused):
        parse_process(b"<!DOCTYPE x []>" + document(START, TASK, END, IN, OUT))
