"""System checks of payments."""

import pytest
from django.conf import LazySettings

from altinn.payment_checks import check_payments


def ids() -> list[str | None]:
    """Return what is found."""
    return [one.id for one in check_payments(None)]


def test_nothing_configured_is_fine(settings: LazySettings) -> None:
    """There is nothing to check."""
    settings.ALTINN_PAYMENT_PROCESSORS = ["payments.sandbox:SandboxProcessor"]
    assert ids() == []


@pytest.mark.parametrize(
    "place", ["nowhere:Nothing", "payments.sandbox:Missing", "datetime:date", "x", ""]
)
def test_a_processor_that_is_none_is_told(settings: LazySettings, place: str) -> None:
    """altinn.E035"""
    settings.ALTINN_PAYMENT_PROCESSORS = [place]
    assert ids() == ["altinn.E035"]
