"""Payment processors: what one can do, and which there are.

A processor is a class with an ``id`` and the methods of ``PaymentProcessor``, named in
``ALTINN_PAYMENT_PROCESSORS``; a sandbox has one of its own besides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import EntryPoint
from typing import Protocol, cast
from uuid import UUID

import structlog
from django.conf import settings

from common.errors import DomainError
from payments.choices import PaymentStatus
from payments.errors import PaymentProcessorFailed
from payments.orders import Order

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a processor is asked to collect; ``return_url`` is where the payer goes."""

    app_id: str
    instance_id: UUID
    order: Order
    return_url: str
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class PaymentState:
    """How far a payment is; ``details`` are the wire's PaymentDetails."""

    status: PaymentStatus
    details: Mapping[str, object]


class PaymentProcessor(Protocol):
    """Collects payments. Calls to other servers have a timeout of their own."""

    id: str

    def start(self, request: PaymentRequest) -> PaymentState:
        """Ask for a payment; ``details`` have ``paymentId`` and ``redirectUrl``."""

    def state(self, payment_id: str) -> PaymentState:
        """Return how far a payment is."""

    def cancel(self, payment_id: str) -> bool:
        """Take a payment back that is not made; tell whether it is not."""


def processor(name: str) -> PaymentProcessor | None:
    """Return the processor of this name, None when there is none here."""
    known = _known(tuple(settings.ALTINN_PAYMENT_PROCESSORS), settings.ALTINN_SANDBOX)
    return known.get(name.lower())


def asked(
    kind: PaymentProcessor, method: str, *arguments: object
) -> PaymentState | bool:
    """Ask a processor; raises PaymentProcessorFailed for whatever it raises."""
    try:
        answer: PaymentState | bool = getattr(kind, method)(*arguments)
    except DomainError:
        raise
    except Exception as error:
        # Somebody else's code, before somebody else's server.
        log.exception("payment_processor_failed", processor=kind.id, method=method)
        raise PaymentProcessorFailed(processor=kind.id) from error
    return answer


def faults() -> Iterator[tuple[str, str]]:
    """Find every entry of the setting that cannot be used, with the reason."""
    for place in settings.ALTINN_PAYMENT_PROCESSORS:
        try:
            _made(place)
        except Exception as error:
            # Importing runs somebody else's code, which may raise anything at all.
            yield place, f"{type(error).__name__}: {error}"


@lru_cache(maxsize=8)
def _known(places: tuple[str, ...], sandbox: bool) -> Mapping[str, PaymentProcessor]:
    found: dict[str, PaymentProcessor] = {}
    for place in places:
        made = _made(place)
        found[made.id.lower()] = made
    if sandbox:
        from payments.sandbox import SandboxProcessor

        found.setdefault(SandboxProcessor.id.lower(), SandboxProcessor())
    return found


def _made(place: str) -> PaymentProcessor:
    made = EntryPoint(name=place, value=place, group="").load()()
    for method in ("start", "state", "cancel"):
        if not callable(getattr(made, method)):
            raise TypeError(f"its {method} is no method")
    if not (isinstance(made.id, str) and made.id):
        raise TypeError("its id is no text")
    return cast("PaymentProcessor", made)
