"""Tables of the outbox, of who is told, and of what is sent to whom."""

from django.db import models
from django.db.models import Q

from common.ids import uuid7
from common.models import Leased
from events.choices import Outcome
from events.querysets import (
    CloudEventQuerySet,
    DailyCountQuerySet,
    DeliveryQuerySet,
    SubscriptionQuerySet,
)


class CloudEvent(models.Model):
    """Something that happened, written in the transaction that made it happen.

    Append only but for ``sequence``: its place among all that is told, given once by
    the worker. Transactions commit in another order than their ids were made in; what
    commits gets its place later, so no reader who goes by places misses any. What is
    quiet gets none: the worker counts it and takes it away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=255)
    source = models.CharField(max_length=512, help_text="Address of what it is about.")
    subject = models.CharField(max_length=255, help_text="/party/{id}")
    alternative_subject = models.CharField(max_length=255, blank=True, default="")
    resource = models.CharField(max_length=255, help_text="urn:altinn:resource:app_…")
    resource_instance = models.CharField(max_length=64, help_text="{party}/{guid}")
    time = models.DateTimeField()
    sequence = models.BigIntegerField(null=True, blank=True, editable=False)
    is_quiet = models.BooleanField(
        default=False,
        db_default=False,  # of processes that do not know it yet
        help_text="Of an application that tells nobody of its events.",
    )

    objects = CloudEventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            # What the worker has to tell: none of it is long.
            models.Index(
                fields=["id"],
                name="cloudevent_unnumbered",
                condition=Q(sequence__isnull=True),
            ),
            # An app owner reads the events of one app from a place on. An event that is
            # being written is in neither index: it costs those that write nothing.
            models.Index(
                fields=["resource", "sequence"],
                name="cloudevent_resource_sequence",
                condition=Q(sequence__isnull=False),
            ),
            # A party's events, from a place on.
            models.Index(
                fields=["subject", "sequence"],
                name="cloudevent_subject_sequence",
                condition=Q(sequence__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class Outbox(Leased):
    """How far the outbox is told: one row, whose lock orders the events."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE)
    last_sequence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "outbox"
        constraints = [
            models.CheckConstraint(
                name="outbox_is_one",
                condition=Q(id=1),
                violation_error_message="There is one outbox.",
            ),
        ]

    def __str__(self) -> str:
        return f"up to {self.last_sequence}"


class Subscription(Leased):
    """Who is told of which events, and where.

    A worker has the lease of a subscription while it sends: so a receiver is visited by
    one at a time, and one that is slow holds up nobody else.
    """

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=120, help_text="/org/{code}, /user/{id} …")
    org = models.CharField(
        max_length=40, blank=True, default="", help_text="If it is a service owner."
    )
    subscriber = models.JSONField(help_text="The caller, as decisions need him.")
    end_point = models.CharField(max_length=2048)
    resource = models.CharField(max_length=255, help_text="urn:altinn:resource:app_…")
    source = models.CharField(max_length=512, blank=True, default="")
    subject = models.CharField(max_length=255, blank=True, default="")
    alternative_subject = models.CharField(max_length=255, blank=True, default="")
    type = models.CharField(max_length=255, blank=True, default="")
    digest = models.CharField(max_length=64, help_text="Of what is asked for.")
    secret = models.CharField(max_length=64, help_text="What deliveries are signed by.")
    created = models.DateTimeField()
    validated_at = models.DateTimeField(null=True, blank=True)
    away_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when the receiver cannot be reached."
    )
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="subscription_made_once",
                fields=["consumer", "digest"],
                condition=Q(deleted_at__isnull=True),
                violation_error_message="There is such a subscription already.",
            ),
        ]
        indexes = [
            # Whom the worker tells of an application's events.
            models.Index(
                fields=["resource"],
                name="subscription_resource",
                condition=Q(deleted_at__isnull=True),
            ),
            # What a worker may take now.
            models.Index(
                fields=["due_at"],
                name="subscription_due",
                condition=Q(dead_at__isnull=True),
            ),
            # The desk's list of an organisation.
            models.Index(fields=["org", "id"], name="subscription_org"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.consumer}"

    @property
    def state(self) -> str:
        """Where the subscription stands in its life."""
        if self.deleted_at is not None:
            return "ended"
        if self.validated_at is None:
            return "not validated"
        return "active" if self.away_since is None else "receiver away"


class Delivery(models.Model):
    """An event on its way to a subscriber; without one, the question to validate.

    ``due_at`` is when it is sent next, while it waits. Whoever holds the subscription's
    lease sends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The indexes below begin with the subscription.
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,
    )
    event = models.ForeignKey(CloudEvent, on_delete=models.CASCADE, null=True)
    org = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(
        max_length=12, choices=Outcome.choices, default=Outcome.WAITING
    )
    due_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                name="delivery_waits_or_has_ended",
                condition=Q(
                    outcome=Outcome.WAITING,
                    due_at__isnull=False,
                    ended_at__isnull=True,
                )
                | (
                    ~Q(outcome=Outcome.WAITING)
                    & Q(due_at__isnull=True, ended_at__isnull=False)
                ),
                violation_error_message="A delivery waits for a time, or has ended.",
            ),
        ]
        indexes = [
            # What is to be sent to a subscriber now.
            models.Index(
                fields=["subscription", "due_at"],
                name="delivery_due",
                condition=Q(outcome=Outcome.WAITING),
            ),
            # The last of a subscription, when it is looked at.
            models.Index(fields=["subscription", "id"], name="delivery_subscription"),
            # The desk's list, all and by outcome; counts for the dashboards.
            models.Index(fields=["org", "id"], name="delivery_org"),
            models.Index(
                fields=["org", "outcome", "id"],
                name="delivery_org_undelivered",
                condition=~Q(outcome=Outcome.DELIVERED),
            ),
            # How many failed for good.
            models.Index(
                fields=["ended_at"],
                name="delivery_dead",
                condition=Q(outcome=Outcome.DEAD),
            ),
            # What is kept long enough.
            models.Index(fields=["ended_at"], name="delivery_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.id} to {self.subscription_id}"


class DeliveryStatistics(models.Model):
    """How an organisation's deliveries stand, counted by the worker."""

    org = models.CharField(primary_key=True, max_length=40)
    subscriptions = models.PositiveIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    dead = models.BigIntegerField(default=0)
    oldest_waiting = models.DateTimeField(null=True, blank=True)
    as_of = models.DateTimeField()

    class Meta:
        ordering = ["org"]
        verbose_name_plural = "delivery statistics"

    def __str__(self) -> str:
        return self.org


class DailyCount(models.Model):
    """How often something happened to an application's instances on a day (UTC).

    An event is counted once, in the transaction that gives it its place. What was
    counted stays when instances and events are removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.CharField(max_length=40)
    app_id = models.CharField(max_length=121, help_text="org/app")
    day = models.DateField(help_text="UTC")
    type = models.CharField(max_length=255, help_text="What happened: an event's type.")
    count = models.PositiveBigIntegerField()

    objects = DailyCountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="daily_count_of_one_thing",
                fields=["app_id", "day", "type"],
                violation_error_message="This is counted already.",
            ),
        ]
        indexes = [
            # An organisation's list, page after page.
            models.Index(fields=["org", "day", "id"], name="daily_count_org"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.type} of {self.app_id} on {self.day}"
