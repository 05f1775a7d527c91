"""An owner's queue on the wire."""

from collections.abc import Iterable, Sequence

from rest_framework import serializers

from api.serializers.instances import InstanceSerializer
from common.times import wire_time
from instances.lease_queue import Batch
from instances.models import QueueLease

MOST_NAMED = 1000


class QueueBatchSerializer(serializers.Serializer[object]):
    """A batch of instances that the caller has alone until the lease ends."""

    leaseId = serializers.UUIDField()
    leasedUntil = serializers.DateTimeField(
        help_text="When others get what is not confirmed by then."
    )
    count = serializers.IntegerField(help_text="Instances in this batch.")
    instances = InstanceSerializer(many=True)


class QueueSelectionSerializer(serializers.Serializer[object]):
    """Which instances of the lease are meant; without ``instances``, all of them."""

    instances = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_null=True,
        allow_empty=False,
        max_length=MOST_NAMED,
        help_text="Guids of instances.",
    )


class QueueOutcomeSerializer(serializers.Serializer[object]):
    """How many instances it was done to."""

    count = serializers.IntegerField()
    leasedUntil = serializers.DateTimeField(required=False)


class StuckInstanceSerializer(serializers.Serializer[object]):
    """An instance that was leased too often and never confirmed."""

    id = serializers.CharField(help_text="`{partyId}/{guid}`.")
    leases = serializers.IntegerField(help_text="How often it was leased.")
    leaseEnded = serializers.DateTimeField(help_text="When the last lease ended.")
    lastChanged = serializers.DateTimeField()


class StuckPageSerializer(serializers.Serializer[object]):
    """A page of what is stuck. Follow ``next`` until it is null."""

    count = serializers.IntegerField(help_text="Instances in this page.")
    next = serializers.CharField(allow_null=True)
    instances = StuckInstanceSerializer(many=True)


def batch_document(
    batch: Batch, instances: Sequence[dict[str, object]]
) -> dict[str, object]:
    """Return the document of a batch, with the documents of its instances."""
    return {
        "leaseId": str(batch.lease_id),
        "leasedUntil": wire_time(batch.until),
        "count": len(instances),
        "instances": instances,
    }


def stuck_documents(rows: Iterable[QueueLease]) -> list[dict[str, object]]:
    """Return the documents of what is stuck."""
    return [
        {
            "id": row.instance.instance_id,
            "leases": row.leases,
            "leaseEnded": wire_time(row.leased_until),
            "lastChanged": wire_time(row.instance.last_changed),
        }
        for row in rows
    ]
