"""The process engine, pure: a definition, a state and an action give the next state.

No I/O and no clock of its own; the state is the wire's document (storage-api.md §3.5).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from apps_registry.bpmn import (
    Element,
    EndEvent,
    ExclusiveGateway,
    ProcessDefinition,
    SequenceFlow,
    StartEvent,
    Task,
)
from apps_registry.expressions import Expression
from common.errors import Phrase
from common.times import parse_time, wire_time
from instances.choices import InstanceEventType
from process.conditions import GatewayContext, evaluate
from process.errors import (
    NoWayOn,
    ProcessEnded,
    ProcessLoop,
    ProcessMissing,
    SeveralWaysOn,
    StartEventNotFound,
    TaskNotInDeployment,
)

Choose = Callable[[Expression, GatewayContext], bool]
# A gateway and its flows give the flow to take, None to leave it open.
Pick = Callable[[str, tuple[str, ...]], str | None]

COMPLETE_MOVE = "CompleteCurrentMoveToNext"
ABANDON_MOVE = "AbandonCurrentMoveToNext"
REJECT = "reject"

_BY_WRITING = ("write",)
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("data", "feedback", "pdf", "subformPdf", "eFormidling", "fiksArkiv"),
        _BY_WRITING,
    ),
    "payment": ("pay", "write"),
    "confirmation": ("confirm",),
    "signing": ("sign", "write"),
}


def actions_allowing_next(task_type: str) -> tuple[str, ...]:
    """Return the actions of which any leaves a task (authorization.md §5.11)."""
    return _ACTIONS.get(task_type, (task_type,))


@dataclass(frozen=True, slots=True)
class CurrentTask:
    """The task that a process stands in."""

    flow: int
    started: datetime
    element_id: str
    name: str
    task_type: str
    flow_type: str = ""

    def to_document(self) -> dict[str, object]:
        """Return the wire's ProcessElementInfo."""
        document: dict[str, object] = {
            "flow": self.flow,
            "started": wire_time(self.started),
            "elementId": self.element_id,
            "name": self.name,
            "altinnTaskType": self.task_type,
            "flowType": self.flow_type,
        }
        return {name: value for name, value in document.items() if value != ""}


@dataclass(frozen=True, slots=True)
class ProcessState:
    """Where a process stands; ``started`` is None before it begins."""

    started: datetime | None = None
    start_event: str = ""
    current_task: CurrentTask | None = None
    ended: datetime | None = None
    end_event: str = ""

    def to_document(self) -> dict[str, object]:
        """Return the wire's ProcessState, absent members left out."""
        document: dict[str, object] = {}
        if self.started is not None:
            document["started"] = wire_time(self.started)
        if self.start_event:
            document["startEvent"] = self.start_event
        if self.current_task is not None:
            document["currentTask"] = self.current_task.to_document()
        if self.ended is not None:
            document["ended"] = wire_time(self.ended)
        if self.end_event:
            document["endEvent"] = self.end_event
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "ProcessState":
        """Read the wire's ProcessState."""
        task = document.get("currentTask")
        return cls(
            started=_time(document.get("started")),
            start_event=str(document.get("startEvent") or ""),
            current_task=_task_from(task) if isinstance(task, Mapping) else None,
            ended=_time(document.get("ended")),
            end_event=str(document.get("endEvent") or ""),
        )


@dataclass(frozen=True, slots=True)
class ProcessEvent:
    """A line of history: what happened, and the state that tells of it."""

    event_type: InstanceEventType
    state: ProcessState


@dataclass(frozen=True, slots=True)
class Move:
    """A step: the new state, its history, and the tasks left and entered.

    Empty for none.
    """

    state: ProcessState
    events: tuple[ProcessEvent, ...]
    left: str = ""
    entered: str = ""


def leave_open(gateway: str, flows: tuple[str, ...]) -> None:
    """Choose none of a gateway's flows: the definition alone decides."""


def start_events(definition: ProcessDefinition) -> Iterator[str]:
    """Yield the ids of the start events."""
    return (e.id for e in definition.elements.values() if isinstance(e, StartEvent))


def find_task(definition: ProcessDefinition, element_id: str | None) -> Task | None:
    """Return the task of this id, None when there is none."""
    element = definition.elements.get(element_id or "")
    return element if isinstance(element, Task) else None


def current_task(definition: ProcessDefinition, state: ProcessState) -> Task:
    """Return the task that the process stands in.

    Raises ProcessMissing, ProcessEnded or TaskNotInDeployment.
    """
    if state.ended is not None:
        raise ProcessEnded
    if state.current_task is None:
        raise ProcessMissing
    task = find_task(definition, state.current_task.element_id)
    if task is None:
        raise TaskNotInDeployment(
            what=Phrase("task"), name=state.current_task.element_id
        )
    return task


