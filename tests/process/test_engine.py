"""The engine: what a start and each step make of a process."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps_registry.bpmn import (
    Element,
    EndEvent,
    ExclusiveGateway,
    Expression,
    ProcessDefinition,
    SequenceFlow,
    StartEvent,
    Task,
    parse_process,
)
from common.errors import DomainError
from process.conditions import GatewayContext, evaluate
from process.engine import (
    CurrentTask,
    Move,
    ProcessState,
    actions_allowing_next,
    advance,
    start,
)
from process.errors import (
    NoWayOn,
    ProcessEnded,
    ProcessLoop,
    ProcessMissing,
    SeveralWaysOn,
    StartEventNotFound,
    TaskNotInDeployment,
)
from tests.shared import APPS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
REJECTED: Expression = ("equals", ("gatewayAction",), "reject")


def process(
    *flows: tuple[str, str, Expression], default: str = ""
) -> ProcessDefinition:
    """Build a process; an element's first letter says its kind (S, T, G or E)."""
    made = {
        f"{source}-{target}-{number}": SequenceFlow(
            f"{source}-{target}-{number}", source, target, condition
        )
        for number, (source, target, condition) in enumerate(flows)
    }
    elements: dict[str, Element] = {}
    for name in dict.fromkeys(
        n for source, target, _ in flows for n in (source, target)
    ):
        outgoing = tuple(f.id for f in made.values() if f.source == name)
        match name[0]:
            case "S":
                elements[name] = StartEvent(name, outgoing)
            case "E":
                elements[name] = EndEvent(name)
            case "G":
                elements[name] = ExclusiveGateway(name, default, "", outgoing)
            case _:
                elements[name] = Task(name, name, "data", "Task", (), (), outgoing)
    return ProcessDefinition("P", elements, made)


LINE = process(("S", "T1", None), ("T1", "T2", None), ("T2", "E", None))
BACK = process(
    ("S", "T1", None),
    ("T1", "T2", None),
    ("T2", "G", None),
    ("G", "T1", REJECTED),
    ("G", "E", ("not", REJECTED)),
)


def step(
    definition: ProcessDefinition, state: ProcessState, action: str | None = None
) -> Move:
    """Advance with the conditions that the server evaluates."""
    return advance(definition, state, now=LATER, action=action, choose=evaluate)


def types(move: Move) -> list[str]:
    """Return the move's history by type."""
    return [event.event_type for event in move.events]


def test_start_enters_the_first_task_as_flow_two() -> None:
    """A-210"""
    move = start(LINE, now=NOW)
    assert types(move) == ["process_StartEvent", "process_StartTask"]
    assert (move.left, move.entered) == ("", "T1")
    assert (move.state.started, move.state.start_event) == (NOW, "S")
    task = move.state.current_task
    assert task is not None
    assert (task.flow, task.started, task.element_id) == (2, NOW, "T1")
    assert move.events[-1].state == move.state


def test_start_event_is_chosen_by_name_when_there_are_several() -> None:
    """A-136"""
    two = process(
        ("S1", "T1", None), ("S2", "T2", None), ("T1", "E", None), ("T2", "E", None)
    )
    assert start(two, now=NOW, start_event="S2").entered == "T2"
    for wrong in (None, "S3", "T1"):
        with pytest.raises(StartEventNotFound, match="No matching startevent"):
            start(two, now=NOW, start_event=wrong)


def test_next_leaves_one_task_and_enters_the_next() -> None:
    """A-138"""
    before = start(LINE, now=NOW).state
    move = step(LINE, before)
    assert types(move) == ["process_EndTask", "process_StartTask"]
    assert (move.left, move.entered) == ("T1", "T2")
    assert move.events[0].state == before
    task = move.state.current_task
    assert task == CurrentTask(
        3, LATER, "T2", "T2", "data", "CompleteCurrentMoveToNext"
    )


def test_end_event_ends_the_process() -> None:
    """A-226"""
    move = step(LINE, step(LINE, start(LINE, now=NOW).state).state)
    assert types(move) == ["process_EndTask", "process_EndEvent", "Submited"]
    assert (move.left, move.entered) == ("T2", "")
    assert move.state == ProcessState(NOW, "S", None, LATER, "E")


