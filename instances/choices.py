"""Wire values of instances."""

from typing import Final

from django.db import models

MOST_LEASES: Final = 5  # of one instance in its owner's queue, before it is stuck


class ReadStatus(models.IntegerChoices):
    """Whether the instance owner has seen the instance; names on the storage wire."""

    UNREAD = 0, "Unread"
    READ = 1, "Read"
    UPDATED_SINCE_LAST_REVIEW = 2, "UpdatedSinceLastReview"


class InstanceEventType(models.TextChoices):
    """What the history of an instance records (storage-api.md §3.11)."""

    CREATED = "Created"
    SAVED = "Saved"
    SUBMITED = "Submited"  # the wire's own spelling
    DELETED = "Deleted"
    UNDELETED = "Undeleted"
    CONFIRMED_COMPLETE = "ConfirmedComplete"
    SUBSTATUS_UPDATED = "SubstatusUpdated"
    PROCESS_START_EVENT = "process_StartEvent"
    PROCESS_END_EVENT = "process_EndEvent"
    PROCESS_START_TASK = "process_StartTask"
    PROCESS_END_TASK = "process_EndTask"
    PROCESS_ABANDON_TASK = "process_AbandonTask"
    SIGNED = "Signed"
    SENT_TO_SIGN = "SentToSign"
    SENT_TO_PAYMENT = "SentToPayment"
    SENT_TO_SEND_IN = "SentToSendIn"
    SENT_TO_FORM_FILL = "SentToFormFill"
    INSTANCE_FORWARDED = "InstanceForwarded"
    INSTANCE_RIGHT_REVOKED = "InstanceRightRevoked"
    NOTIFICATION_SENT_SMS = "NotificationSentSms"
    MESSAGE_ARCHIVED = "MessageArchived"
    MESSAGE_READ = "MessageRead"
    DOWNLOADED_BY_OWNER = "DownloadedByOwner"
    DOWNLOAD_CONFIRMED = "DownloadConfirmed"