def start(
    definition: ProcessDefinition,
    *,
    now: datetime,
    start_event: str | None = None,
    choose: Choose = evaluate,
    pick: Pick = leave_open,
) -> Move:
    """Begin the process and move to its first element; raises StartEventNotFound."""
    known = list(start_events(definition))
    if start_event is None and len(known) == 1:
        start_event = known[0]
    if start_event not in known:
        raise StartEventNotFound
    begun = ProcessState(started=now, start_event=start_event)
    target = _next_element(
        definition, start_event, action=None, choose=choose, pick=pick
    )
    state, events = _enter(begun, target, now=now, flow=2, flow_type=COMPLETE_MOVE)
    entered = target.id if isinstance(target, Task) else ""
    at_start = CurrentTask(1, now, start_event, "", "")
    first = ProcessEvent(
        InstanceEventType.PROCESS_START_EVENT, replace(begun, current_task=at_start)
    )
    # Of a start that leads straight to the end only the first event of the move is
    # kept.
    return Move(state=state, events=(first, *events[:1]), entered=entered)


def advance(
    definition: ProcessDefinition,
    state: ProcessState,
    *,
    now: datetime,
    action: str | None,
    choose: Choose,
    pick: Pick = leave_open,
) -> Move:
    """Leave the current task for the next element.

    ``action`` ``reject`` abandons the task instead of completing it; gateways may ask
    for it, and ``pick`` chooses at those without conditions. Raises what
    ``current_task`` does, NoWayOn, SeveralWaysOn and ProcessLoop.
    """
    task = current_task(definition, state)
    abandoned = action == REJECT
    target = _next_element(definition, task.id, action=action, choose=choose, pick=pick)
    left = (
        InstanceEventType.PROCESS_ABANDON_TASK
        if abandoned
        else InstanceEventType.PROCESS_END_TASK
    )
    flow = (state.current_task.flow if state.current_task else 1) + 1
    flow_type = ABANDON_MOVE if abandoned else COMPLETE_MOVE
    reached, events = _enter(state, target, now=now, flow=flow, flow_type=flow_type)
    return Move(
        state=reached,
        events=(ProcessEvent(left, state), *events),
        left=task.id,
        entered=target.id if isinstance(target, Task) else "",
    )


def _enter(
    state: ProcessState, target: Element, *, now: datetime, flow: int, flow_type: str
) -> tuple[ProcessState, tuple[ProcessEvent, ...]]:
    if isinstance(target, Task):
        task = CurrentTask(
            flow, now, target.id, target.name, target.task_type, flow_type
        )
        entered = replace(state, current_task=task)
        return entered, (ProcessEvent(InstanceEventType.PROCESS_START_TASK, entered),)
    ended = replace(state, current_task=None, ended=now, end_event=target.id)
    return ended, (
        ProcessEvent(InstanceEventType.PROCESS_END_EVENT, ended),
        ProcessEvent(InstanceEventType.SUBMITED, ended),
    )


def _next_element(
    definition: ProcessDefinition,
    source: str,
    *,
    action: str | None,
    choose: Choose,
    pick: Pick,
) -> Task | EndEvent:
    """Follow flows through gateways to the one task or end event that comes next."""
    seen: set[str] = set()
    element = definition.elements[source]
    while True:
        flow = _chosen_flow(
            definition, element, action=action, choose=choose, pick=pick
        )
        element = definition.elements[flow.target]
        if isinstance(element, Task | EndEvent):
            return element
        if element.id in seen:
            raise ProcessLoop
        seen.add(element.id)


def _chosen_flow(
    definition: ProcessDefinition,
    element: Element,
    *,
    action: str | None,
    choose: Choose,
    pick: Pick,
) -> SequenceFlow:
    """Return the flow to take; a gateway's conditions choose, elsewhere there is one.

    The one condition that holds, else the default, else the flow without a condition.
    """
    if isinstance(element, EndEvent):
        raise NoWayOn
    flows = [definition.flows[flow_id] for flow_id in element.outgoing]
    if isinstance(element, ExclusiveGateway):
        flows = _held(element, flows, action=action, choose=choose, pick=pick)
    if not flows:
        raise NoWayOn
    if len(flows) > 1:
        raise SeveralWaysOn(element=element.id)
    return flows[0]


def _held(
    gateway: ExclusiveGateway,
    flows: list[SequenceFlow],
    *,
    action: str | None,
    choose: Choose,
    pick: Pick,
) -> list[SequenceFlow]:
    context = GatewayContext(
        gateway=gateway.id, action=action, data_type=gateway.connected_data_type
    )
    conditional = [flow for flow in flows if flow.condition is not None]
    if not conditional:
        picked = pick(gateway.id, tuple(flow.id for flow in flows))
        if picked is not None:
            return [flow for flow in flows if flow.id == picked]
    held = [flow for flow in conditional if choose(flow.condition, context)]
    default = [flow for flow in flows if flow.id == gateway.default]
    return held or default or [flow for flow in flows if flow.condition is None]


def _task_from(document: Mapping[str, object]) -> CurrentTask:
    flow = document.get("flow")
    return CurrentTask(
        flow=flow if isinstance(flow, int) else 1,
        started=_time(document.get("started")) or parse_time("1970-01-01"),
        element_id=str(document.get("elementId") or ""),
        name=str(document.get("name") or ""),
        task_type=str(document.get("altinnTaskType") or ""),
        flow_type=str(document.get("flowType") or ""),
    )


def _time(text: object) -> datetime | None:
    return parse_time(text) if isinstance(text, str) and text else None
