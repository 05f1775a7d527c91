"""What journeys in Altinn 3's calls share: tokens of the sandbox, and files to send."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samples.journeys.stage import Caller, File, Stage
from samples.journeys.transport import Request

ORG, USER, PARTY = "nav", 1337, 500000
APPLICATION = f"{ORG}.apps"
SAMPLES = Path(__file__).resolve().parent.parent / ORG


def user(stage: Stage, user_id: int = USER) -> Caller:
    """Return a test user of the sandbox."""
    stage.begin(f"A test token for user {user_id}")
    return _caller(stage, f"/Home/GetTestUserToken/{user_id}")


def owner(stage: Stage) -> Caller:
    """Return the service owner, as the sandbox lets him be."""
    stage.begin(f"A test token for the owner, {ORG}")
    return _caller(stage, f"/Home/GetTestOrgToken/{ORG}")


def json_file(document: object) -> File:
    """Return a JSON body."""
    return File(json.dumps(document).encode(), "application/json")


def xml_file(app: str, name: str, media_type: str = "application/xml") -> File:
    """Return an example of an application, as a file with its name."""
    content = (SAMPLES / app / "examples" / name).read_bytes()
    return File(content, media_type, name)


def pdf_file(name: str) -> File:
    """Return an attachment."""
    content = (SAMPLES / "app2018" / "examples" / "vedlegg.pdf").read_bytes()
    return File(content, "application/pdf", name)


def path_of(address: str) -> str:
    """Return the path of an absolute address."""
    return urlsplit(address).path


@dataclass(frozen=True, slots=True)
class InstanceCalls:
    """Calls about one instance, by somebody."""

    stage: Stage
    path: str

    def task(self, answer: Any, wanted: str) -> None:
        """Check which task the process stands in after a step."""
        found = (answer.get("currentTask") or {}).get("elementId")
        self.stage.check(found == wanted, f"the process stands in {wanted}", found)

    def next(self, by: Caller, action: str = "", *, expect: int = 200) -> Any:
        """Take the next step, with an action if one is named."""
        body = json_file({"action": action}) if action else None
        path = f"{self.path}/process/next"
        return by.put(APPLICATION, path, file=body, expect=expect).json()

    def add(self, by: Caller, data_type: str, file: File) -> Any:
        """Add a data element."""
        path = f"{self.path}/data?dataType={data_type}"
        return by.post(APPLICATION, path, file=file, expect=201).json()

    def receipt(self, by: Caller) -> None:
        """Read the receipt."""
        self.stage.begin("Whoever may read gets the receipt, which anybody verifies")
        answer = by.get(APPLICATION, f"{self.path}/receipt").json()
        parts = {"payload", "protected", "signature", "keys"}
        self.stage.check(answer.keys() >= parts, "it is a JWS", sorted(answer))


def create(stage: Stage, by: Caller, app: str) -> InstanceCalls:
    """Make an instance for the sandbox's organisation, by ``instances/create``."""
    path = f"/{ORG}/{app}/instances/create"
    body = json_file({"instanceOwner": {"partyId": str(PARTY)}})
    document = by.post(APPLICATION, path, file=body, expect=201).json()
    return InstanceCalls(stage, path_of(document["selfLinks"]["apps"]))


def _caller(stage: Stage, path: str) -> Caller:
    request = Request("GET", stage.server.base_host, path, {})
    answer = stage.exchange(request, expect=200, secret_answer=True)
    return Caller(stage, answer.text)
