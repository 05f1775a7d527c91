"""The original proposal's journey, as `make demo` plays it, on real servers."""

import re
import subprocess
import sys

import pytest

from samples.journeys.proposal import ATTACHMENT_NAME, ProposalJourney
from samples.journeys.stage import Stage, Unexpected
from tests.journeys.sample_apps import bring_in
from tests.servers import ROOT, LiveServer


def test_the_journey_is_as_expected_on_each_server(either_server: LiveServer) -> None:
    """V1 to V8, seed-api.md §3 and §4; D-8"""
    shown: list[str] = []
    stage = Stage(either_server.api, shown.append)
    outcome = ProposalJourney(stage).play()
    assert sorted(outcome.elements) == ["default", "kvittering", "vedlegg"]
    assert stage.steps == 20
    text = "\n".join(shown)
    assert text.count("   -> ") >= stage.steps
    assert "formId=default?instanceOwnerId=12345" in text
    assert ATTACHMENT_NAME in text
    assert "eyJ" not in text.replace("eyJ0eXAiOiJKV1Qi...", "")


def test_the_journey_stops_at_what_is_not_as_expected(
    server: LiveServer,
) -> None:
    nobody_acts_for_it = 500005
    stage = Stage(server.api, lambda line: None)
    with pytest.raises(Unexpected) as caught:
        ProposalJourney(stage, party=nobody_acts_for_it).play()
    assert "in step 3" in str(caught.value)
    assert "answered 403, not 201: not-permitted" in str(caught.value)


def test_the_demo_exits_with_0_and_says_so(server: LiveServer) -> None:
    bring_in(server)
    done = _demo(f"http://127.0.0.1:{server.port}")
    assert done.returncode == 0, done.stderr
    assert re.match(r"All \d\d steps as expected", done.stdout.splitlines()[-1])


def test_the_demo_exits_with_1_where_no_server_answers() -> None:
    done = _demo("http://127.0.0.1:9", "--patience", "0")
    assert done.returncode == 1
    assert "No healthy server at http://127.0.0.1:9" in done.stderr


def _demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "samples.demo", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
