"""What a process says of a task to pay in (app-api.md §15.2)."""

from dataclasses import dataclass

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from apps_registry.environments import extension_of
from payments.errors import PaymentMisconfigured

TASK_TYPE = "payment"


@dataclass(frozen=True, slots=True)
class PaymentConfig:
    """Where information on the payment goes, and its receipt as PDF."""

    information_type: str
    receipt_pdf_type: str = ""


def config_of(task: Task | None) -> PaymentConfig | None:
    """Return what the task says of payment, None when it says nothing."""
    extension = extension_of(task, "paymentConfig") if task else None
    if extension is None:
        return None
    texts = {child.name: child.text for child in extension.children}
    return PaymentConfig(
        information_type=texts.get("paymentDataType", ""),
        receipt_pdf_type=texts.get("paymentReceiptPdfDataType", ""),
    )


def needed_config(definition: AppDefinition, task: Task) -> PaymentConfig:
    """Return what the task says of payment; raises PaymentMisconfigured."""
    config = config_of(task)
    if config is None or config.information_type not in definition.data_types:
        raise PaymentMisconfigured(
            app_id=definition.app_id,
            task=task.id,
            reason="its paymentDataType is none that the application declares",
        )
    return config