def test_reject_abandons_the_task_and_goes_back_through_the_gateway() -> None:
    """A-223, A-230, Z-072"""
    second = step(BACK, start(BACK, now=NOW).state).state
    move = step(BACK, second, "reject")
    assert types(move) == ["process_AbandonTask", "process_StartTask"]
    assert (move.left, move.entered) == ("T2", "T1")
    task = move.state.current_task
    assert task is not None
    assert (task.flow, task.flow_type) == (4, "AbandonCurrentMoveToNext")
    assert step(BACK, second, "sign").state.end_event == "E"


def test_ended_or_unstarted_process_does_not_move() -> None:
    """A-141"""
    ended = ProcessState(NOW, "S", None, LATER, "E")
    with pytest.raises(ProcessEnded, match=r"^Process is ended\.$"):
        step(LINE, ended)
    with pytest.raises(ProcessMissing, match=r"^Process is not started\. Use start!$"):
        step(LINE, ProcessState())


def test_task_that_the_deployment_lacks_is_said_so() -> None:
    """A-141: the process was redeployed without the task."""
    state = start(LINE, now=NOW).state
    assert state.current_task is not None
    gone = replace(state, current_task=replace(state.current_task, element_id="T9"))
    with pytest.raises(TaskNotInDeployment, match="T9") as caught:
        step(LINE, gone)
    assert caught.value.code == "task-not-in-deployment"


@pytest.mark.parametrize(
    ("condition", "end"), [(REJECTED, "E2"), (("not", REJECTED), "E1")]
)
def test_default_flow_is_taken_only_when_no_condition_holds(
    condition: Expression, end: str
) -> None:
    """A-232: app-api.md D-18."""
    definition = process(
        ("S", "T", None),
        ("T", "G", None),
        ("G", "E1", condition),
        ("G", "E2", None),
        default="G-E2-3",
    )
    assert step(definition, start(definition, now=NOW).state).state.end_event == end


def test_several_conditions_that_hold_are_an_error() -> None:
    """A-230, A-232"""
    definition = process(
        ("S", "T", None), ("T", "G", None), ("G", "E1", True), ("G", "E2", True)
    )
    with pytest.raises(SeveralWaysOn, match="Multiple next elements found from G"):
        step(definition, start(definition, now=NOW).state)


def test_no_condition_that_holds_is_an_error() -> None:
    """A-230"""
    definition = process(
        ("S", "T", None), ("T", "G", None), ("G", "E", REJECTED), ("G", "T", REJECTED)
    )
    with pytest.raises(NoWayOn, match="unexpectedly null"):
        step(definition, start(definition, now=NOW).state)


def test_gateways_behind_gateways_are_followed() -> None:
    """A-232"""
    definition = process(
        ("S", "T", None),
        ("T", "G1", None),
        ("G1", "G2", True),
        ("G1", "T", REJECTED),
        ("G2", "E", True),
    )
    assert step(definition, start(definition, now=NOW).state).state.ended == LATER


def test_gateways_that_lead_to_each_other_stop() -> None:
    """A-145"""
    definition = process(
        ("S", "T", None),
        ("T", "G1", None),
        ("G1", "G2", True),
        ("G2", "G1", True),
        ("G2", "E", False),
    )
    with pytest.raises(ProcessLoop):
        step(definition, start(definition, now=NOW).state)


@pytest.mark.parametrize(
    ("task_type", "actions"),
    [
        ("data", ("write",)),
        ("feedback", ("write",)),
        ("pdf", ("write",)),
        ("subformPdf", ("write",)),
        ("eFormidling", ("write",)),
        ("fiksArkiv", ("write",)),
        ("payment", ("pay", "write")),
        ("confirmation", ("confirm",)),
        ("signing", ("sign", "write")),
        ("inspection", ("inspection",)),
    ],
)
def test_actions_that_allow_next(task_type: str, actions: tuple[str, ...]) -> None:
    """A-212, Z-072"""
    assert actions_allowing_next(task_type) == actions


