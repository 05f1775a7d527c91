"""Parse a BPMN process with Altinn's extensions; walking it is the engine's work.

Matches by namespace, never by prefix. What cannot be executed is refused at import,
with its line, never at run time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from apps_registry.choices import MAX_ID
from apps_registry.expressions import Expression, read_condition
from common import xml
from common.errors import Invalid, Issue

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
_ALTINN_BEFORE = "{http://altinn.no}"  # how older files name the same namespace

_IGNORED = frozenset(
    [
        "documentation",
        "extensionElements",
        "laneSet",
        "association",
        "textAnnotation",
        "group",
        "ioSpecification",
        "property",
        "auditing",
        "monitoring",
    ]
)


class ProcessRefused(Invalid):
    """The process has elements that cannot be executed, or does not hang together.

    Every finding names its line in process.bpmn; mend them all and import again.
    """

    code = "process-refused"
    detail = "The process has {count} error(s)."


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done in a task."""

    id: str
    type: Literal["processAction", "serverAction"]


@dataclass(frozen=True, slots=True)
class Extension:
    """An Altinn element of a task, read later: its name, text and what it holds."""

    name: str
    text: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple["Extension", ...]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class StartEvent:
    """Where a process begins."""

    id: str
    outgoing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndEvent:
    """Where a process ends."""

    id: str


@dataclass(frozen=True, slots=True)
class Task:
    """A task; ``kind`` is the wire's ``elementType``."""

    id: str
    name: str
    task_type: str
    kind: Literal["Task", "ServiceTask"]
    actions: tuple[Action, ...]
    extensions: tuple[Extension, ...]
    outgoing: tuple[str, ...]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class ExclusiveGateway:
    """A branch: the flow whose condition holds, else the default."""

    id: str
    default: str
    connected_data_type: str
    outgoing: tuple[str, ...]
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """A way from one element to another; ``condition`` is None for none."""

    id: str
    source: str
    target: str
    condition: Expression


Element: TypeAlias = StartEvent | EndEvent | Task | ExclusiveGateway


@dataclass(frozen=True, slots=True, eq=False)
class ProcessDefinition:
    """A process: its elements in the order of the document, and its flows, by id."""

    id: str
    elements: Mapping[str, Element]
    flows: Mapping[str, SequenceFlow]


def parse_process(content: bytes) -> ProcessDefinition:
    """Return the one process of a document; raises ProcessRefused with all findings."""
    reader = _Reader(xml.parse(content))
    definition = reader.read()
    if reader.issues:
        raise ProcessRefused(issues=reader.issues, count=len(reader.issues))
    return definition


