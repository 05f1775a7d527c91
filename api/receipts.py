"""The page on which anybody verifies a receipt; nothing of it is stored."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from api.languages import DEFAULT, asked_for, say_language, shortened
from api.page_texts import LANGUAGES
from api.receipt_texts import TEXTS
from apps_registry import addresses
from common.bounded_upload import BoundedFiles
from receipts import services as receipts
from receipts.canonical import canonical
from receipts.verification import (
    MOST_BYTES,
    NotVerified,
    Verified,
    read_keys,
    verify,
)

_SHOWN = 200  # data elements; the page says how many more there are


def keys_address() -> str:
    """Return where the public keys of receipts are."""
    return f"{addresses.platform_base()}/authentication/api/v1/openid/receipt-keys"


# It changes nothing, so a form of another site can do no harm by it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show a form for a receipt, and what is to be said of the one that was sent."""
    language = _language(request)
    context: dict[str, object] = {
        "t": TEXTS[language],
        "language": language,
        "languages": LANGUAGES,
        "keys": keys_address(),
    }
    status = 200
    if request.method == "POST":
        outcome, status = _outcome(request, TEXTS[language])
        context |= outcome
    answer = render(request, "receipts.html", context, status=status)
    say_language(answer, language)
    return answer


def _outcome(
    request: HttpRequest, texts: Mapping[str, str]
) -> tuple[dict[str, object], int]:
    try:
        content = _sent(request)
        if not content:
            raise NotVerified("empty", "There is no receipt.")
        keys = read_keys(canonical(receipts.public_keys()))
        return {"found": _found(verify(content, keys))}, 200
    except NotVerified as error:
        return {"refused": texts.get(error.code, texts["malformed"])}, 400


def _sent(request: HttpRequest) -> bytes:
    """Return the receipt: the file if there is one, else the text."""
    files = BoundedFiles(MOST_BYTES)
    request.upload_handlers = [files]
    file = request.FILES.get("file")
    if files.is_too_large:
        raise NotVerified("too-large", "The file is too large.")
    if file is not None and file.size:
        return bytes(file.read())
    return str(request.POST.get("receipt", "")).strip().encode()


def _found(verified: Verified) -> dict[str, object]:
    """Return what the page tells of a receipt that holds."""
    elements = verified.listed("elements")
    return {
        "kid": verified.kid,
        "document": verified.manifest,
        "elements": elements[:_SHOWN],
        "more": max(0, len(elements) - _SHOWN),
        "signatures": verified.listed("signatures")[:_SHOWN],
    }


def _language(request: HttpRequest) -> str:
    """Return the language that the address asks for, else the browser, else nb."""
    asked = (shortened(request.GET.get("lang", "")), *asked_for(request))
    return next((one for one in asked if one in LANGUAGES), DEFAULT)
