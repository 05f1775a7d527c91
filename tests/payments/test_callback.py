"""What a processor tells by itself, when somebody has paid."""

import hashlib
from typing import Any

import pytest
from django.conf import LazySettings

from pdf import drawing
from tests.client import APP_HOST, Api, assert_problem
from tests.payments.paying import begun, decide, everything
from tests.pdf.reading import needs_drawing
from tests.signing.annual_accounts import Accounts

pytestmark = pytest.mark.usefixtures("sandbox")
CODE = "the-present-code"
NAV = "308926281"


@pytest.fixture(autouse=True)
def codes(settings: LazySettings) -> None:
    """The application has a code of now and one of before; another has its own."""
    settings.ALTINN_PAYMENT_CALLBACK_CODES = [
        f"nav/aarsregnskap={CODE}",
        "nav/aarsregnskap=the-code-before",
        "nav/app2018=of-another",
    ]


def call(accounts: Accounts, code: str = CODE, **headers: str) -> Any:
    """Call as a processor does."""
    secret = hashlib.sha256(code.encode()).hexdigest()
    return Api(APP_HOST).post(
        f"{accounts.url}/payment/nets-webhook-listener",
        json={"data": {"paymentId": "believed-by-nobody"}},
        headers={"Authorization": secret, **headers},
    )


@needs_drawing
@pytest.mark.parametrize("code", [CODE, "the-code-before"])
def test_a_payment_that_is_made_moves_the_instance_on(
    app: Api, accounts: Accounts, code: str
) -> None:
    """A-012, A-192: told as plain text"""
    decide(begun(app, accounts), "pay")
    answer = call(accounts, code)
    assert answer.status_code == 200, answer.content
    number = accounts.instance.instance_id
    assert answer.content.decode() == f"Payment status is Paid for instance {number}."
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert accounts.reread().process_ended is not None
    assert accounts.reread().last_changed_by == NAV


def test_where_no_receipt_can_be_drawn_the_task_stands_and_the_processor_is_told(
    app: Api, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-192, A-238: with an answer that the document has"""
    decide(begun(app, accounts), "pay")
    monkeypatch.setattr(drawing, "what_is_missing", lambda: "Pango")
    assert_problem(call(accounts), 500, code="pdf-unavailable")
    assert accounts.reread().current_task == "signering"
    assert accounts.stored("betalingskvittering") == []


def test_one_that_is_not_moves_nothing(app: Api, accounts: Accounts) -> None:
    """A-192: the processor is asked, whatever the call says"""
    begun(app, accounts)
    answer = call(accounts)
    assert b"Payment status is Created" in answer.content
    assert accounts.reread().current_task == "signering"


@pytest.mark.parametrize(
    "header", ["", "wrong", CODE, hashlib.sha256(b"of-another").hexdigest()]
)
def test_without_the_secret_nothing_is_looked_at(
    app: Api, accounts: Accounts, header: str
) -> None:
    """A-192"""
    decide(begun(app, accounts), "pay")
    before = everything(accounts)
    answer = call(accounts, Authorization=header)
    problem = assert_problem(answer, 401, code="payment-callback-refused")
    assert problem["detail"] == "Invalid authorization header"
    assert everything(accounts) == before


def test_an_upper_case_secret_is_none(app: Api, accounts: Accounts) -> None:
    """A-192: lower-case hex"""
    secret = hashlib.sha256(CODE.encode()).hexdigest().upper()
    answer = call(accounts, Authorization=secret)
    assert_problem(answer, 401, code="payment-callback-refused")


@needs_drawing
def test_after_the_end_there_is_no_task(app: Api, accounts: Accounts) -> None:
    """A-192"""
    decide(begun(app, accounts), "pay")
    call(accounts)
    assert_problem(call(accounts), 400, code="payment-no-current-task")


def test_in_another_task_there_is_nothing_to_pay(app: Api, accounts: Accounts) -> None:
    """A-192: 200, lest the processor call for ever"""
    assert accounts.next(app, "reject").status_code == 200
    answer = call(accounts)
    assert answer.status_code == 200
    assert "Payment configuration not found" in answer.json()["detail"]
