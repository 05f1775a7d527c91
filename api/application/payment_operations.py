"""What the application API's document says of payments."""

from drf_spectacular.types import OpenApiTypes

from api.application.payment import (
    OrderDetailsSerializer,
    PaymentSerializer,
    PaymentViewSet,
)
from api.operations import Operation, Table

# What the action ``pay``, and leaving a task to pay in, may answer besides.
PAYING = (
    "payment-misconfigured",
    "payment-already-completed",
    "payment-not-completed",
    "payment-processor-failed",
)
_READING = (
    "not-a-payment-task",
    "payment-misconfigured",
    "payment-processor-failed",
    "app-hook-failed",
    "app-hook-timed-out",
    "app-refused-step",
)

PAYMENT_OPERATIONS: Table = {
    PaymentViewSet: {
        "retrieve": Operation(
            "payment_retrieve", "Payment", {200: PaymentSerializer}, problems=_READING
        ),
        "order": Operation(
            "payment_order", "Payment", {200: OrderDetailsSerializer}, problems=_READING
        ),
        "heard": Operation(
            "payment_heard",
            "Payment",
            {
                (200, "text/plain"): OpenApiTypes.STR,
                (200, "application/json"): {"type": "object"},
            },
            {"application/json": {"type": "object"}},
            (
                "payment-callback-refused",
                "payment-no-current-task",
                *PAYING,
                "process-next-not-permitted",
                "task-not-complete",
                "pdf-unavailable",
                "pdf-failed",
            ),
            anonymous=True,
        ),
    },
}
