"""Writing figures in Prometheus' format, or in OpenMetrics for who asks for that."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from common.gauges import Gauge

_SECONDS = "seconds"


class _Figures(Collector):
    """The figures of one answer; nothing is kept for the next."""

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield each as the library has it."""
        for gauge in self._gauges:
            family = GaugeMetricFamily(
                gauge.name,
                gauge.text,
                labels=gauge.labels,
                unit=_SECONDS if gauge.name.endswith(f"_{_SECONDS}") else "",
            )
            for labels, value in gauge.samples.items():
                family.add_metric(labels, value)
            yield family


def written(gauges: Iterable[Gauge], accept: str) -> tuple[bytes, str]:
    """Return the figures in the format that ``accept`` asks for, and its name."""
    registry = CollectorRegistry()
    registry.register(_Figures(gauges))
    try:
        encode, content_type = choose_encoder(accept)
    except TypeError:  # a version that is no number
        encode, content_type = choose_encoder("")
    return encode(registry), content_type
