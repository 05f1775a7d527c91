"""The original proposal's journey, in its own calls: submit, query, download, confirm.

An end user's system creates an instance for party 12345, fills it in and sends it in.
The service owner finds it, downloads every element, confirms each and then the whole,
and leaves a receipt, which the user reads.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from samples.journeys.stage import Caller, File, Stage
from samples.journeys.transport import Request

EXAMPLES = Path(__file__).resolve().parent.parent / "nav" / "app2018" / "examples"
ORG, APP, USER, PARTY = "nav", "app2018", 1337, 12345
APPLICATION, STORAGE, PLATFORM = f"{ORG}.apps", "storage", "platform"
ATTACHMENT_NAME = "Legeerklæring på øya, ærlig talt.pdf"
RECEIPT = File(b'{"mottatt": true}', "application/json", "kvittering.json")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the journey left behind: the instance's guid and its data by type."""

    guid: str
    elements: dict[str, str]


class ProposalJourney:
    """One playing of the journey, for a party that the sandbox's user may act for."""

    def __init__(self, stage: Stage, *, party: int = PARTY) -> None:
        self.stage = stage
        self.party = party
        self.guid = ""

    def play(self) -> Outcome:
        """Play; raises Unexpected at the first answer that is not as it should be."""
        self._get_tokens()
        self._create()
        sent = self._submit()
        self._send_in()
        elements = self._find()
        self._download(elements, sent)
        self._confirm_downloads(elements)
        self._confirm_all()
        receipt = self._leave_receipt()
        self._look_at_the_end(receipt)
        return Outcome(self.guid, {**elements, "kvittering": receipt})

    def _get_tokens(self) -> None:
        self.stage.begin(f"A test token for the end user's system, as user {USER}")
        self.user = self._caller(f"/Home/GetTestUserToken/{USER}")
        self.stage.begin(f"A test token for the owner, {ORG}")
        self.owner = self._caller(f"/Home/GetTestOrgToken/{ORG}")

    def _caller(self, path: str) -> Caller:
        request = Request("GET", self.stage.server.base_host, path, {})
        answer = self.stage.exchange(request, expect=200, secret_answer=True)
        return Caller(self.stage, answer.text)

    def _create(self) -> None:
        self.stage.begin(f"V1: the user creates an instance for party {self.party}")
        path = f"/{APP}/instances?instanceOwnerId={self.party}"
        answer = self.user.post(APPLICATION, path, expect=201)
        document = answer.json()
        party, _, self.guid = str(document["id"]).partition("/")
        self.stage.check(
            party == str(self.party), f"party {self.party} owns {self.guid}", party
        )
        task = document["process"]["currentTask"]["elementId"]
        self.stage.check(task == "formfilling", "it stands in formfilling", task)
        own = document["selfLinks"]["apps"]
        location = answer.headers["Location"]
        self.stage.check(location == own, "Location is its own address", location)

    def _submit(self) -> dict[str, File]:
        """Send the form and an attachment; return what was sent by data type."""
        form = File((EXAMPLES / "sykmelding.xml").read_bytes(), "application/xml")
        attachment = File(
            (EXAMPLES / "vedlegg.pdf").read_bytes(), "application/pdf", ATTACHMENT_NAME
        )
        data, owner = self._in_app("/data"), f"instanceOwnerId={self.party}"
        self.stage.begin("V2 and V3: the user submits the form, with a second '?'")
        path = f"{data}?formId=default?{owner}"
        document = self.user.post(APPLICATION, path, file=form, expect=201).json()
        types = [element["dataType"] for element in document["data"]]
        self.stage.check(types == ["default"], "the instance has the form", types)
        self.stage.begin("V2: the user adds an attachment with a Norwegian file name")
        path = f"{data}?formId=vedlegg&{owner}"
        document = self.user.post(APPLICATION, path, file=attachment, expect=201).json()
        names = [element.get("filename") for element in document["data"]]
        kept = f"it is kept as {ATTACHMENT_NAME!r}"
        self.stage.check(ATTACHMENT_NAME in names, kept, names)
        return {"default": form, "vedlegg": attachment}

    def _send_in(self) -> None:
        path = self._in_app("/process/next")
        self.stage.begin("V8: the user moves on to the confirmation")
        state = self.user.put(APPLICATION, path).json()
        task = (state.get("currentTask") or {}).get("elementId")
        self.stage.check(task == "confirm", "the process stands in confirm", task)
        self.stage.begin("V8: the user confirms, and the process ends")
        end = self.user.put(APPLICATION, path).json().get("endEvent")
        self.stage.check(end == "submitted", "the process ended in submitted", end)

    def _find(self) -> dict[str, str]:
        """Find the instance as the owner does; return the ids of its data by type."""
        self.stage.begin("V5: the owner queries what is submitted")
        found = self._listed("isCompleted=true&workflowStateId=submitted")
        if found is None:
            self.stage.refuse(f"the query lists {self.guid}")
        self.stage.note(f"it lists {self.guid} with {len(found['data'])} data elements")
        self.stage.begin("The owner queries what he has not confirmed one by one")
        listed = self._listed("downloadConfirmed=false", since=found["lastChanged"])
        self.stage.check(listed is not None, "the instance is listed")
        return {element["dataType"]: element["id"] for element in found["data"]}

    def _download(self, elements: dict[str, str], sent: dict[str, File]) -> None:
        for data_type, element in elements.items():
            self.stage.begin(f"V6: the owner downloads the data of type {data_type}")
            path = self._in_storage(f"/data/{element}?instanceOwnerId={self.party}")
            answer = self.owner.get(STORAGE, path)
            file = sent[data_type]
            same = answer.body == file.body
            self.stage.check(same, f"its {len(file.body)} bytes are as they were sent")
            kept = answer.headers["Content-Type"]
            same = kept == file.content_type
            self.stage.check(same, f"its type is {file.content_type}", kept)
            # The name is there twice; whole, in any letters, in `filename*`.
            disposition = answer.headers["Content-Disposition"]
            name = unquote(disposition.partition("filename*=UTF-8''")[2])
            same = name == file.name
            self.stage.check(same, f"its file name is {file.name or 'none'}", name)

    def _confirm_downloads(self, elements: dict[str, str]) -> None:
        for data_type, element in elements.items():
            self.stage.begin(f"V4: the owner confirms the download of {data_type}")
            path = self._in_app(f"/data/{element}/downloaded")
            path += f"?instanceOwnerId={self.party}"
            document = self.owner.post(APPLICATION, path, expect=200).json()
            confirmed = document["appOwner"].get("downloadConfirmed")
            self.stage.check(bool(confirmed), f"it is confirmed at {confirmed}")
        self.stage.begin("The owner queries again what he has not confirmed one by one")
        listed = self._listed("downloadConfirmed=false", since=self._last_changed())
        gone = "downloadConfirmed=false lists the instance no longer"
        self.stage.check(listed is None, gone)

    def _confirm_all(self) -> None:
        query, since = f"excludeConfirmedBy={ORG}", self._last_changed()
        self.stage.begin("The owner queries what he has not confirmed as a whole")
        listed = self._listed(query, since=since)
        still = "confirming each element does not confirm the whole"
        self.stage.check(listed is not None, still)
        self.stage.begin("The owner confirms that the instance is received, for good")
        path = self._in_app(f"/complete?instanceOwnerId={self.party}")
        document = self.owner.post(APPLICATION, path, expect=200).json()
        by = [one["stakeholderId"] for one in document["completeConfirmations"]]
        self.stage.check(by == [ORG], f"{ORG} has confirmed", by)
        self.stage.begin("The owner queries again what he has not confirmed as a whole")
        listed = self._listed(query, since=since)
        self.stage.check(listed is None, f"{query} lists the instance no longer")

    def _leave_receipt(self) -> str:
        self.stage.begin("The owner leaves a receipt by the platform API after the end")
        instance = f"/storage/api/v1/instances/{self.party}/{self.guid}"
        path = f"{instance}/data?dataType=kvittering"
        document = self.owner.post(PLATFORM, path, file=RECEIPT, expect=201).json()
        kept = document["dataType"]
        self.stage.check(kept == "kvittering", "it is stored as kvittering", kept)
        return str(document["id"])

    def _look_at_the_end(self, receipt: str) -> None:
        self.stage.begin("V7: the user looks at the status")
        path = self._in_app(f"?instanceOwnerId={self.party}")
        document = self.user.get(APPLICATION, path).json()
        status = document["status"]
        archived = status["isArchived"] is True
        self.stage.check(archived, "the instance is archived", status)
        types = sorted(element["dataType"] for element in document["data"])
        wanted = ["default", "kvittering", "vedlegg"]
        self.stage.check(types == wanted, f"it holds {', '.join(wanted)}", types)
        self.stage.begin("V6: the user reads the receipt")
        path = self._in_storage(f"/data/{receipt}?instanceOwnerId={self.party}")
        answer = self.user.get(STORAGE, path)
        self.stage.check(answer.body == RECEIPT.body, "it is what the owner wrote")

    def _listed(self, query: str, *, since: str = "") -> dict[str, Any] | None:
        """Return the instance from a query and its pages, None when it is not there."""
        path = f"/{ORG}/{APP}/instances?{query}"
        if since:
            path += f"&since={quote(since)}"
        while True:
            page = self.owner.get(STORAGE, path).json()
            for instance in page["instances"]:
                if str(instance["id"]).endswith(self.guid):
                    return dict(instance)
            if page["next"] is None:
                return None
            following = urlsplit(page["next"])
            path = f"{following.path}?{following.query}"

    def _last_changed(self) -> str:
        instance = self.owner.get(STORAGE, self._in_storage("")).json()
        return str(instance["lastChanged"])

    def _in_app(self, rest: str) -> str:
        return f"/{APP}/instances/{self.guid}{rest}"

    def _in_storage(self, rest: str) -> str:
        return f"/{ORG}/{APP}/instances/{self.guid}{rest}"
