"""EUS-6: annual accounts that are filled in by one, and signed by another."""

import hashlib
from typing import Any

from samples.journeys import sandbox
from samples.journeys.sandbox import APPLICATION, InstanceCalls
from samples.journeys.stage import Caller, File, Stage

APP = "aarsregnskap"
ACCOUNTANT, DIRECTOR = 1001, 1337


class AnnualAccountsJourney:
    """One playing of the journey: the accountant fills in, the director signs."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def play(self) -> str:
        """Play; return the instance's address. Raises Unexpected."""
        accountant = sandbox.user(self.stage, ACCOUNTANT)
        director = sandbox.user(self.stage, DIRECTOR)
        self.stage.begin("EUS-6: the accountant creates annual accounts")
        calls = sandbox.create(self.stage, accountant, APP)
        sent = self._fill_in(calls, accountant)
        self.stage.begin("EUS-6: to be signed")
        calls.task(calls.next(accountant, "write"), "signering")
        self.stage.begin("EUS-6: the accountant may not sign")
        calls.next(accountant, "sign", expect=403)
        self._decline(calls, director)
        self.stage.begin("EUS-6: the accountant sends it to be signed again")
        calls.task(calls.next(accountant, "write"), "signering")
        self._sign(calls, director, accountant, sent)
        self.stage.begin("EUS-6: signed, it is sent in")
        ended = calls.next(director, "sign").get("endEvent")
        self.stage.check(ended == "innsendt", "the process ended in innsendt", ended)
        self.stage.begin("EUS-6: nobody signs any more")
        calls.next(director, "sign", expect=409)
        calls.receipt(accountant)
        return calls.path

    def _fill_in(self, calls: InstanceCalls, by: Caller) -> dict[str, str]:
        """Send forms and attachments; return the hashes of what was sent, by id."""
        files = (
            ("regnskap", sandbox.xml_file(APP, "regnskap.xml")),
            ("noter", sandbox.xml_file(APP, "noter.xml")),
            ("vedlegg", sandbox.pdf_file("Revisjonsberetning.pdf")),
            ("vedlegg", sandbox.pdf_file("Årsberetning.pdf")),
        )
        sent = {}
        for data_type, file in files:
            self.stage.begin(f"EUS-6: {data_type}: {file.name}")
            element = calls.add(by, data_type, file)
            sent[str(element["id"])] = hashlib.sha256(file.body).hexdigest()
        return sent

    def _decline(self, calls: InstanceCalls, by: Caller) -> None:
        self.stage.begin("EUS-6: the director signs, by the action alone")
        self._act(calls, by)
        self.stage.begin("EUS-6: and thinks better of it: back to filling in")
        calls.task(calls.next(by, "reject"), "utfylling")
        self.stage.begin("EUS-6: the signature is gone, and the data open again")
        elements = self._elements(calls, by)
        types = {one["dataType"] for one in elements}
        self.stage.check("signatur" not in types, "there is no signature", types)
        locked = [one["dataType"] for one in elements if one["locked"]]
        self.stage.check(not locked, "nothing is locked", locked)

    def _sign(
        self, calls: InstanceCalls, by: Caller, other: Caller, sent: dict[str, str]
    ) -> None:
        self.stage.begin("EUS-6: the director signs")
        self._act(calls, by)
        self.stage.begin("EUS-6: who has signed is shown")
        answer = other.get(APPLICATION, f"{calls.path}/signing").json()
        states = answer["signeeStates"]
        signed = len(states) == 1 and bool(states[0]["signedTime"])
        self.stage.check(signed, "the director, with the time", states)
        self.stage.begin("EUS-6: what is signed is locked")
        elements = self._elements(calls, by)
        open_still = [one["dataType"] for one in elements if not one["locked"]]
        self.stage.check(not open_still, "every data element is", open_still)
        self.stage.begin("EUS-6: the signature holds the hash of what was sent")
        (link,) = (
            one["selfLinks"]["apps"]
            for one in elements
            if one["dataType"] == "signatur"
        )
        document = by.get(APPLICATION, sandbox.path_of(link)).json()
        hashes = {
            one["dataElementId"]: one["sha256Hash"]
            for one in document["dataElementSignatures"]
        }
        self.stage.check(hashes == sent, f"of all {len(sent)}", hashes)

    def _act(self, calls: InstanceCalls, by: Caller) -> None:
        body: File = sandbox.json_file({"action": "sign"})
        by.post(APPLICATION, f"{calls.path}/actions", file=body, expect=200)

    def _elements(self, calls: InstanceCalls, by: Caller) -> list[Any]:
        elements: list[Any] = by.get(APPLICATION, calls.path).json()["data"]
        return elements
