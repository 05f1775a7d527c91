"""Tables of instances and their history."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from authorization.resources import Resource
from common.ids import uuid7
from common.models import CreatedAndChanged, Leased
from instances.choices import MOST_LEASES, ReadStatus
from instances.querysets import InstanceEventQuerySet, InstanceQuerySet

_TODO = Q(process_ended__isnull=False, confirmed=False)
_ACTIVE = Q(current_task__isnull=False)


class Instance(CreatedAndChanged):
    """One filled-in form of an application, on behalf of a party.

    The process is held as the document that the wire shows; ``current_task``,
    ``process_ended`` and ``end_event`` are what queries ask of it. The owner party is a
    number and no foreign key: the register may be another server's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.CharField(max_length=40)
    app_id = models.CharField(max_length=121, help_text="org/app")
    owner_party_id = models.BigIntegerField(help_text="Party id of the instance owner.")
    owner_person_no = models.CharField(max_length=11, null=True, blank=True)
    owner_org_no = models.CharField(max_length=9, null=True, blank=True)
    owner_username = models.CharField(max_length=255, null=True, blank=True)
    owner_external_id = models.CharField(max_length=255, null=True, blank=True)
    external_reference = models.CharField(
        max_length=128,
        null=True,
        blank=True,
        help_text="What the caller who made it calls it, once for each app and owner.",
    )
    process = models.JSONField(default=dict, blank=True)
    current_task = models.CharField(max_length=128, null=True, blank=True)
    process_ended = models.DateTimeField(null=True, blank=True)
    end_event = models.CharField(max_length=128, null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    soft_deleted_at = models.DateTimeField(null=True, blank=True)
    hard_deleted_at = models.DateTimeField(null=True, blank=True)
    read_status = models.SmallIntegerField(
        choices=ReadStatus.choices, default=ReadStatus.UNREAD
    )
    substatus = models.JSONField(null=True, blank=True)
    confirmed = models.BooleanField(
        default=False, help_text="The owning org has confirmed."
    )
    confirmed_by = models.TextField(
        blank=True,
        default="",
        help_text="Codes of all who have confirmed, each with a space on both sides.",
    )
    confirmations = models.JSONField(null=True, blank=True)
    due_before = models.DateTimeField(null=True, blank=True)
    visible_after = models.DateTimeField(null=True, blank=True)
    presentation_texts = models.JSONField(null=True, blank=True)
    data_values = models.JSONField(null=True, blank=True)
    lock_number = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="How many locks were taken; the last one's."
    )
    lock_secret = models.BinaryField(
        max_length=32, null=True, blank=True, help_text="SHA-256 of the last one's."
    )
    lock_holder = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="Who took it."
    )
    locked_until = models.DateTimeField(null=True, blank=True)

    # Of a row as it was read: every write is refused if the stored one differs now.
    unless_changed = False

    objects = InstanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="inst_lc_ge_created",
                condition=Q(last_changed__gte=F("created")),
                violation_error_message="An instance changes after it was created.",
            ),
            models.CheckConstraint(
                name="inst_task_xor_ended",
                condition=~Q(process_ended__isnull=False, current_task__isnull=False),
                violation_error_message="An ended process stands in no task.",
            ),
            models.CheckConstraint(
                name="inst_hard_deleted_is_soft_deleted",
                condition=Q(hard_deleted_at__isnull=True)
                | Q(soft_deleted_at__isnull=False),
                violation_error_message="What is hard deleted is soft deleted too.",
            ),
            models.CheckConstraint(
                name="inst_lock_is_somebodys",
                condition=Q(locked_until__isnull=True)
                | Q(lock_secret__isnull=False, lock_number__gt=0) & ~Q(lock_holder=""),
                violation_error_message="A lock has a number, a secret and a holder.",
            ),
            # GET instances?externalReference=… of an app too, so the owner comes last.
            # What is hard deleted waits for its purge, and leaves the reference free.
            models.UniqueConstraint(
                fields=["app_id", "external_reference", "owner_party_id"],
                name="inst_external_reference",
                condition=Q(
                    external_reference__isnull=False, hard_deleted_at__isnull=True
                ),
                violation_error_message="The owner has an instance of that reference.",
            ),
        ]
        indexes = [
            # GET instances?appId=…, newest or oldest change first.
            models.Index(fields=["app_id", "last_changed", "id"], name="inst_app_lc"),
            # GET instances?org=…
            models.Index(fields=["org", "last_changed", "id"], name="inst_org_lc"),
            # GET instances?instanceOwner.partyId=…
            models.Index(
                fields=["owner_party_id", "last_changed", "id"], name="inst_party_lc"
            ),
            # GET instances?appId=…&created=gte:…
            models.Index(fields=["app_id", "created"], name="inst_app_created"),
            # An owner's worklist: ended and not confirmed.
            models.Index(
                fields=["org", "last_changed", "id"],
                name="inst_org_todo",
                condition=_TODO,
            ),
            models.Index(
                fields=["app_id", "last_changed", "id"],
                name="inst_app_todo",
                condition=_TODO,
            ),
            # GET instances?process.currentTask=…
            models.Index(
                fields=["app_id", "current_task", "last_changed", "id"],
                name="inst_app_task",
                condition=_ACTIVE,
            ),
            models.Index(
                fields=["org", "current_task", "last_changed", "id"],
                name="inst_org_task",
                condition=_ACTIVE,
            ),
            # The purge of what was hard deleted.
            models.Index(
                fields=["hard_deleted_at"],
                name="inst_purge",
                condition=Q(hard_deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.instance_id

    @property
    def instance_id(self) -> str:
        """``{partyId}/{guid}``, the id on the wire."""
        return f"{self.owner_party_id}/{self.id}"

    @property
    def app(self) -> str:
        """The name of the application without its org."""
        return self.app_id.partition("/")[2]

    @property
    def resource(self) -> Resource:
        """The instance as decisions see it."""
        return Resource(
            org=self.org,
            app=self.app,
            party_id=self.owner_party_id,
            instance_id=self.instance_id,
            task=self.current_task or "",
            end_event=self.end_event or "",
        )

    @property
    def task_type(self) -> str:
        """The Altinn type of the current task, empty when there is none."""
        task = self.process.get("currentTask")
        return str(task.get("altinnTaskType", "")) if isinstance(task, Mapping) else ""

    @property
    def state(self) -> str:
        """Where the instance stands in its life."""
        if self.hard_deleted_at:
            return "hard deleted"
        if self.soft_deleted_at:
            return "soft deleted"
        return "archived" if self.archived_at else "active"

    @property
    def is_active(self) -> bool:
        """Neither archived nor deleted."""
        return self.archived_at is None and self.soft_deleted_at is None


class InstanceEvent(models.Model):
    """A line of an instance's history, written with what it tells of.

    Append only. It outlives the instance, so there is no foreign key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance_id = models.UUIDField()
    owner_party_id = models.BigIntegerField()
    created = models.DateTimeField()
    event_type = models.CharField(max_length=64)
    data_id = models.UUIDField(null=True, blank=True)
    actor = models.JSONField(default=dict, help_text="PlatformUser on the wire.")
    related_user = models.JSONField(
        null=True, blank=True, help_text="Whom it concerns besides, as PlatformUser."
    )
    process = models.JSONField(
        null=True, blank=True, help_text="The process state then."
    )
    additional_info = models.TextField(null=True, blank=True)

    objects = InstanceEventQuerySet.as_manager()

    class Meta:
        ordering = ["created", "id"]
        indexes = [
            # GET …/events of one instance, and its process history.
            models.Index(fields=["instance_id", "created"], name="instevent_instance"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.created:%Y-%m-%dT%H:%M:%SZ}"


class QueueLease(models.Model):
    """Who of an owner's workers has an ended instance in hand, and until when.

    Made when an instance is first leased. After ``MOST_LEASES`` it is stuck: nobody is
    given it before somebody resets it. A row of a confirmed instance means nothing.
    """

    instance = models.OneToOneField(
        Instance, primary_key=True, on_delete=models.CASCADE, related_name="queue_lease"
    )
    app_id = models.CharField(max_length=121, help_text="org/app")
    lease_id = models.UUIDField()
    leased_until = models.DateTimeField()
    leases = models.PositiveSmallIntegerField(help_text="How often it was leased.")

    class Meta:
        indexes = [
            # What one lease holds.
            models.Index(fields=["lease_id"], name="queuelease_lease"),
            # What is stuck in the queue of an app.
            models.Index(
                fields=["app_id", "instance"],
                name="queuelease_stuck",
                condition=Q(leases__gte=MOST_LEASES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id} until {self.leased_until:%Y-%m-%dT%H:%M:%SZ}"


class Transition(Leased):
    """Work that keeps an instance in a service task until it is done.

    Made with the step that enters the task, and removed with the one that leaves it.
    What the process document says of it is written with each change of the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instance = models.OneToOneField(
        Instance, on_delete=models.CASCADE, related_name="transition"
    )
    app_id = models.CharField(max_length=121, help_text="org/app")
    task = models.CharField(max_length=128)
    caller = models.JSONField(help_text="Who took the step that led there.")
    steps = models.PositiveSmallIntegerField(
        default=0, help_text="How many service tasks in a row came before."
    )
    shown_error = models.JSONField(
        null=True, blank=True, help_text="What callers are told of the last failure."
    )
    created = models.DateTimeField()

    class Meta:
        indexes = [
            # What is to be done, the longest waiting first.
            models.Index(
                fields=["due_at"],
                name="transition_due",
                condition=Q(dead_at__isnull=True),
            ),
            # How many were given up.
            models.Index(
                fields=["dead_at"],
                name="transition_dead",
                condition=Q(dead_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} of {self.instance_id}"

    @property
    def state(self) -> str:
        """The state on the wire."""
        return "failed" if self.dead_at else "running"


class AppStatistics(models.Model):
    """What is counted of the instances of one application, as of a moment.

    Refreshed as a whole by `manage.py refresh_dashboard`; pages read nothing else.
    """

    app_id = models.CharField(primary_key=True, max_length=121, help_text="org/app")
    org = models.CharField(max_length=40, db_index=True)  # the dashboard of an org
    active = models.BigIntegerField(help_text="Neither archived nor deleted.")
    archived = models.BigIntegerField(help_text="Archived and not deleted.")
    soft_deleted = models.BigIntegerField(help_text="Deleted, and can be restored.")
    hard_deleted = models.BigIntegerField(help_text="Waiting for the purge.")
    unconfirmed = models.BigIntegerField(
        help_text="Archived, not deleted, and not confirmed by the organisation."
    )
    oldest_unconfirmed = models.DateTimeField(
        null=True, blank=True, help_text="When the oldest of those was archived."
    )
    oldest_unconfirmed_id = models.UUIDField(null=True, blank=True)
    per_task = models.JSONField(
        default=dict, help_text="Task to how many active instances stand in it."
    )
    as_of = models.DateTimeField(help_text="When it was counted.")

    class Meta:
        ordering = ["app_id"]
        verbose_name_plural = "app statistics"

    def __str__(self) -> str:
        return f"{self.app_id} as of {self.as_of:%Y-%m-%dT%H:%M:%SZ}"
