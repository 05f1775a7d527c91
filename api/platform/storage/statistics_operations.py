"""What the document says of an organisation's statistics."""

from api.operations import Operation, Table
from api.platform.storage.statistics import StatisticsViewSet
from api.serializers.statistics import StatisticsPageSerializer

STATISTICS_OPERATIONS: Table = {
    StatisticsViewSet: {
        "list": Operation(
            "statistics_list",
            "Statistics",
            {200: StatisticsPageSerializer},
            problems=("owner-only", "scope-missing", "continuation-token-invalid"),
        ),
    },
}
