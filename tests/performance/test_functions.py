"""How many functions of Python a read calls, beside a view that is written by hand.

Not how long they take: that depends on the machine.
"""

import cProfile
import pstats
from functools import partial

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import override_settings

from bench import raw_settings
from bench.in_process import Caller
from bench.world import Callers
from tests.factories import make_element, make_instance

MOST = 1.25  # times the raw view's; their time is in about the same ratio


def functions(handler: WSGIHandler, address: str) -> int:
    """Return how many calls of functions the answer takes, all caches being warm."""
    caller = Caller(Callers.of("nav").owner, "platform")
    call = partial(caller.call, handler, "GET", address)
    call()
    profile = cProfile.Profile()
    profile.runcall(call)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # set there


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the raw view has PostgreSQL's SQL"
)
@pytest.mark.usefixtures("committed_sandbox")
def test_reading_an_instance_takes_little_more_than_by_hand() -> None:
    """performance.md §7: GET instance, lean DRF ÷ raw view"""
    instance = make_instance()
    for _ in range(2):
        make_element(instance=instance)
    address = f"/storage/api/v1/instances/{instance.instance_id}"
    with override_settings(MIDDLEWARE=raw_settings.MIDDLEWARE):
        raw = WSGIHandler()
    assert functions(WSGIHandler(), address) <= MOST * functions(raw, address)
