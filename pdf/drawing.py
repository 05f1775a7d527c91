"""Drawing a document as PDF/UA, with a library that is imported when it is needed."""

from typing import NoReturn

from apps_registry.pdf_library import what_is_missing
from common.errors import DomainError
from pdf.contents import Document
from pdf.html import html_of

VARIANT = "pdf/ua-1"


class PdfUnavailable(DomainError):
    """This server cannot draw PDF: a library that the operator installs is missing.

    docs/operations.md says which; what waits for it is begun anew after that.
    """

    code = "pdf-unavailable"
    detail = "The server cannot draw PDF: {missing} is missing."


class PdfFailed(DomainError):
    """The document could not be drawn. Tell the server's operator the trace id."""

    code = "pdf-failed"
    detail = "The PDF could not be drawn: {reason}."


def draw(document: Document) -> bytes:
    """Return the document as PDF; raises PdfUnavailable and PdfFailed.

    Nothing is fetched, whatever stands in the texts.
    """
    missing = what_is_missing()
    if missing:
        raise PdfUnavailable(missing=missing)
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]  # slow to load
    except (ImportError, OSError) as error:
        raise PdfUnavailable(missing=f"what WeasyPrint needs ({error})") from error
    page = HTML(string=html_of(document), base_url=None, url_fetcher=_refuse)
    try:
        content: bytes = page.write_pdf(pdf_variant=VARIANT, pdf_tags=True)
    except (ValueError, KeyError, IndexError, RecursionError) as error:
        raise PdfFailed(reason=type(error).__name__) from error
    return content


def _refuse(url: str, *args: object, **kwargs: object) -> NoReturn:
    raise ValueError(f"nothing is fetched for a document: {url:.60}")
