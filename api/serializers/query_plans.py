"""How the database answers a list, as it is told to a service owner."""

from rest_framework import serializers

from instances.explained import Explained


class QueryPlanSerializer(serializers.Serializer[object]):
    """Which indexes a page is found by, and how much is read for it."""

    indexes = serializers.ListField(
        child=serializers.CharField(), help_text="In the order of the plan."
    )
    readsAll = serializers.BooleanField(
        help_text="Whether the instances are read one by one, without an index."
    )
    sorts = serializers.BooleanField(
        help_text="Whether all that is found is sorted before the page is cut."
    )
    rowsRead = serializers.IntegerField(
        allow_null=True, help_text="Instances that were looked at; null on SQLite."
    )
    milliseconds = serializers.FloatField(
        allow_null=True, help_text="Of the database; null on SQLite."
    )


def plan_document(told: Explained) -> dict[str, object]:
    """Return the document of a plan; nulls are written."""
    return {
        "indexes": list(told.indexes),
        "readsAll": told.reads_all,
        "sorts": told.sorts,
        "rowsRead": told.rows_read,
        "milliseconds": told.milliseconds,
    }
