"""Wire values of payments."""

from django.db import models


class PaymentStatus(models.TextChoices):
    """How far a payment is (app-api.md §14.3)."""

    UNINITIALIZED = "Uninitialized"
    CREATED = "Created"
    PAID = "Paid"
    FAILED = "Failed"
    CANCELLED = "Cancelled"
    SKIPPED = "Skipped"  # there was nothing to pay
