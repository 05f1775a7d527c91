"""The end of a process: the receipt of what was sent in, as the last of the move."""

from collections.abc import Iterable
from datetime import datetime

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from data_elements.rows import present_elements_of
from instances.models import Instance
from receipts import services as receipts
from receipts.manifest import SignatureMade
from signing.config import config_of
from signing.documents import Signature
from signing.reading import signatures_among


def give_receipt(
    instance: Instance, *, definition: AppDefinition, now: datetime
) -> None:
    """Sign what the instance holds now, in the transaction that ends its process."""
    elements = present_elements_of(instance.pk)
    made = signatures_among(elements, types=_signature_types(definition))
    receipts.issue(
        instance,
        definition=definition,
        elements=elements,
        signatures=[_told(one) for one in made],
        now=now,
    )


def _signature_types(definition: AppDefinition) -> Iterable[str]:
    """Return the data types that the tasks of the process put signatures in."""
    tasks = (e for e in definition.process.elements.values() if isinstance(e, Task))
    return {config.signature_type for one in tasks if (config := config_of(one))}


def _told(signature: Signature) -> SignatureMade:
    """Return a signature as a receipt tells it: without person numbers."""
    by = signature.signee
    named = (
        ("user", by.user_id),
        ("system-user", by.system_user_id),
        ("organisation", by.organisation_number),
    )
    return SignatureMade(
        signers=tuple(f"{kind}:{value}" for kind, value in named if value),
        signed_time=signature.signed_time,
        elements=[(o.element_id, o.sha256) for o in signature.elements if o.signed],
    )
