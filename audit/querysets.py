"""Reads of the audit trail, which nothing but reads."""

from typing import TYPE_CHECKING, NoReturn

from django.db import models

if TYPE_CHECKING:
    from audit.models import AuditEntry


class AppendOnly(TypeError):
    """Code tried to change what is only added to."""


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Entries of the trail."""

    def update(self, **kwargs: object) -> NoReturn:
        """Refuse."""
        raise AppendOnly("An entry of the audit trail is never changed.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly("An entry of the audit trail is never deleted.")
