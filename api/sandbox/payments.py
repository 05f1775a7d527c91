"""The page on which a sandbox's payment is made, or is not."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from api.problems import MethodNotAllowed, response
from payments.choices import PaymentStatus
from payments.models import SandboxPayment
from payments.sandbox import decide

_DECISIONS = {"pay": PaymentStatus.PAID, "cancel": PaymentStatus.CANCELLED}


def page(request: HttpRequest, payment: UUID) -> HttpResponse:
    """Show what is to be paid, and take the payer's decision."""
    if not settings.ALTINN_SANDBOX:
        raise Http404(request.path)
    found = SandboxPayment.objects.filter(pk=payment).first()
    if found is None:
        raise Http404(request.path)
    if request.method == "POST":
        decision = _DECISIONS.get(request.POST.get("decision", ""))
        if decision is not None:
            decide(found.pk, status=decision)
            return HttpResponseRedirect(found.return_url)
    elif request.method not in ("GET", "HEAD"):
        error = MethodNotAllowed(method=request.method, path=request.path)
        answer = response(error, request)
        answer["Allow"] = "GET, HEAD, POST"
        return answer
    context = {"payment": found, "waits": found.status == PaymentStatus.CREATED}
    return render(request, "sandbox/payment.html", context)
