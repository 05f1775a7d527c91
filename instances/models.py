"""Tables of instances and their history."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q

from authorization.resources import Resource
from common.ids import uuid7
from common.models import CreatedAndChanged
from instances.choices import ReadStatus
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
