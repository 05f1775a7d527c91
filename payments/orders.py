"""What is to be paid: order lines, who pays and who receives (app-api.md §14.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Something that is paid for; ``price`` is of one, without VAT."""

    id: str
    name: str
    price: Decimal
    quantity: int = 1
    vat_percent: Decimal = Decimal(0)
    unit: str = "pcs"
    text_key: str | None = None

    def __post_init__(self) -> None:
        """Raise for what cannot be added up."""
        if not isinstance(self.price, Decimal) or not self.price.is_finite():
            raise TypeError(f"the price of {self.id} is {self.price!r}, no Decimal")
        vat = self.vat_percent
        if not isinstance(vat, Decimal) or not vat.is_finite():
            raise TypeError(f"the VAT of {self.id} is {vat!r}, no Decimal")
        if not isinstance(self.quantity, int) or self.price < 0 or vat < 0:
            raise ValueError(f"the order line {self.id} is no amount to pay")
        if self.quantity < 0:
            raise ValueError(f"the quantity of {self.id} is below zero")

    @property
    def total_ex_vat(self) -> Decimal:
        """The price of all, without VAT."""
        return self.price * self.quantity

    @property
    def total_vat(self) -> Decimal:
        """The VAT of all."""
        return self.total_ex_vat * self.vat_percent / 100


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid in a task, and with which processor.

    ``receiver`` and ``payer`` are documents of the wire's form.
    """

    processor: str
    lines: Sequence[OrderLine]
    receiver: Mapping[str, object]
    currency: str = "NOK"
    payer: Mapping[str, object] | None = None
    payer_types: Sequence[str] | None = None
    reference: str | None = None

    @property
    def total_ex_vat(self) -> Decimal:
        """The sum without VAT."""
        return sum((line.total_ex_vat for line in self.lines), Decimal(0))

    @property
    def total_vat(self) -> Decimal:
        """The sum of VAT."""
        return sum((line.total_vat for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What is to be paid; not rounded."""
        return self.total_ex_vat + self.total_vat

    def to_document(self) -> dict[str, object]:
        """Return the wire's OrderDetails."""
        types = self.payer_types
        return {
            "paymentProcessorId": self.processor,
            "receiver": dict(self.receiver),
            "payer": None if self.payer is None else dict(self.payer),
            "currency": self.currency,
            "orderLines": [_line(line) for line in self.lines],
            "allowedPayerTypes": None if types is None else list(types),
            "orderReference": self.reference,
            "totalPriceExVat": number(self.total_ex_vat),
            "totalVat": number(self.total_vat),
            "totalPriceIncVat": number(self.total),
        }


def number(amount: Decimal) -> int | float:
    """Return an amount as JSON has it."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _line(line: OrderLine) -> dict[str, object]:
    return {
        "id": line.id,
        "name": line.name,
        "textResourceKey": line.text_key,
        "priceExVat": number(line.price),
        "quantity": line.quantity,
        "vatPercent": number(line.vat_percent),
        "unit": line.unit,
    }
