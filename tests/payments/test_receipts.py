"""The receipt that is drawn of what was paid."""

import pytest

from parties.models import Profile
from pdf import drawing
from tests.client import Api, assert_problem, body_of
from tests.payments.paying import begun, decide, everything
from tests.pdf.reading import needs_drawing, text_of
from tests.pdf.unpacking import assert_accessible, tags
from tests.signing.annual_accounts import Accounts
from tests.signing.test_signing_task import content_of

pytestmark = [pytest.mark.usefixtures("sandbox"), needs_drawing]


def test_what_was_paid_is_drawn_as_a_receipt(app: Api, accounts: Accounts) -> None:
    """A-238: with the step that leaves the task, and beside the payment"""
    Profile.objects.filter(pk=1337).update(language="nb")
    decide(begun(app, accounts), "pay")
    assert accounts.stored("betalingskvittering") == []
    assert accounts.next(app).json()["endEvent"] == "innsendt"
    (receipt,) = accounts.stored("betalingskvittering")
    assert receipt.filename == "Betalingskvittering.pdf"
    assert receipt.content_type == "application/pdf"
    assert receipt.references == [
        {"value": "signering", "relation": "GeneratedFrom", "valueType": "Task"}
    ]
    content = body_of(app.get(f"{accounts.url}/data/{receipt.pk}"))
    assert_accessible(content, language="nb")
    assert {"H1", "H2", "Table", "THead", "TR", "TH", "TD"} <= set(tags(content))
    lines = text_of(content).replace("\u00a0", " ").splitlines()
    assert lines[0] == "Betalingskvittering"
    (payment,) = accounts.stored("betaling")
    for said in (
        "NAV",
        "Gebyr",
        "2 pcs",
        "1 250,50",
        "25 %",
        "2 501,00 NOK",
        "625,25 NOK",
        "3 126,25 NOK",
        content_of(payment)["paymentDetails"]["paymentId"],
    ):
        assert said in lines, (said, lines)


def test_a_receipt_is_in_the_owners_language(app: Api, accounts: Accounts) -> None:
    """A-238"""
    Profile.objects.filter(pk=1337).update(language="en")
    decide(begun(app, accounts), "pay")
    assert accounts.next(app).status_code == 200
    (receipt,) = accounts.stored("betalingskvittering")
    assert receipt.filename == "Betalingskvittering.pdf"
    content = body_of(app.get(f"{accounts.url}/data/{receipt.pk}"))
    assert_accessible(content, language="en")
    lines = text_of(content).splitlines()
    assert lines[0] == "Payment receipt"
    assert {"3,126.25 NOK", "Paid in all"} <= set(lines)


def test_a_receipt_that_cannot_be_drawn_keeps_the_task(
    app: Api, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-222, A-238: nothing changes, and what is paid stays paid"""
    decide(begun(app, accounts), "pay")
    before = everything(accounts)
    monkeypatch.setattr(drawing, "what_is_missing", lambda: "Pango")
    assert_problem(accounts.next(app), 500, code="pdf-unavailable")
    assert everything(accounts) == before
    monkeypatch.undo()
    assert accounts.next(app).status_code == 200
