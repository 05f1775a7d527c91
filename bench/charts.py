"""Bars as SVG: no script, readable in the light and in the dark, and as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LINE, _TOP, _LEFT, _RIGHT = 860, 26, 52, 320, 150
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1e2b3c }
.title { font-weight: 600; font-size: 15px }
.note { fill: #5b6770; font-size: 12px }
.a { fill: #1a6fc4 } .b { fill: #e08a1e } .grid, .goal { stroke: #c7ced6 }
.goal { stroke: #b3261e; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
 text { fill: #e6e9ec } .note { fill: #a7b0b8 } .grid { stroke: #46505a }
 .a { fill: #62a8ef } .b { fill: #f2b25c } .goal { stroke: #ff8a80 }
}"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart: one number or two that add up, and what is written beside."""

    label: str
    values: tuple[float, ...]
    text: str
    goal: float | None = None


def bars(bars: Sequence[Bar], *, title: str, note: str) -> str:
    """Draw the bars below each other; a goal is a line across its bar."""
    most = max(
        [sum(bar.values) for bar in bars] + [bar.goal or 0.0 for bar in bars] + [1e-9]
    )
    plot = _WIDTH - _LEFT - _RIGHT
    height = _TOP + _LINE * len(bars) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="8" y="20">{escape(title)}</text>',
        f'<text class="note" x="8" y="38">{escape(note)}</text>',
        f'<path class="grid" d="M{_LEFT} {_TOP - 6}V{height - 8}"/>',
    ]
    for number, bar in enumerate(bars):
        y = _TOP + number * _LINE
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">'
            f"{escape(bar.label)}</text>"
        )
        x = float(_LEFT)
        for value, kind in zip(bar.values, "ab", strict=False):
            width = plot * value / most
            parts.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}"'
                f' height="{_LINE - 8}" rx="2"/>'
            )
            x += width
        if bar.goal is not None:
            at = _LEFT + plot * bar.goal / most
            parts.append(
                f'<path class="goal" d="M{at:.1f} {y - 3}v{_LINE - 2}">'
                f"<title>goal: {bar.goal:g}</title></path>"
            )
        parts.append(f'<text x="{x + 6:.1f}" y="{y + 14}">{escape(bar.text)}</text>')
    return "\n".join([*parts, "</svg>", ""])
