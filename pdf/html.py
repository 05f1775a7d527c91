"""A document as HTML, whose elements become the tags of the PDF."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from pdf.contents import (
    Attachment,
    Block,
    Document,
    Field,
    Heading,
    Paragraph,
    Table,
)

_STYLE = """
@page { size: A4; margin: 22mm 20mm 24mm;
  @bottom-left { content: "%(footer)s"; font-size: 8pt; color: #444; }
  @bottom-right { content: %(pages)s; font-size: 8pt; color: #444; }
  @bottom-center { content: "%(notice)s"; font-size: 9pt; color: #b00020; } }
html { font-family: "Inter", "Liberation Sans", "DejaVu Sans", sans-serif;
  font-size: 10.5pt; line-height: 1.4; color: #1e2b3c; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 5mm; }
h2 { font-size: 14pt; margin: 8mm 0 2mm; padding-bottom: 1mm;
  border-bottom: 0.6pt solid #bcc7cc; }
h3, h4, h5, h6 { font-size: 11.5pt; margin: 5mm 0 1mm; }
h1, h2, h3, h4, h5, h6, dt { break-after: avoid; }
dl { margin: 0; }
dt { font-weight: bold; margin-top: 3mm; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
dd.empty { color: #5a6570; font-style: italic; }
dl.facts { background: #f4f5f6; padding: 1mm 5mm 4mm; }
p { margin: 3mm 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
ul { margin: 2mm 0 0; padding-left: 6mm; }
table { width: 100%%; margin: 3mm 0 0; border-collapse: collapse; }
th, td { padding: 1mm 2mm 1mm 0; text-align: right; vertical-align: top;
  border-bottom: 0.4pt solid #bcc7cc; overflow-wrap: anywhere; }
th:first-child { text-align: left; }
tbody th { font-weight: normal; }
tr { break-inside: avoid; }
"""
_DEEPEST = 6


def html_of(document: Document) -> str:
    """Return the document; every text in it is escaped."""
    language, title = escape(document.language), escape(document.title)
    before, _, rest = document.words.page.partition("{0}")
    between, _, after = rest.partition("{1}")
    pages = " ".join(
        [
            f'"{_css(before)}"',
            "counter(page)",
            f'"{_css(between)}"',
            "counter(pages)",
            f'"{_css(after)}"',
        ]
    )
    style = _STYLE % {
        "footer": _css(document.footer or ""),
        "notice": _css(document.notice),
        "pages": "none" if document.footer is None else pages,
    }
    body = "".join(_body(document))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{style}</style></head>"
        f"<body>{body}</body></html>"
    )


def _body(document: Document) -> Iterator[str]:
    yield f"<h1>{escape(document.title)}</h1>"
    if document.facts:
        yield _fields(document.facts, document.words.empty, 'class="facts"')
    for are_fields, group in groupby(
        _stepwise(document.blocks), key=lambda block: isinstance(block, Field)
    ):
        yield from _blocks(list(group), are_fields, document.words.empty)
    if document.attachments:
        yield f"<h2>{escape(document.words.attachments)}</h2>"
        yield _files(document.attachments)


def _stepwise(blocks: Iterable[Block]) -> Iterator[Block]:
    """Let no heading be more than one level below the one before it."""
    last = 1
    for block in blocks:
        if isinstance(block, Heading):
            last = min(max(block.level, 2), last + 1, _DEEPEST)
            yield Heading(block.text, last)
        else:
            yield block


def _blocks(group: list[Block], are_fields: bool, empty: str) -> Iterator[str]:
    if are_fields:
        yield _fields((one for one in group if isinstance(one, Field)), empty, "")
        return
    for block in group:
        if isinstance(block, Heading):
            yield f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        elif isinstance(block, Paragraph):
            yield f"<p>{escape(block.text)}</p>"
        elif isinstance(block, Table):
            yield _table(block)


def _fields(fields: Iterable[Field], empty: str, attributes: str) -> str:
    parts = [f"<dl {attributes}>"]
    for one in fields:
        parts.append(f"<dt>{escape(one.label)}</dt>")
        if one.values:
            parts += [f"<dd>{escape(value)}</dd>" for value in one.values]
        else:
            parts.append(f'<dd class="empty">{escape(empty)}</dd>')
    return "".join([*parts, "</dl>"])


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in table.columns)
    rows = (
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for name, *cells in table.rows
    )
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _files(attachments: Iterable[Attachment]) -> str:
    items = (f"<li>{escape(one.name)} ({escape(one.size)})</li>" for one in attachments)
    return f"<ul>{''.join(items)}</ul>"


def _css(text: str) -> str:
    """Return the text for a string of CSS, in which nothing ends it."""
    return "".join(
        one if one.isalnum() or one in " .,:-" else f"\\{ord(one):x} " for one in text
    )
