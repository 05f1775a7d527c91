"""Wire values of data elements."""

from django.db import models


class FileScanResult(models.IntegerChoices):
    """What the malware scan found; names on the wire."""

    NOT_APPLICABLE = 0, "NotApplicable"
    PENDING = 1, "Pending"
    CLEAN = 2, "Clean"
    INFECTED = 3, "Infected"
