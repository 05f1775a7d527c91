"""Abstract models that several rooms share."""

from django.db import models
from django.utils import timezone


class CreatedAndChanged(models.Model):
    """When and by whom a row was made and last changed.

    Both names are the wire's ``createdBy``/``lastChangedBy``: a user id in decimal, or
    the organisation number of an organisation or system user. The services set all four
    by hand: not every write is a change.
    """

    created = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=64, blank=True, default="", editable=False)
    last_changed = models.DateTimeField(default=timezone.now, editable=False)
    last_changed_by = models.CharField(
        max_length=64, blank=True, default="", editable=False
    )

    class Meta:
        abstract = True
