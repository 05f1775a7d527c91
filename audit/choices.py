"""What people do in the admin, and what is deployed by any way."""

from django.db import models


class Act(models.TextChoices):
    """What was done with a row."""

    LOOK = "look", "Looked at"
    DOWNLOAD = "download", "Downloaded"
    ADD = "add", "Added"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"
    CONFIRM = "confirm", "Confirmed"
    SOFT_DELETE = "soft-delete", "Soft deleted"
    RESTORE = "restore", "Restored"
    RETRY = "retry", "Sent again"
    GIVE_UP = "give-up", "Given up"
    END = "end", "Ended"
    DEPLOY = "deploy", "Deployed"
    ACTIVATE = "activate", "Activated"
    RETIRE = "retire", "Retired"