def test_state_survives_its_document() -> None:
    """A-135"""
    state = step(LINE, start(LINE, now=NOW + timedelta(microseconds=120)).state).state
    document = state.to_document()
    assert document == {
        "started": "2026-03-01T12:00:00.00012Z",
        "startEvent": "S",
        "currentTask": {
            "flow": 3,
            "started": "2026-03-01T12:05:00Z",
            "elementId": "T2",
            "name": "T2",
            "altinnTaskType": "data",
            "flowType": "CompleteCurrentMoveToNext",
        },
    }
    assert ProcessState.from_document(document) == state
    assert ProcessState.from_document({}) == ProcessState()


@pytest.mark.parametrize(
    "app", sorted(path.name for path in APPS.iterdir() if path.is_dir())
)
def test_real_process_can_be_walked_to_its_end(app: str) -> None:
    """A-138, A-226"""
    path = APPS / app / "App/config/process/process.bpmn"
    definition = parse_process(path.read_bytes())

    def forward(condition: Expression, context: GatewayContext) -> bool:
        # Form data is absent, so what asks for it is null: it equals nothing.
        return "notEquals" in str(condition) and "'equals'" not in str(condition)

    state = start(definition, now=NOW).state
    visited = []
    while state.current_task is not None:
        visited.append(state.current_task.element_id)
        state = advance(definition, state, now=LATER, action=None, choose=forward).state
        assert len(visited) < 20
    assert state.ended == LATER
    assert isinstance(definition.elements[state.end_event], EndEvent)


names = st.sampled_from(["T1", "T2", "T3", "G1", "G2", "G3", "E"])
conditions: st.SearchStrategy[Expression] = st.sampled_from(
    [None, True, False, REJECTED, ("not", REJECTED), ("dataModel", "a")]
)
ways = st.lists(
    st.tuples(names.filter(lambda name: name != "E"), names, conditions), max_size=9
)


@settings(max_examples=150, deadline=None)
@given(ways, names, st.lists(st.sampled_from([None, "reject", "sign"]), max_size=6))
def test_every_step_follows_flows_or_is_a_domain_error(
    flows: list[tuple[str, str, Expression]], first: str, actions: list[str | None]
) -> None:
    """A-141, A-226, A-232"""
    definition = process(("S", first, None), *flows)
    try:
        move = start(definition, now=NOW)
        here = "S"
        for action in actions:
            check_move(definition, move, here)
            here = move.entered
            move = step(definition, move.state, action)
        check_move(definition, move, here)
    except DomainError:
        return


def check_move(definition: ProcessDefinition, move: Move, source: str) -> None:
    """Assert that flows lead, by gateways alone, from the source to where it stands."""
    state = move.state
    reached = move.entered or state.end_event
    assert (state.current_task is None) is (state.ended is not None)
    seen: set[str] = set()
    waiting = [source]
    while waiting:
        here = waiting.pop()
        for found in definition.flows.values():
            if found.source == here and found.target not in seen:
                seen.add(found.target)
                if isinstance(definition.elements[found.target], ExclusiveGateway):
                    waiting.append(found.target)
    assert reached in seen


def test_a_start_straight_to_the_end_leaves_no_submission() -> None:
    """§17.2: only the first event of the move is kept; A-210"""
    definition = ProcessDefinition(
        "p",
        {"s": StartEvent("s", ("f",)), "e": EndEvent("e")},
        {"f": SequenceFlow("f", "s", "e", None)},
    )
    move = start(definition, now=datetime(2026, 1, 1, tzinfo=UTC))
    kinds = [event.event_type for event in move.events]
    assert kinds == ["process_StartEvent", "process_EndEvent"]
    first = move.events[0].state.current_task
    assert first is not None
    assert (first.flow, first.element_id) == (1, "s")


def test_a_gateway_after_the_start_chooses() -> None:
    """§17.5: conditions are asked there too"""
    definition = ProcessDefinition(
        "p",
        {
            "s": StartEvent("s", ("f",)),
            "g": ExclusiveGateway("g", "", "", ("a", "b")),
            "x": EndEvent("x"),
            "y": EndEvent("y"),
        },
        {
            "f": SequenceFlow("f", "s", "g", None),
            "a": SequenceFlow("a", "g", "x", ("equals", ("gatewayAction",), "reject")),
            "b": SequenceFlow(
                "b", "g", "y", ("notEquals", ("gatewayAction",), "reject")
            ),
        },
    )
    move = start(definition, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert move.state.end_event == "y"
