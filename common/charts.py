"""Charts drawn by the server: SVG that needs no script, and reads as text too."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 720, 200
_LEFT, _RIGHT, _BOTTOM, _TOP = 44, 20, 24, 12
_GAP = 0.25  # of a column's share
_EVERY = 7  # a label for every so many columns


def columns(values: Sequence[tuple[str, int]], *, title: str) -> SafeString:
    """Draw labelled numbers as columns; each tells its label and number."""
    top = _round_up(max((number for _, number in values), default=0))
    share = (_WIDTH - _LEFT - _RIGHT) / max(1, len(values))
    plot = _HEIGHT - _BOTTOM - _TOP
    bars, labels = [], []
    for place, (label, number) in enumerate(values):
        height = plot * number / top
        x = _LEFT + place * share
        bars.append(
            (
                f"{x + share * _GAP / 2:.1f}",
                f"{_TOP + plot - height:.1f}",
                f"{share * (1 - _GAP):.1f}",
                f"{height:.1f}",
                label,
                number,
            )
        )
        if (len(values) - 1 - place) % _EVERY == 0:
            labels.append((f"{x + share / 2:.1f}", _HEIGHT - 6, label[5:]))
    total = sum(number for _, number in values)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}: {} in all">'
        "{}{}{}</svg>",
        _WIDTH,
        _HEIGHT,
        title,
        total,
        _grid(top, plot),
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5">'
            "<title>{}: {}</title></rect>",
            bars,
        ),
        format_html_join("", '<text class="x" x="{}" y="{}">{}</text>', labels),
    )


def _grid(top: int, plot: int) -> SafeString:
    lines = [
        (_LEFT, f"{_TOP + plot * (1 - part):.1f}", _WIDTH, top * part)
        for part in (0, 0.5, 1)
    ]
    return format_html_join(
        "",
        '<path d="M{} {}H{}"/><text class="y" x="{}" y="{}">{}</text>',
        (
            (x, y, right, x - 6, f"{float(y) + 4:.1f}", f"{value:g}")
            for x, y, right, value in lines
        ),
    )


def _round_up(number: int) -> int:
    """Return the next 1, 2 or 5 with zeros, so that lines stand at round numbers."""
    size = 1
    while True:
        for step in (2, 5, 10):
            if number <= step * size:
                return step * size
        size *= 10
