"""The task to pay in, over HTTP, with the sandbox's own processor."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry.services import import_app
from data_elements.choices import FileScanResult
from parties.models import Profile
from payments.models import SandboxPayment
from payments.processors import PaymentRequest, PaymentState
from payments.sandbox import SandboxProcessor
from tests import cast
from tests.client import (
    APP_HOST,
    PLATFORM_HOST,
    Api,
    assert_problem,
)
from tests.payments.paying import begun, bring_in, decide, everything
from tests.pdf.reading import needs_drawing
from tests.signing.annual_accounts import (
    ACCOUNTANT,
    Accounts,
    filled_in,
    to_be_signed,
)
from tests.signing.test_signing_task import content_of, state

pytestmark = pytest.mark.usefixtures("sandbox")


def shown(api: Api, accounts: Accounts) -> Any:
    """Return what is told of the payment."""
    answer = api.get(f"{accounts.url}/payment")
    assert answer.status_code == 200, answer.content
    return answer.json()


def storage(accounts: Accounts) -> str:
    """Return the address of the instance in storage."""
    return f"/storage/api/v1/instances/{accounts.instance.instance_id}"


def test_before_it_begins_the_order_is_shown(app: Api, accounts: Accounts) -> None:
    """A-190, A-191"""
    before = everything(accounts)
    told = shown(app, accounts)
    assert (told["status"], told["taskId"]) == ("Uninitialized", "signering")
    assert told["paymentDetails"] is None
    order = told["orderDetails"]
    assert order["totalPriceExVat"] == 2501
    assert order["totalVat"] == 625.25
    assert order["totalPriceIncVat"] == 3126.25
    assert order["orderLines"][0]["unit"] == "pcs"
    assert app.get(f"{accounts.url}/payment/order-details").json() == order
    assert everything(accounts) == before


@needs_drawing
def test_paying_on_the_page_lets_the_task_be_left(app: Api, accounts: Accounts) -> None:
    """A-190, A-238"""
    address = begun(app, accounts)
    assert shown(app, accounts)["status"] == "Created"
    before = everything(accounts)
    refused = accounts.next(Api(APP_HOST, cast.OWNER), "write")
    problem = assert_problem(refused, 409, code="payment-not-completed")
    assert problem["title"] == "The payment is not completed."
    assert everything(accounts) == before
    answer = decide(address, "pay")
    assert answer.status_code == 302
    assert "/nav/aarsregnskap/#/instance/" in answer["Location"]
    told = shown(app, accounts)
    assert told["status"] == "Paid"
    assert told["paymentDetails"]["chargedDate"].endswith("Z")
    (element,) = accounts.stored("betaling")
    assert content_of(element) == told
    assert element.is_locked
    left = accounts.next(Api(APP_HOST, cast.OWNER), "write")
    assert left.json()["endEvent"] == "innsendt"


def test_it_is_paid_once(app: Api, accounts: Accounts) -> None:
    """A-238"""
    decide(begun(app, accounts), "pay")
    before = everything(accounts)
    refused = accounts.act(app, "pay")
    assert_problem(refused, 409, code="payment-already-completed")
    assert_problem(accounts.next(app, "reject"), 409, code="payment-already-completed")
    assert everything(accounts) == before


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_processor_is_asked_in_the_payers_language(
    app: Api, accounts: Accounts, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """A-238: whatever the owner of the instance has chosen"""
    Profile.objects.filter(pk=1337).update(language=language)
    asked: list[PaymentRequest] = []
    start = SandboxProcessor.start

    def noted(self: SandboxProcessor, request: PaymentRequest) -> PaymentState:
        asked.append(request)
        return start(self, request)

    monkeypatch.setattr(SandboxProcessor, "start", noted)
    begun(app, accounts)
    assert [one.language for one in asked] == [language]


def test_beginning_again_takes_the_first_back(app: Api, accounts: Accounts) -> None:
    """A-238"""
    first, second = begun(app, accounts), begun(app, accounts)
    assert first != second
    kinds = SandboxPayment.objects.order_by("created").values_list("status", flat=True)
    assert list(kinds) == ["Cancelled", "Created"]
    decide(first, "pay")  # too late
    assert shown(app, accounts)["status"] == "Created"
    assert len(accounts.stored("betaling")) == 1


@needs_drawing
def test_cancelling_on_the_page_keeps_the_task(app: Api, accounts: Accounts) -> None:
    """A-238"""
    decide(begun(app, accounts), "cancel")
    assert shown(app, accounts)["status"] == "Cancelled"
    owner = Api(APP_HOST, cast.OWNER)
    assert_problem(accounts.next(owner, "write"), 409, code="payment-not-completed")
    decide(begun(app, accounts), "pay")
    assert accounts.next(owner, "write").status_code == 200


def test_sending_back_takes_the_payment_back(app: Api, accounts: Accounts) -> None:
    """A-238"""
    begun(app, accounts)
    answer = accounts.next(app, "reject")
    assert answer.json()["currentTask"]["elementId"] == "utfylling"
    assert accounts.stored("betaling") == []
    assert SandboxPayment.objects.get().status == "Cancelled"


def test_nothing_to_pay_is_skipped(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings
) -> None:
    """A-238"""
    bring_in(tmp_path, settings, "NoFee")
    accounts = to_be_signed()
    answer = accounts.act(app, "pay")
    assert answer.json()["redirectUrl"] is None
    assert shown(app, accounts)["status"] == "Skipped"
    assert not SandboxPayment.objects.exists()
    assert accounts.next(app).json()["endEvent"] == "innsendt"
    assert accounts.stored("betalingskvittering") == []


def test_nothing_to_pay_is_left_in_one_step(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings
) -> None:
    """A-238"""
    bring_in(tmp_path, settings, "NoFee")
    accounts = to_be_signed()
    assert accounts.next(app, "pay").json()["endEvent"] == "innsendt"
    (skipped,) = accounts.stored("betaling")
    assert content_of(skipped)["status"] == "Skipped"


@pytest.mark.parametrize("hooks", ["", "OtherProcessor"])
def test_what_cannot_be_paid_is_told(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings, hooks: str
) -> None:
    """A-238: no code, or a processor that is not here"""
    bring_in(tmp_path, settings, hooks)
    accounts = to_be_signed()
    before = everything(accounts)
    assert_problem(accounts.act(app, "pay"), 500, code="payment-misconfigured")
    assert everything(accounts) == before


def test_a_processor_that_fails_changes_nothing(
    app: Api, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-238"""

    def fail(*arguments: object) -> None:
        raise OSError("no route")

    before = everything(accounts)
    monkeypatch.setattr(SandboxProcessor, "start", fail)
    assert_problem(accounts.act(app, "pay"), 503, code="payment-processor-failed")
    assert everything(accounts) == before


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the processor is asked to do, and not only to tell."""
    found: list[str] = []
    for name in ("start", "cancel"):
        real = getattr(SandboxProcessor, name)

        def noted(*arguments: Any, name: str = name, real: Any = real) -> Any:
            found.append(name)
            return real(*arguments)

        monkeypatch.setattr(SandboxProcessor, name, noted)
    return found


@needs_drawing
def test_leaving_by_paying_begins_no_payment(
    app: Api, accounts: Accounts, asked: list[str]
) -> None:
    """A-238: the page that somebody pays on stays as it is"""
    before = everything(accounts)
    refused = accounts.next(app, "pay")
    problem = assert_problem(refused, 409, code="payment-not-completed")
    assert "Uninitialized" in problem["detail"]
    assert everything(accounts) == before
    address = begun(app, accounts)
    before = everything(accounts)
    assert_problem(accounts.next(app, "pay"), 409, code="payment-not-completed")
    assert everything(accounts) == before
    assert asked == ["start"]
    decide(address, "pay")
    before = everything(accounts)
    refused = accounts.next(app, "pay")
    assert_problem(refused, 409, code="payment-already-completed")
    assert everything(accounts) == before
    assert accounts.next(app).json()["endEvent"] == "innsendt"


@pytest.mark.parametrize("action", ["pay", "reject"])
def test_a_plan_asks_the_processor_for_nothing(
    app: Api, accounts: Accounts, asked: list[str], action: str
) -> None:
    """What is rolled back cannot be taken back from another server"""
    begun(app, accounts)
    before = everything(accounts)
    url = f"{accounts.url}/process/next?dryRun=true"
    answer = app.put(url, json={"action": action})
    assert answer.status_code == 200, answer.content
    assert asked == ["start"]
    assert everything(accounts) == before


def test_a_plan_stops_at_what_is_to_be_paid(
    app: Api, sandbox: None, tmp_path: Path, settings: LazySettings, asked: list[str]
) -> None:
    """As completeProcess does, which does not pay"""
    bring_in(tmp_path, settings)
    accounts = filled_in()
    before = everything(accounts)
    answer = app.put(f"{accounts.url}/process/next?dryRun=true")
    first, second = answer.json()["steps"]
    assert (first["outcome"], first["leadsTo"]) == ("passes", "signering")
    assert (second["action"], second["outcome"]) == (None, "refused")
    assert second["problem"]["code"] == "payment-not-completed"
    assert asked == []
    assert everything(accounts) == before


def test_what_somebody_uploads_is_no_payment(
    app: Api, tmp_path: Path, settings: LazySettings
) -> None:
    """A-238: storage takes it, for the policy lets it in; nobody has paid by it"""
    bring_in(tmp_path, settings)
    accounts = filled_in()
    order = {"paymentProcessorId": "Sandbox"}
    forged = {"taskId": "signering", "status": "Paid", "orderDetails": order}
    sent = Api(PLATFORM_HOST, cast.SOPHIE).post(
        f"{storage(accounts)}/data?dataType=betaling", json=forged
    )
    assert sent.status_code == 201, sent.content
    assert accounts.next(app, "write").status_code == 200
    before = everything(accounts)
    assert shown(app, accounts)["status"] == "Uninitialized"
    refused = accounts.next(Api(APP_HOST, cast.OWNER), "write")
    assert_problem(refused, 409, code="payment-not-completed")
    assert everything(accounts) == before


def test_a_payment_waits_for_no_scan(
    app: Api, accounts: Accounts, settings: LazySettings, tmp_path: Path
) -> None:
    """A-238: nobody sent it in, whatever the application has scanned"""
    metadata = tmp_path / "paid" / "App" / "config" / "applicationmetadata.json"
    document = json.loads(metadata.read_text())
    for data_type in document["dataTypes"]:
        data_type["enableFileScan"] = data_type["id"] == "betaling"
    metadata.write_text(json.dumps(document))
    import_app(tmp_path / "paid")
    decide(begun(app, accounts), "pay")
    [element] = accounts.stored("betaling")
    assert element.scan_result == FileScanResult.NOT_APPLICABLE


def test_a_payment_whose_content_was_replaced_is_none(
    app: Api, accounts: Accounts
) -> None:
    """A-238: who unlocks it may change it, and it tells of no payment then"""
    begun(app, accounts)
    [element] = accounts.stored("betaling")
    forged = {**shown(app, accounts), "status": "Paid"}
    owner = Api(PLATFORM_HOST, cast.OWNER)
    path = f"{storage(accounts)}/data/{element.pk}"
    assert owner.delete(f"{path}/lock").status_code == 200
    assert owner.put(path, json=forged).status_code == 200
    assert shown(app, accounts)["status"] == "Uninitialized"


def test_who_may_not_pay_does_not(accounts: Accounts) -> None:
    """A-238"""
    before = everything(accounts)
    answer = accounts.act(Api(APP_HOST, ACCOUNTANT), "pay")
    assert_problem(answer, 403, code="user-action-not-permitted")
    assert everything(accounts) == before


@pytest.mark.parametrize("tail", ["", "/order-details"])
def test_other_tasks_are_no_payment_tasks(
    app: Api, accounts: Accounts, tail: str
) -> None:
    """A-190, M:A-35"""
    path = f"{accounts.url}/payment{tail}"
    problem = assert_problem(
        app.get(f"{path}?taskId=utfylling"), 400, code="not-a-payment-task"
    )
    assert problem["title"] == "Not a payment task"
    assert app.get(f"{path}?taskId=signering").status_code == 200
    assert_problem(Api(APP_HOST).get(path), 401, code="token-missing")
    stranger = Api(APP_HOST, cast.STRANGER)
    assert_problem(stranger.get(path), 403, code="not-permitted")


@needs_drawing
def test_a_payment_is_stored_for_the_current_task_alone(
    app: Api, accounts: Accounts
) -> None:
    """A-190: afterwards it is read only"""
    address = begun(app, accounts)
    decide(address, "pay")
    assert accounts.next(Api(APP_HOST, cast.OWNER), "write").status_code == 200
    SandboxPayment.objects.update(status="Cancelled")
    before = state(accounts)
    told = app.get(f"{accounts.url}/payment?taskId=signering").json()
    assert told["status"] == "Paid"
    assert state(accounts) == before
