"""Where the elements of a process stand in a picture: as drawn, or in columns.

A process document may hold the picture that its author drew (BPMN DI). Where it does
not, or only in part, elements stand in columns by their distance from the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from apps_registry.bpmn import (
    EndEvent,
    ExclusiveGateway,
    ProcessDefinition,
    StartEvent,
)
from common import xml

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DD = "{http://www.omg.org/spec/DD/20100524/DI}"
_LARGEST = 20_000.0
_COLUMN, _ROW = 170.0, 120.0
_SIZES = {StartEvent: (36.0, 36.0), EndEvent: (36.0, 36.0)}
_GATEWAY, _TASK = (50.0, 50.0), (100.0, 80.0)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A place: the upper left corner and the size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """The box of every element and the way of every flow, by id."""

    boxes: Mapping[str, Box]
    ways: Mapping[str, tuple[Point, ...]]


def layout_of(definition: ProcessDefinition, content: bytes) -> Layout:
    """Return the picture of the document, or one of columns if it has no whole one."""
    drawn = _drawn(content)
    if definition.elements.keys() <= drawn.boxes.keys():
        boxes = {name: drawn.boxes[name] for name in definition.elements}
    else:
        drawn, boxes = Layout({}, {}), _in_columns(definition)
    ways = {
        flow.id: drawn.ways.get(flow.id) or _way(boxes[flow.source], boxes[flow.target])
        for flow in definition.flows.values()
        if flow.source in boxes and flow.target in boxes
    }
    return Layout(boxes, ways)


def _drawn(content: bytes) -> Layout:
    root = xml.parse(content)
    boxes: dict[str, Box] = {}
    ways: dict[str, tuple[Point, ...]] = {}
    for shape in root.iter(f"{_DI}BPMNShape"):
        bounds = shape.find(f"{_DC}Bounds")
        if bounds is None:
            continue
        numbers = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
        x, y, width, height = numbers
        if None not in numbers and width and height:
            boxes[shape.get("bpmnElement", "")] = Box(x or 0, y or 0, width, height)
    for edge in root.iter(f"{_DI}BPMNEdge"):
        points = [
            (_number(point.get("x")), _number(point.get("y")))
            for point in edge.iterfind(f"{_DD}waypoint")
        ]
        whole = tuple((x, y) for x, y in points if x is not None and y is not None)
        if len(whole) == len(points) >= 2:
            ways[edge.get("bpmnElement", "")] = whole
    return Layout(boxes, ways)


def _number(text: str | None) -> float | None:
    """Read a coordinate; one that no picture has is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -_LARGEST < value < _LARGEST else None


def _in_columns(definition: ProcessDefinition) -> dict[str, Box]:
    distance: dict[str, int] = {}
    level = [n for n, e in definition.elements.items() if isinstance(e, StartEvent)]
    while level:
        column = max(distance.values(), default=-1) + 1
        distance |= dict.fromkeys(level, column)
        after = [
            flow.target
            for flow in definition.flows.values()
            if flow.source in level and flow.target not in distance
        ]
        level = [name for name in dict.fromkeys(after) if name in definition.elements]
    rows: dict[int, int] = {}
    boxes: dict[str, Box] = {}
    for name, element in definition.elements.items():
        column = distance.get(name, 0)
        row = rows[column] = rows.get(column, -1) + 1
        kind = _GATEWAY if isinstance(element, ExclusiveGateway) else _TASK
        width, height = _SIZES.get(type(element), kind)
        x, y = column * _COLUMN, row * _ROW
        boxes[name] = Box(
            x + (_TASK[0] - width) / 2, y + (_TASK[1] - height) / 2, width, height
        )
    return boxes


def _way(source: Box, target: Box) -> tuple[Point, ...]:
    """Lead from one box to another: straight on, or back below both."""
    if target.x > source.x + source.width:
        left = (source.x + source.width, source.middle[1])
        right = (target.x, target.middle[1])
        turn = (left[0] + right[0]) / 2
        return left, (turn, left[1]), (turn, right[1]), right
    below = max(source.y + source.height, target.y + target.height) + 30
    out, back = source.middle[0], target.middle[0]
    return (
        (out, source.y + source.height),
        (out, below),
        (back, below),
        (back, target.y + target.height),
    )
