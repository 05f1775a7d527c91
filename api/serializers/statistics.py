"""What is counted of a day, on the wire."""

from rest_framework import serializers

from events.models import DailyCount


class DailyCountSerializer(serializers.Serializer[object]):
    """How often something happened to an application's instances on a day."""

    day = serializers.DateField(help_text="UTC.")
    appId = serializers.CharField(help_text="`org/app`.")
    type = serializers.CharField(help_text="What happened, as its event is named.")
    count = serializers.IntegerField(help_text="How often.")


class StatisticsPageSerializer(serializers.Serializer[object]):
    """A page of counts, the oldest day first. Follow ``next`` until it is null."""

    count = serializers.IntegerField(help_text="Rows in this page.")
    next = serializers.CharField(allow_null=True)
    statistics = DailyCountSerializer(many=True)


def daily_count_document(row: DailyCount) -> dict[str, object]:
    """Return a count as the wire has it."""
    return {
        "day": row.day.isoformat(),
        "appId": row.app_id,
        "type": row.type,
        "count": row.count,
    }
