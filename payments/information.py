"""Information on a payment, as it is stored and as the wire has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO

import orjson
import structlog

from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from payments.choices import PaymentStatus

log = structlog.get_logger()

MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Information:
    """How far the payment of a task is; ``details`` come from the processor.

    ``order`` and ``details`` are documents of the wire's form.
    """

    task: str
    status: PaymentStatus
    order: Mapping[str, object]
    details: Mapping[str, object] | None = field(default=None)

    @property
    def payment_id(self) -> str:
        """The processor's name for the payment; empty before there is one."""
        return str((self.details or {}).get("paymentId") or "")

    @property
    def processor(self) -> str:
        """The name of the processor."""
        return str(self.order.get("paymentProcessorId") or "")

    @property
    def is_settled(self) -> bool:
        """Whether the task may be left: it is paid, or there is nothing to pay."""
        return self.status in (PaymentStatus.PAID, PaymentStatus.SKIPPED)

    def to_document(self) -> dict[str, object]:
        """Return the wire's PaymentInformation."""
        return {
            "taskId": self.task,
            "status": self.status.value,
            "orderDetails": dict(self.order),
            "paymentDetails": None if self.details is None else dict(self.details),
        }

    def content(self) -> Incoming:
        """Return the document as content to store."""
        text = orjson.dumps(self.to_document(), option=orjson.OPT_INDENT_2)
        return Incoming(BytesIO(text), max_bytes=MOST_BYTES)


def stored_among(
    elements: Iterable[DataElement], *, type_id: str
) -> tuple[DataElement, Information] | None:
    """Return the information that the instance has, with its element.

    What somebody has uploaded is none, whatever it says.
    """
    for element in elements:
        if element.data_type != type_id or element.deleted_at is not None:
            continue
        if not element.made_by_server:
            continue
        try:
            with blobs.open_blob(element.blob_key) as content:
                return element, _read(content.read(MOST_BYTES))
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning(
                "payment_unreadable", element=str(element.pk), reason=str(error)
            )
    return None


def _read(content: bytes) -> Information:
    document = orjson.loads(content)
    details = document.get("paymentDetails")
    return Information(
        task=str(document["taskId"]),
        status=PaymentStatus(document["status"]),
        order=dict(document["orderDetails"]),
        details=None if details is None else dict(details),
    )
