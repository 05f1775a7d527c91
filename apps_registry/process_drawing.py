"""The picture of a process: SVG that needs no script, with a number at each task."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps_registry.bpmn import (
    Element,
    EndEvent,
    ExclusiveGateway,
    ProcessDefinition,
    StartEvent,
    Task,
)
from apps_registry.bpmn_layout import Box, Layout, Point

_MARGIN = 40.0
_TIP = SafeString(
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
    ' markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>'
)
_LINE, _MOST_LINES = 14, 4  # letters in a line of a task's name, and lines


def draw_process(
    definition: ProcessDefinition, layout: Layout, *, counts: Mapping[str, int]
) -> SafeString:
    """Draw the process; ``counts`` says how many instances stand in which task."""
    points = [p for way in layout.ways.values() for p in way]
    for box in layout.boxes.values():
        points += [(box.x, box.y), (box.x + box.width, box.y + box.height)]
    if not points:
        return SafeString("")
    left, top = (min(p[axis] for p in points) - _MARGIN for axis in (0, 1))
    width, height = (
        max(p[axis] for p in points) + _MARGIN - least
        for axis, least in ((0, left), (1, top))
    )
    elements = [
        _element(element, layout.boxes[name], counts.get(name, 0))
        for name, element in definition.elements.items()
        if name in layout.boxes
    ]
    return format_html(
        '<svg class="process" viewBox="{} {} {} {}" width="{}" role="img"'
        ' aria-label="The process: {}">{}{}{}</svg>',
        f"{left:.0f}",
        f"{top:.0f}",
        f"{width:.0f}",
        f"{height:.0f}",
        f"{width:.0f}",
        _in_words(definition, counts),
        _TIP,
        format_html_join(
            "",
            '<path class="flow" d="{}" marker-end="url(#tip)"/>',
            ((_path(way),) for way in layout.ways.values()),
        ),
        format_html_join("", "{}", ((drawn,) for drawn in elements)),
    )


def _path(way: tuple[Point, ...]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in way)


def _in_words(definition: ProcessDefinition, counts: Mapping[str, int]) -> str:
    tasks = [e for e in definition.elements.values() if isinstance(e, Task)]
    return ", ".join(f"{t.name or t.id} ({counts.get(t.id, 0)})" for t in tasks)


def _element(element: Element, box: Box, count: int) -> SafeString:
    x, y = box.middle
    if isinstance(element, StartEvent | EndEvent):
        kind = "start" if isinstance(element, StartEvent) else "end"
        return format_html(
            '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>'
            '<text x="{}" y="{}">{}</text>',
            kind,
            f"{x:.1f}",
            f"{y:.1f}",
            f"{min(box.width, box.height) / 2:.1f}",
            element.id,
            f"{x:.1f}",
            f"{box.y + box.height + 16:.1f}",
            _cut(element.id),
        )
    if isinstance(element, ExclusiveGateway):
        corners = (
            (x, box.y),
            (box.x + box.width, y),
            (x, box.y + box.height),
            (box.x, y),
        )
        return format_html(
            '<path class="gateway" d="{}Z"><title>{}</title></path>'
            '<text x="{}" y="{}">X</text>',
            _path(corners),
            element.id,
            f"{x:.1f}",
            f"{y + 5:.1f}",
        )
    return _task(element, box, count)


def _task(task: Task, box: Box, count: int) -> SafeString:
    x, y = box.middle
    lines = _lines(task.name or task.id)
    first = y + 4 - 7 * (len(lines) - 1)
    placed = [(f"{x:.1f}", f"{first + 14 * n:.1f}", t) for n, t in enumerate(lines)]
    return format_html(
        '<rect class="task" x="{}" y="{}" width="{}" height="{}" rx="8">'
        "<title>{}: {}</title></rect>{}"
        '<circle class="count" cx="{}" cy="{}" r="{}"/>'
        '<text class="count" x="{}" y="{}">{}</text>',
        f"{box.x:.1f}",
        f"{box.y:.1f}",
        f"{box.width:.1f}",
        f"{box.height:.1f}",
        task.id,
        task.task_type,
        format_html_join("", '<text x="{}" y="{}">{}</text>', placed),
        f"{box.x + box.width:.1f}",
        f"{box.y:.1f}",
        9 + 3 * len(str(count)),
        f"{box.x + box.width:.1f}",
        f"{box.y + 4:.1f}",
        count,
    )


def _lines(name: str) -> list[str]:
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [_cut(line) for line in lines[:_MOST_LINES]]


def _cut(text: str) -> str:
    return text if len(text) <= _LINE + 2 else text[: _LINE + 1] + "…"
