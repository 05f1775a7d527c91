"""An application with a task to pay in: the annual accounts, paid instead of signed."""

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import LazySettings

from apps_registry.services import import_app
from payments.models import SandboxPayment
from process.hooks import AppHooks, Order, OrderLine, TaskView
from tests.client import BASE_HOST, Api
from tests.signing.annual_accounts import FOLDER, Accounts
from tests.signing.test_signing_task import state

FEE = Decimal("1250.50")
_TYPES = ("betaling", "betalingskvittering")


class Fee(AppHooks):
    """Asks for a fee."""

    def calculate_order(self, task: TaskView) -> Order:
        """Return one line, with VAT."""
        line = OrderLine("gebyr", "Gebyr", FEE, quantity=2, vat_percent=Decimal(25))
        return Order("sandbox", [line], {"name": "NAV"})


class NoFee(AppHooks):
    """Asks for nothing."""

    def calculate_order(self, task: TaskView) -> Order:
        """Return an order without a line."""
        return Order("sandbox", [], {"name": "NAV"})


class OtherProcessor(AppHooks):
    """Asks a processor that is not here."""

    def calculate_order(self, task: TaskView) -> Order:
        """Return one line."""
        line = OrderLine("gebyr", "Gebyr", FEE)
        return Order("elsewhere", [line], {"name": "NAV"})


def bring_in(tmp_path: Path, settings: LazySettings, hooks: str = "Fee") -> None:
    """Import the application, with code that says what is to be paid."""
    settings.ALTINN_SANDBOX = True
    settings.ALTINN_APP_HOOKS = (
        [f"nav/aarsregnskap=tests.payments.paying:{hooks}"] if hooks else []
    )
    folder = tmp_path / "paid"
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    config = folder / "App" / "config"
    process = config / "process" / "process.bpmn"
    text = process.read_text()
    before, _, rest = text.partition("<altinn:signatureConfig>")
    after = rest.partition("</altinn:signatureConfig>")[2]
    paid = (
        "<altinn:paymentConfig><altinn:paymentDataType>betaling"
        "</altinn:paymentDataType><altinn:paymentReceiptPdfDataType>"
        "betalingskvittering</altinn:paymentReceiptPdfDataType></altinn:paymentConfig>"
    )
    text = (before + paid + after).replace(">sign<", ">pay<")
    process.write_text(text.replace(">signing<", ">payment<"))
    metadata = config / "applicationmetadata.json"
    document = json.loads(metadata.read_text())
    for data_type in document["dataTypes"]:
        if data_type["id"] == "signatur":
            data_type["minCount"] = 0
    document["dataTypes"] += [
        {"id": one, "allowedContributors": ["app:owned"]} for one in _TYPES
    ]
    metadata.write_text(json.dumps(document))
    policy = config / "authorization" / "policy.xml"
    policy.write_text(policy.read_text().replace(">sign<", ">pay<"))
    import_app(folder)


def everything(accounts: Accounts) -> tuple[object, ...]:
    """Return what a refused call leaves as it was."""
    return (*state(accounts), list(SandboxPayment.objects.values()))


def decide(address: str, decision: str) -> Any:
    """Press a button of the sandbox's page."""
    path = "/Home/" + address.partition("/Home/")[2]
    client = Api(BASE_HOST)._client
    page = client.get(path, headers={"host": BASE_HOST})
    assert page.status_code == 200
    return client.post(path, {"decision": decision}, headers={"host": BASE_HOST})


def begun(api: Api, accounts: Accounts) -> str:
    """Begin the payment; return the address of its page."""
    answer = accounts.act(api, "pay")
    assert answer.status_code == 200, answer.content
    address: str = answer.json()["redirectUrl"]
    return address
