"""The sandbox's own payment processor: what it was asked to collect."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from payments.choices import PaymentStatus


class SandboxPayment(models.Model):
    """A payment that nobody really makes, for trying tasks to pay in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    app_id = models.CharField(max_length=121)
    instance_id = models.UUIDField(db_index=True)
    amount = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=1024)
    status = models.CharField(max_length=16, choices=PaymentStatus.choices)
    created = models.DateTimeField()
    decided = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sandbox_payment_of_something",
                condition=Q(amount__gt=0),
                violation_error_message="Nothing is paid for nothing.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_amount} {self.currency}: {self.status}"

    @property
    def shown_amount(self) -> str:
        """The amount as people read it: two decimals, and more where it has more."""
        short = self.amount.quantize(Decimal("0.01"))
        return f"{short if short == self.amount else self.amount.normalize():f}"
