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


class Leased(models.Model):
    """Work that a row stands for, and who has it in hand (``common/leases.py``).

    ``due_at`` is when it may be taken, None when nothing is to be done any more. While
    somebody has it, ``leased_until`` is when his lease ends, and ``due_at`` the same:
    a worker that dies gives its rows back by doing nothing. ``attempts`` counts since
    the last success; too many, and ``dead_at`` says since when nobody tries.
    """

    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    dead_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, default="", editable=False)

    class Meta:
        abstract = True
