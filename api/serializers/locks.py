"""What taking and keeping the lock of an instance reads and answers."""

from rest_framework import serializers

from instances.locks import MOST_SECONDS


class InstanceLockSerializer(serializers.Serializer[object]):
    """For how long; none takes a lock that has ended, or gives one back."""

    ttlSeconds = serializers.IntegerField(
        default=0,
        max_value=MOST_SECONDS,
        help_text="Seconds from now: at most a day, and none gives the lock back.",
    )


class LockTokenSerializer(serializers.Serializer[object]):
    """What keeps and opens the lock; it is answered once, and stored nowhere."""

    lockToken = serializers.CharField()
