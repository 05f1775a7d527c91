"""What the faces' reads cost beside raw Django views, in Python's own CPU time.

One call of the one, one of the other.
"""

from collections.abc import Iterator
from functools import partial
from itertools import cycle

import orjson
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from altinn import collector
from bench import raw_settings
from bench.authorization import Effort
from bench.in_process import Caller
from bench.timing import Comparison, alternate
from bench.world import Callers
from instances.models import Instance

_SAMPLE = 50  # instances that are read in turns
_PATH = "/storage/api/v1/instances"


def compare(app_id: str, effort: Effort) -> Iterator[Comparison]:
    """Measure one instance, and a page of a hundred, of an app that has as many."""
    collector.spare()  # as the server does
    caller = Caller(Callers.of(app_id.partition("/")[0]).owner, "platform")
    with override_settings(MIDDLEWARE=raw_settings.MIDDLEWARE):
        raw = WSGIHandler()
    face = WSGIHandler()
    rows = Instance.objects.filter(app_id=app_id).order_by("id")[:_SAMPLE]
    one = [f"{_PATH}/{row.instance_id}" for row in rows]
    page = [f"{_PATH}?appId={app_id}&size=100"]
    for name, addresses, at_most in (("GET", one, 1.3), ("list of 100", page, 1.2)):
        answers = [caller.call(way, "GET", addresses[0]) for way in (raw, face)]
        if _content(answers[0]) != _content(answers[1]):
            raise AssertionError(f"{name}: both ways must answer alike")
        fast, slow = alternate(
            partial(_next, caller, raw, cycle(addresses)),
            partial(_next, caller, face, cycle(addresses)),
            rounds=effort.rounds,
            seconds=effort.seconds,
        )
        yield Comparison(name, "the raw view", fast, "face", slow, at_most=at_most)


def _next(caller: Caller, handler: WSGIHandler, addresses: Iterator[str]) -> None:
    caller.call(handler, "GET", next(addresses))


def _content(body: bytes) -> object:
    """Return the answer without its continuation tokens, which are bound to a list."""
    document = orjson.loads(body)
    return {name: document[name] for name in document if name != "next"}
