"""What becomes of a delivery."""

from django.db import models


class Outcome(models.TextChoices):
    """Where a delivery stands; all but the first are its end."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    DEAD = "dead", "Failed for good"
    WITHHELD = "withheld", "Withheld"
    GIVEN_UP = "given-up", "Given up"
