"""Both APIs hold what their OpenAPI documents say, whatever is sent to them.

Schemathesis makes calls from the documents, right ones and wrong ones, as a user and as
a service owner. No answer may be a failure of the server, have a status that is not
documented, or be refused by its own schema. Short as a part of the suite; ``make fuzz``
takes ``ALTINN_FUZZ_EXAMPLES`` calls of each operation, from ``ALTINN_FUZZ_SEED`` on.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import ORG_PARTY
from tests.factories import FORM
from tests.live.calls import Caller
from tests.openapi import DOCS
from tests.servers import Command, LiveServer, Template

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("ALTINN_FUZZ_EXAMPLES", "1"))
SEED = os.environ.get("ALTINN_FUZZ_SEED", "1")
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]
# Fails because it is asked to.
FAILS = "/storage/api/v1/error"
HOSTS = {"application": "nav.apps.localhost", "platform": "platform.localhost"}
RUNS = [("application", "user"), ("platform", "owner")]
if EXAMPLES > 1:
    RUNS += [("application", "owner"), ("platform", "user")]
CONFIG = """
[parameters]
"path.org" = "nav"
"path.app" = "app2018"
"path.party" = {party}
"path.guid" = "{guid}"
"path.element" = "{element}"
"path.dataType" = "default"
"""


@pytest.fixture(scope="module")
def fuzzed(template: Template) -> Iterator[LiveServer]:
    """A server that no other test looks at afterwards."""
    with template.server(
        Command(threads=4),
        ALTINN_LOG_LEVEL="CRITICAL",
        ALTINN_METRICS_API_KEY="of-fuzzing-only-" + "0" * 24,
    ) as running:
        yield running


def an_element(user: Caller) -> tuple[str, str]:
    """Make an instance with a form; return the guids of both."""
    answer = user.call(
        "POST", f"/nav/app2018/instances?instanceOwnerPartyId={ORG_PARTY}"
    )
    guid = str(answer.json()["id"]).partition("/")[2]
    url = f"/nav/app2018/instances/{ORG_PARTY}/{guid}/data?dataType=default"
    element = user.call("POST", url, body=FORM, content_type="application/xml")
    assert element.status == 201, element.text
    return guid, str(element.json()["id"])


@pytest.mark.parametrize(("face", "caller"), RUNS)
def test_every_answer_is_one_that_the_document_has(
    fuzzed: LiveServer, tmp_path: Path, face: str, caller: str
) -> None:
    """style.md §11, Z-087"""
    user = Caller.user(fuzzed)
    guid, element = an_element(user)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(party=ORG_PARTY, guid=guid, element=element))
    calls = user if caller == "user" else Caller.owner(fuzzed)
    line = [
        str(Path(sys.executable).parent / "schemathesis"),
        "--no-color",
        *("--config-file", str(config)),
        *("run", str(DOCS / f"{face}.yaml")),
        *("--url", f"http://localhost:{fuzzed.port}"),
        *("--header", f"Authorization: Bearer {calls.token}"),
        *("--header", f"Host: {HOSTS[face]}:{fuzzed.port}"),
        *("--phases", "fuzzing"),
        *("--max-examples", str(EXAMPLES)),
        *("--seed", SEED),
        # Python before 3.11.8 fails now and then when two threads parse source at once
        # (python/cpython#106905), which is how Hypothesis describes what it draws.
        *("--workers", "1"),
        *("--checks", ",".join(CHECKS)),
        *("--exclude-path", FAILS),
        *("--generation-database", "none"),
        *("--suppress-health-check", "all"),
        *("--warnings", "off"),
        *("--request-timeout", "30"),
        "--continue-on-failure",
        "--no-shrink",
    ]
    done = subprocess.run(
        line, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "Tested:" in done.stdout
