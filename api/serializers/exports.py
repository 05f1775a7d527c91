"""Exports on the wire."""

from rest_framework import serializers

from common.times import optional_wire_time, wire_time
from exports.models import Export

STATES = ("waiting", "running", "completed", "failed", "cancelled", "expired")


class ExportSerializer(serializers.Serializer[object]):
    """An export that the organisation ordered, and how far it has come."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(STATES)
    query = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="The filters, with their values.",
    )
    includeContent = serializers.BooleanField()
    created = serializers.DateTimeField(help_text="When it was ordered.")
    instances = serializers.IntegerField(help_text="Instances written so far.")
    estimatedInstances = serializers.IntegerField(
        allow_null=True,
        help_text="Instances that its applications had when they were counted last: as"
        " many as there can be. Null where they never were.",
    )
    contents = serializers.IntegerField(help_text="Contents written so far.")
    contentsLeftOut = serializers.IntegerField(
        help_text="Contents left out; `contents-….jsonl` in the result says why."
    )
    finished = serializers.DateTimeField(allow_null=True)
    expires = serializers.DateTimeField(
        allow_null=True, help_text="When the result is removed."
    )
    error = serializers.CharField(
        allow_null=True, help_text="What went wrong last, and what happens now."
    )
    selfLink = serializers.URLField()
    resultLink = serializers.URLField(allow_null=True)


class ExportListSerializer(serializers.Serializer[object]):
    """A page of exports, the newest first. Follow ``next`` until it is null."""

    count = serializers.IntegerField(help_text="Exports in this page.")
    next = serializers.CharField(allow_null=True)
    exports = ExportSerializer(many=True)


def export_document(export: Export, link: str) -> dict[str, object]:
    """Return the document of an export that is found at ``link``."""
    completed = export.state == "completed"
    return {
        "id": str(export.pk),
        "state": export.state,
        "query": export.query,
        "includeContent": export.with_content,
        "created": wire_time(export.created),
        "instances": export.instances_written,
        "estimatedInstances": export.estimated,
        "contents": export.contents_written,
        "contentsLeftOut": export.contents_left_out,
        "finished": optional_wire_time(export.finished_at),
        "expires": optional_wire_time(export.expires_at),
        "error": _error(export),
        "selfLink": link,
        "resultLink": f"{link}/result" if completed else None,
    }


def _error(export: Export) -> str | None:
    """Say what went wrong without telling of the server's inside."""
    kind = export.last_error.partition(":")[0]
    if export.dead_at is not None:
        return (
            f"It failed {export.attempts} times and was given up ({kind}). Tell the"
            f" operator the id {export.pk}, and then try it anew."
        )
    if kind and export.due_at is not None and export.finished_at is None:
        return (
            f"The last attempt failed ({kind}); it is tried again at"
            f" {wire_time(export.due_at)}."
        )
    return None
