"""Writing to the audit trail."""

from dataclasses import dataclass

from audit.choices import Act
from audit.models import AuditEntry
from common.actors import Actor


@dataclass(frozen=True, slots=True)
class Thing:
    """A row: its table, its key as text, and the code of its organisation if any."""

    table: str
    key: str
    org: str = ""


def record(actor: Actor, act: Act, thing: Thing, *, details: object = None) -> None:
    """Write an entry in the caller's transaction.

    ``details`` is a JSON document. It names fields and never holds their values; of a
    deployment it has the numbers.
    """
    AuditEntry.objects.create(
        account_id=actor.account_id,
        account=actor.account[:150],
        act=act,
        thing=thing.table,
        thing_id=thing.key,
        org=thing.org,
        address=actor.address[:45],
        trace_id=actor.trace_id,
        details=details,
    )
