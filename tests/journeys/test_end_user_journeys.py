"""Journeys of end users' systems, as `make demo` plays them, on a real server."""

import pytest

from samples.journeys.annual_accounts import AnnualAccountsJourney
from samples.journeys.in_one_call import OneCallJourney
from samples.journeys.stage import Stage
from samples.journeys.vat_return import VatReturnJourney
from tests.journeys.sample_apps import bring_in
from tests.servers import LiveServer

pytestmark = pytest.mark.slow


def test_each_journey_is_as_expected(server: LiveServer) -> None:
    """EUS-3, EUS-5, EUS-6"""
    bring_in(server)
    shown: list[str] = []
    stage = Stage(server.api, shown.append)
    for journey in (OneCallJourney, VatReturnJourney, AnnualAccountsJourney):
        steps = stage.steps
        address = journey(stage).play()
        assert "/instances/500000/" in address
        assert stage.steps > steps
    tokens = [line for line in shown if "Bearer" in line]
    assert tokens
    assert all("... (" in line for line in tokens)
