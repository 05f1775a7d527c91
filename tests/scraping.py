"""Reading the page of metrics as Prometheus does."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from tests.client import BASE_HOST, Api

TOKEN = "of-operators-of-tests-only-" + "0" * 16
SENT: Mapping[str, str] = {"Authorization": f"Bearer {TOKEN}"}


def scrape() -> dict[str, float]:
    """Return every figure by its name, with its labels as the page writes them."""
    answer = Api(BASE_HOST, headers=SENT).get("/metrics")
    assert answer.status_code == 200, answer.content
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            name = sample.name.removeprefix("altinn_")
            name = f"{name}{{{labels}}}" if labels else name
            assert name not in found
            found[name] = sample.value
    return found


def of(found: dict[str, float], name: str) -> dict[str, float]:
    """Return a figure by its labels."""
    return {
        key.removeprefix(f"{name}{{").removesuffix("}"): value
        for key, value in found.items()
        if key.startswith(f"{name}{{")
    }
