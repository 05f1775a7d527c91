"""Which room has which work; the worker takes them in turn, in this order."""

from collections.abc import Mapping

from api.exporting import QueryReader
from api.readable import readable
from cleanup import recurring
from common.work import Work
from data_elements import scanning
from events import delivery
from exports import running
from process import service_runs

WORK: Mapping[str, tuple[Work, ...]] = {
    "process": (service_runs.WORK,),
    "events": delivery.work(readable),
    "data_elements": scanning.WORK,
    "exports": running.work(QueryReader()),
    "cleanup": recurring.WORK,
}