class _Reader:
    """Reads one document, collecting findings."""

    def __init__(self, root: xml.Element) -> None:
        self.root = root
        for node in root.iter(f"{_ALTINN_BEFORE}*"):
            node.tag = ALTINN + str(node.tag).removeprefix(_ALTINN_BEFORE)
        self.issues: list[Issue] = []
        self.refused: set[str] = set()
        self.lines: dict[str, int] = {}
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, SequenceFlow] = {}
        self.leaving: defaultdict[str, list[SequenceFlow]] = defaultdict(list)
        self.arriving: defaultdict[str, list[SequenceFlow]] = defaultdict(list)

    def read(self) -> ProcessDefinition:
        """Read the process, then check that it hangs together."""
        processes = self.root.findall(f".//{BPMN}process")
        if len(processes) != 1:
            text = (
                f"The document has {len(processes)} process elements; it must have one."
            )
            self._note(self.root, "process-count", text)
            return ProcessDefinition("", {}, {})
        process = processes[0]
        for node in process.iterfind(f"{BPMN}sequenceFlow"):
            self._read_flow(node)
        for node in process.iterchildren("*"):
            self._read_node(node)
        self._check_flows()
        self._check_reach(process)
        return ProcessDefinition(process.get("id", ""), self.elements, self.flows)

    def _read_node(self, node: xml.Element) -> None:
        tag = str(node.tag)
        name = tag.removeprefix(BPMN)
        if tag == name or name in _IGNORED or name == "sequenceFlow":
            return
        element_id = node.get("id", "")
        if not element_id:
            self._note(node, "id-missing", f"The {name} has no id; give it one.")
            return
        if element_id in self.elements or element_id in self.flows:
            self._note(node, "id-twice", f"Two elements have the id {element_id!r}.")
            return
        if len(element_id) > MAX_ID:
            text = f"The id of the {name} has more than {MAX_ID} characters."
            self._note(node, "id-too-long", text)
        outgoing = tuple(flow.id for flow in self.leaving[element_id])
        element: Element
        match name:
            case "startEvent":
                element = StartEvent(element_id, outgoing)
            case "endEvent":
                element = EndEvent(element_id)
            case "task" | "serviceTask" | "userTask" | "manualTask":
                element = self._task(node, element_id, name, outgoing)
            case "exclusiveGateway":
                element = self._gateway(node, element_id, outgoing)
            case _:
                text = (
                    f"The {name} {element_id!r} cannot be executed; use start and end"
                    " events, tasks, service tasks and exclusive gateways."
                )
                self._note(node, "element-unsupported", text)
                self.refused.add(element_id)
                return
        if name in ("startEvent", "endEvent"):
            self._refuse_event_definitions(node, element_id)
        self.elements[element_id] = element
        self.lines[element_id] = xml.line_of(node)

    def _task(
        self, node: xml.Element, element_id: str, name: str, outgoing: tuple[str, ...]
    ) -> Task:
        extension = node.find(f"{BPMN}extensionElements/{ALTINN}taskExtension")
        task_type = (
            node.get(f"{ALTINN}tasktype") or node.get(f"{_ALTINN_BEFORE}tasktype") or ""
        )
        actions: list[Action] = []
        extensions: list[Extension] = []
        for child in extension if extension is not None else ():
            tag = str(child.tag).removeprefix(ALTINN)
            if tag == "taskType":
                task_type = (child.text or "").strip()
            elif tag == "actions":
                actions = list(self._actions(child))
            elif isinstance(child.tag, str):
                extensions.append(_extension(child))
        for loop in node.iterfind(f"{BPMN}*"):
            if str(loop.tag).endswith("LoopCharacteristics"):
                text = f"The task {element_id!r} repeats; a task is done once here."
                self._note(loop, "element-unsupported", text)
        if not task_type:
            text = (
                f"The task {element_id!r} has no altinn:taskType; give it one (data,"
                " …)."
            )
            self._note(node, "task-type-missing", text)
        return Task(
            id=element_id,
            name=node.get("name", ""),
            task_type=task_type,
            kind="ServiceTask" if name == "serviceTask" else "Task",
            actions=tuple(actions),
            extensions=tuple(extensions),
            outgoing=outgoing,
            line=xml.line_of(node),
        )

    def _actions(self, node: xml.Element) -> Iterator[Action]:
        for child in node.iterfind(f"{ALTINN}action"):
            kind = child.get("type", "processAction")
            if kind == "serverAction":
                yield Action((child.text or "").strip(), "serverAction")
            elif kind == "processAction":
                yield Action((child.text or "").strip(), "processAction")
            else:
                text = f"The action type {kind!r} is not processAction or serverAction."
                self._note(child, "action-type-unknown", text)

    def _gateway(
        self, node: xml.Element, element_id: str, outgoing: tuple[str, ...]
    ) -> ExclusiveGateway:
        default = node.get("default", "")
        if default and default not in outgoing:
            text = (
                f"The default {default!r} of gateway {element_id!r} is not one of its"
                " flows."
            )
            self._note(node, "default-flow-unknown", text)
        path = (
            f"{BPMN}extensionElements/{ALTINN}gatewayExtension"
            f"/{ALTINN}connectedDataTypeId"
        )
        return ExclusiveGateway(
            element_id,
            default,
            (node.findtext(path) or "").strip(),
            outgoing,
            line=xml.line_of(node),
        )

    def _read_flow(self, node: xml.Element) -> None:
        flow_id = node.get("id", "")
        if not flow_id or flow_id in self.flows:
            self._note(
                node,
                "id-twice",
                f"A flow needs an id of its own; this has {flow_id!r}.",
            )
            return
        condition: Expression = None
        text = (node.findtext(f"{BPMN}conditionExpression") or "").strip()
        if text:
            try:
                condition = read_condition(text)
            except (ValueError, RecursionError):
                detail = (
                    f"The condition of flow {flow_id!r} is not a JSON expression:"
                    f" {text:.80}"
                )
                self._note(node, "condition-malformed", detail)
        flow = SequenceFlow(
            flow_id, node.get("sourceRef", ""), node.get("targetRef", ""), condition
        )
        self.flows[flow_id] = flow
        self.leaving[flow.source].append(flow)
        self.arriving[flow.target].append(flow)
        self.lines[f"flow {flow_id}"] = xml.line_of(node)

    def _refuse_event_definitions(self, node: xml.Element, element_id: str) -> None:
        for child in node:
            name = str(child.tag).removeprefix(BPMN)
            if name.endswith("EventDefinition"):
                text = (
                    f"The {name} of {element_id!r} cannot be executed; use a plain"
                    " event."
                )
                self._note(child, "element-unsupported", text)

    def _check_flows(self) -> None:
        for flow in self.flows.values():
            for what, end in (("sourceRef", flow.source), ("targetRef", flow.target)):
                if end not in self.elements and end not in self.refused:
                    text = f"The {what} {end!r} of flow {flow.id!r} is no element."
                    self._note_at(self.lines[f"flow {flow.id}"], "flow-dangling", text)
        for element in self.elements.values():
            if isinstance(element, StartEvent | Task) and len(element.outgoing) > 1:
                text = (
                    f"Several flows leave {element.id!r}; lead one to an exclusive"
                    " gateway that chooses."
                )
                self._note_at(self.lines[element.id], "several-flows", text)

    def _check_reach(self, process: xml.Element) -> None:
        starts = [e.id for e in self.elements.values() if isinstance(e, StartEvent)]
        ends = [e.id for e in self.elements.values() if isinstance(e, EndEvent)]
        if not starts:
            self._note(
                process, "start-event-missing", "The process has no start event."
            )
        forward = {e: [f.target for f in self.leaving[e]] for e in self.elements}
        backward = {e: [f.source for f in self.arriving[e]] for e in self.elements}
        reachable, ending = _closure(starts, forward), _closure(ends, backward)
        if self.refused:
            return  # what lies behind an unsupported element cannot be judged
        for element_id in self.elements:
            if starts and element_id not in reachable:
                text = f"No flow leads to {element_id!r} from a start event."
                self._note_at(self.lines[element_id], "element-unreachable", text)
            elif element_id not in ending:
                text = f"From {element_id!r} no end event can be reached."
                self._note_at(self.lines[element_id], "dead-end", text)

    def _note(self, node: xml.Element, code: str, text: str) -> None:
        self._note_at(xml.line_of(node), code, text)

    def _note_at(self, line: int, code: str, text: str) -> None:
        self.issues.append(Issue(f"process.bpmn:{line}", code, text))


def _closure(seeds: Sequence[str], edges: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(seeds)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(edges.get(one, ()))
    return found


def _extension(node: xml.Element) -> Extension:
    return Extension(
        name=str(node.tag).removeprefix(ALTINN),
        text=(node.text or "").strip(),
        attributes=tuple(
            (str(k).removeprefix(ALTINN), str(v)) for k, v in node.attrib.items()
        ),
        children=tuple(
            _extension(child) for child in node if isinstance(child.tag, str)
        ),
        line=xml.line_of(node),
    )
