"""Amounts as people read them on the sandbox's page."""

from decimal import Decimal

import pytest

from payments.models import SandboxPayment


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1250.5000", "1250.50"),
        ("100", "100.00"),
        ("1000000.0000", "1000000.00"),
        ("0.3333", "0.3333"),
        ("12.3450", "12.345"),
    ],
)
def test_an_amount_has_two_decimals_and_more_where_it_has_more(
    amount: str, shown: str
) -> None:
    payment = SandboxPayment(amount=Decimal(amount), currency="NOK")
    assert payment.shown_amount == shown
