"""System checks of what payments are configured with."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from payments import processors


@register()
def check_payments(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check that processors can be loaded."""
    return [
        Error(
            f"The payment processor {place!r} cannot be used: {reason}.",
            hint="Name a class in ALTINN_PAYMENT_PROCESSORS as package.module:Class;"
            " docs/payments.md shows what it has.",
            id="altinn.E035",
        )
        for place, reason in processors.faults()
    ]
