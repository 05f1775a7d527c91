"""Form data as JSON or XML, whichever the caller accepts."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

from api.entity_tags import form_tag, is_known
from common.untrusted import let_nothing_run
from data_elements.models import DataElement
from forms import content as form_content
from forms import rows
from forms.content import JSON, XML
from process.form_data import Form

_KINDS = {
    JSON: JSON,
    "text/json": JSON,
    XML: XML,
    "text/xml": XML,
}


def accepted_kind(request: Request) -> str | None:
    """Return JSON or XML, whichever ``Accept`` names first; None where it names none.

    A browser's is none: it saves the form as it is stored.
    """
    header = request.headers.get("Accept", "")
    if "text/html" in header:
        return None
    named = (one.partition(";")[0].strip().lower() for one in header.split(","))
    return next((_KINDS[one] for one in named if one in _KINDS), None)


def is_stored_form(element: DataElement, kind: str | None) -> bool:
    """Whether the stored bytes are what is accepted.

    JSON is always made: its readers rely on null members, which stored JSON may lack.
    """
    return kind is None or (
        kind == XML and not form_content.is_json(element.content_type)
    )


def form_response(
    request: Request, element: DataElement, form: Form, kind: str, *, with_rows: bool
) -> HttpResponseBase:
    """Answer with the form as ``kind``, its row ids only where they were asked for."""
    told_as = "json" if kind == JSON else "xml"
    etag = form_tag(element.etag, told_as, with_rows=with_rows)
    if is_known(request, etag):
        answer = HttpResponse(status=304)
    else:
        answer = unstored_response(form, kind, with_rows=with_rows)
    answer["ETag"] = etag
    return _guarded(answer)


def unstored_response(form: Form, kind: str, *, with_rows: bool) -> HttpResponse:
    """Answer with a form that is not stored as it is told: without a tag."""
    body = _body(form, kind, with_rows)
    return _guarded(HttpResponse(body, content_type=kind))


def _guarded(answer: HttpResponse) -> HttpResponse:
    let_nothing_run(answer)
    patch_vary_headers(answer, ("Accept", "Authorization", "Cookie"))
    return answer


def form_document(form: Form) -> dict[str, object]:
    """Return every member of the form as JSON has it, null where it holds nothing."""
    return dict(form_content.complete(form.document, form.model.type))


def models_document(forms: Mapping[DataElement, Form]) -> list[dict[str, object]]:
    """Return what forms hold now, each row with its id, by their elements."""
    listed: list[dict[str, object]] = []
    for element, form in forms.items():
        rows.fill(form.document, form.model.type)
        listed.append({"dataElementId": str(element.id), "data": form_document(form)})
    return listed


def _body(form: Form, kind: str, with_rows: bool) -> bytes:
    if not with_rows:
        rows.clear(form.document, form.model.type)
    if kind == JSON:
        whole = form_content.complete(form.document, form.model.type)
        return form_content.write(whole, JSON, form.model)
    return form.to_bytes(XML)
