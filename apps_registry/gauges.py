"""Which applications there are, in figures."""

from collections.abc import Iterator

from apps_registry.models import Application
from common.gauges import Gauge


def gauges() -> Iterator[Gauge]:
    """Read how many applications are served."""
    yield Gauge.of(
        "altinn_applications_served",
        "Applications that have a deployment which is served.",
        Application.objects.served().count(),
    )
