"""Documents as PDF: tagged, in their language, and drawn without asking anybody."""

import subprocess
import sys

import pytest

from pdf import drawing
from pdf.contents import (
    Attachment,
    Document,
    Field,
    Heading,
    Paragraph,
    Words,
)
from pdf.drawing import PdfUnavailable, draw
from pdf.html import html_of
from tests.pdf.reading import needs_drawing
from tests.pdf.unpacking import assert_accessible, tags, unpacked

WORDS = Words("Vedlegg", "Ikke besvart", "Side {0} av {1}")
HOSTILE = '<img src="file:///etc/passwd"><style>@import url(http://x.example)</style>'


def document(**more: object) -> Document:
    """Return a document of every kind of block."""
    given = {
        "title": "Sykmelding",
        "language": "nb",
        "words": WORDS,
        "facts": [Field("Avsender", ["DDG Fitness AS"])],
        "blocks": [
            Heading("Arbeidsgiver", 4),
            Field("Navn", ["Æøå"]),
            Field("Telefon", []),
            Paragraph("Takk."),
        ],
        "attachments": [Attachment("legeerklæring.pdf", "12 kB")],
        "footer": "Sykmelding 26.11.2026",
    }
    return Document(**{**given, **more})  # type: ignore[arg-type]  # by name


@needs_drawing
def test_a_document_is_pdf_ua_with_tags_in_reading_order() -> None:
    """A-186, wishes: tags, language and title, as PDF/UA asks"""
    content = draw(document())
    assert_accessible(content, language="nb")
    found = tags(content)
    assert found.count("H1") == 1
    assert {"H1", "H2", "P", "L", "LI"} <= set(found)


@needs_drawing
def test_a_language_is_that_of_the_document() -> None:
    """A screen reader pronounces by it"""
    assert_accessible(draw(document(language="en")), language="en")


def test_no_heading_skips_a_level_and_answers_stand_with_their_questions() -> None:
    """PDF/UA: levels follow each other"""
    html = html_of(document())
    assert "<h2>Arbeidsgiver</h2>" in html
    assert "<dt>Navn</dt><dd>Æøå</dd>" in html
    assert '<dt>Telefon</dt><dd class="empty">Ikke besvart</dd>' in html
    assert html.index("Navn") < html.index("Takk.") < html.index("Vedlegg")


@needs_drawing
def test_no_text_becomes_anything_else() -> None:
    """§22: what users write is shown, never read as HTML or CSS"""
    texts = document(
        title=HOSTILE,
        footer='"; } body { content: url(http://x.example) "',
        notice="</style><script>",
        blocks=[Heading(HOSTILE), Field(HOSTILE, [HOSTILE]), Paragraph(HOSTILE)],
        attachments=[Attachment(HOSTILE, "1 kB")],
    )
    html = html_of(texts)
    assert "<img" not in html
    assert html.count("<style>") == html.count("</style>") == 1
    assert "url(" not in html.split("<style>")[1].split("</style>")[0]
    inside = unpacked(draw(texts))
    assert b"/URI" not in inside
    assert b"/EmbeddedFile" not in inside


def test_nothing_is_fetched() -> None:
    """Neither files nor addresses, even if a text came through"""
    with pytest.raises(ValueError, match="nothing is fetched"):
        drawing._refuse("file:///etc/passwd")


def test_a_server_that_lacks_the_library_says_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D-15"""
    monkeypatch.setattr(drawing, "what_is_missing", lambda: "Pango")
    with pytest.raises(PdfUnavailable) as caught:
        draw(document())
    assert caught.value.detail == "The server cannot draw PDF: Pango is missing."


def test_the_library_is_not_imported_before_it_draws() -> None:
    """D-15: a server starts without it"""
    code = (
        "import os, sys, django;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings';"
        "django.setup();"
        "import altinn.urls, altinn.rooms_work, pdf.drawing;"
        "print('weasyprint' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "False"
