"""What stands in the receipt of a payment: who received it, for what, and how much."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from common.times import parse_time
from forms.texts import Texts
from payments.information import Information
from pdf.contents import Block, Document, Field, Heading, Table
from process.pdf_contents import (
    OSLO,
    Subject,
    around_subject,
    document_of_payment,
    scope_in,
)

_NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """The words of one language; ``lines`` head the columns of what was paid for."""

    title: str
    receiver: str
    organisation_number: str
    payer: str
    payment: str
    reference: str
    payment_id: str
    method: str
    card: str
    invoice: str
    charged: str
    ordered: str
    lines: tuple[str, str, str, str, str]
    sums: tuple[str, str, str]


_WORDS: Final[Mapping[str, ReceiptWords]] = {
    "nb": ReceiptWords(
        title="Betalingskvittering",
        receiver="Mottaker",
        organisation_number="Organisasjonsnummer",
        payer="Betaler",
        payment="Betaling",
        reference="Ordrereferanse",
        payment_id="Betalings-ID",
        method="Betalingsmåte",
        card="Kort",
        invoice="Fakturanummer",
        charged="Betalt",
        ordered="Ordre",
        lines=("Beskrivelse", "Antall", "Pris uten mva.", "Mva.", "Sum"),
        sums=("Sum uten mva.", "Mva.", "Betalt i alt"),
    ),
    "nn": ReceiptWords(
        title="Betalingskvittering",
        receiver="Mottakar",
        organisation_number="Organisasjonsnummer",
        payer="Betalar",
        payment="Betaling",
        reference="Ordrereferanse",
        payment_id="Betalings-ID",
        method="Betalingsmåte",
        card="Kort",
        invoice="Fakturanummer",
        charged="Betalt",
        ordered="Ordre",
        lines=("Skildring", "Tal", "Pris utan mva.", "Mva.", "Sum"),
        sums=("Sum utan mva.", "Mva.", "Betalt i alt"),
    ),
    "en": ReceiptWords(
        title="Payment receipt",
        receiver="Receiver",
        organisation_number="Organisation number",
        payer="Payer",
        payment="Payment",
        reference="Order reference",
        payment_id="Payment ID",
        method="Payment method",
        card="Card",
        invoice="Invoice number",
        charged="Paid",
        ordered="Order",
        lines=("Description", "Quantity", "Price without VAT", "VAT", "Sum"),
        sums=("Sum without VAT", "VAT", "Paid in all"),
    ),
}


def document_of(subject: Subject, task: str, information: Information) -> Document:
    """Return the receipt of a payment that is made; raises FormNotEvaluable."""
    words = _WORDS.get(subject.language, _WORDS["nb"])
    paid = list(_paid(subject, words, information))
    return document_of_payment(subject, task, title=words.title, paid=paid)


def _paid(
    subject: Subject, words: ReceiptWords, information: Information
) -> Iterator[Block]:
    order, details = information.order, information.details or {}
    receiver = _part(order, "receiver")
    yield Heading(words.receiver)
    yield from _stated(
        (words.receiver, receiver.get("name")),
        (words.organisation_number, receiver.get("organisationNumber")),
    )
    yield Heading(words.payment)
    card, invoice = _part(details, "cardDetails"), _part(details, "invoiceDetails")
    yield from _stated(
        (words.payer, _payer(_part(details, "payer") or _part(order, "payer"))),
        (words.charged, _time(details.get("chargedDate"))),
        (words.method, details.get("paymentMethod")),
        (words.card, card.get("maskedPan")),
        (words.invoice, invoice.get("invoiceNumber")),
        (words.payment_id, details.get("paymentId")),
        (words.reference, order.get("orderReference")),
    )
    yield Heading(words.ordered)
    yield Table(words.lines, list(_lines(subject, order)))
    currency = str(order.get("currency") or "")
    sums = ("totalPriceExVat", "totalVat", "totalPriceIncVat")
    for label, member in zip(words.sums, sums, strict=True):
        amount = _amount(_number(order.get(member)), subject.language)
        yield Field(label, [f"{amount} {currency}".strip()])


def _lines(subject: Subject, order: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    scope = scope_in(subject, around_subject(subject, subject.readable()))
    texts, language = Texts(subject.definition, subject.language), subject.language
    for line in order.get("orderLines") or ():
        key = line.get("textResourceKey")
        name = (texts.text(key, scope) if key else None) or line.get("name")
        quantity, price = _number(line.get("quantity")), _number(line.get("priceExVat"))
        vat = _number(line.get("vatPercent"))
        total = quantity * price * (1 + vat / 100)
        yield (
            str(name or line.get("id") or ""),
            f"{quantity:f} {line.get('unit') or ''}".strip(),
            _amount(price, language),
            f"{_plain(vat, language)}{_NO_BREAK}%",
            _amount(total, language),
        )


def _stated(*facts: tuple[str, object]) -> Iterator[Field]:
    """Yield what there is to say; what nobody knows is left out."""
    for label, value in facts:
        if value:
            yield Field(label, [str(value)])


def _payer(payer: Mapping[str, Any]) -> str:
    person, company = _part(payer, "privatePerson"), _part(payer, "company")
    names = (person.get("firstName"), person.get("lastName"))
    return " ".join(str(one) for one in names if one) or str(company.get("name") or "")


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    return part if isinstance(part, Mapping) else {}


def _time(stated: object) -> str:
    try:
        moment = parse_time(str(stated)) if stated else None
    except ValueError:
        return str(stated)  # a processor's own way to say when
    return moment.astimezone(OSLO).strftime("%d.%m.%Y %H:%M") if moment else ""


def _number(stated: object) -> Decimal:
    """Return an amount of a document, whose digits its text has."""
    return Decimal(str(stated or 0))


def _amount(amount: Decimal, language: str) -> str:
    """Return an amount as it is written in the language, with two decimals."""
    text = f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"
    return text if language == "en" else _norwegian(text)


def _plain(amount: Decimal, language: str) -> str:
    text = f"{amount.normalize():f}"
    return text if language == "en" else _norwegian(text)


def _norwegian(text: str) -> str:
    return text.replace(",", _NO_BREAK).replace(".", ",")
