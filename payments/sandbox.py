"""The sandbox's own processor: a page on which one pays, or does not."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from common.times import optional_wire_time, wire_time
from common.transactions import atomic
from payments.choices import PaymentStatus
from payments.models import SandboxPayment
from payments.processors import PaymentRequest, PaymentState

_PAGE = "/Home/Payments"


class SandboxProcessor:
    """Collects nothing; the page says that somebody has paid."""

    id = "Sandbox"

    def start(self, request: PaymentRequest) -> PaymentState:
        """Make a payment that waits for the page."""
        payment = SandboxPayment.objects.create(
            app_id=request.app_id,
            instance_id=request.instance_id,
            amount=request.order.total,
            currency=request.order.currency,
            return_url=request.return_url,
            status=PaymentStatus.CREATED,
            created=request.now,
        )
        return _state(payment)

    def state(self, payment_id: str) -> PaymentState:
        """Return what the page said last."""
        return _state(SandboxPayment.objects.get(pk=UUID(payment_id)))

    def cancel(self, payment_id: str) -> bool:
        """Take the payment back, unless it is made."""
        decide(UUID(payment_id), status=PaymentStatus.CANCELLED)
        payment = SandboxPayment.objects.get(pk=UUID(payment_id))
        return payment.status != PaymentStatus.PAID


@atomic()
def decide(payment_id: UUID, *, status: PaymentStatus) -> bool:
    """Pay or cancel a payment that waits; of two at once one decides."""
    waiting = SandboxPayment.objects.filter(pk=payment_id, status=PaymentStatus.CREATED)
    return waiting.update(status=status, decided=timezone.now()) == 1


def _state(payment: SandboxPayment) -> PaymentState:
    paid = payment.status == PaymentStatus.PAID
    return PaymentState(
        status=PaymentStatus(payment.status),
        details={
            "paymentId": str(payment.pk),
            "redirectUrl": _page(payment),
            "payer": None,
            "paymentType": "CARD" if paid else None,
            "paymentMethod": "Sandbox" if paid else None,
            "createdDate": wire_time(payment.created),
            "chargedDate": optional_wire_time(payment.decided) if paid else None,
            "invoiceDetails": None,
            "cardDetails": None,
        },
    )


def _page(payment: SandboxPayment) -> str:
    return f"{str(settings.ALTINN_BASE_URL).rstrip('/')}{_PAGE}/{payment.pk}"
