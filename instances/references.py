"""New instances under references of their makers, each of which is there once."""

from django.db import IntegrityError, transaction

from apps_registry.addresses import instance_source
from common.errors import Phrase
from common.prepared_writes import Write, insertion, run
from instances.errors import ExternalReferenceTaken
from instances.models import Instance


def insert(instance: Instance, *along: Write) -> None:
    """Store a new row; of several at once with one reference the first is stored.

    ``along`` is written with it, in one trip if possible. Raises
    ExternalReferenceTaken.
    """
    if instance.external_reference is None:
        run(insertion([instance]), *along)
        return
    try:
        with transaction.atomic():
            run(insertion([instance]), *along)
    except IntegrityError:
        existing = Instance.objects.with_reference_of(instance).first()
        if existing is None:
            raise  # it broke another rule
        raise ExternalReferenceTaken(
            instance_id=existing.instance_id,
            existing=Phrase("Instance {id}", id=existing.instance_id),
            app_id=existing.app_id,
            reference=existing.external_reference,
            members={
                "existingInstance": {
                    "id": existing.instance_id,
                    "externalReference": existing.external_reference,
                    "source": instance_source(
                        org=existing.org,
                        app=existing.app,
                        party_id=existing.owner_party_id,
                        guid=str(existing.id),
                    ),
                }
            },
        ) from None
