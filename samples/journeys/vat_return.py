"""EUS-5: a VAT return that the agency answers, in a task of its own."""

from urllib.parse import quote

from samples.journeys import sandbox
from samples.journeys.sandbox import APPLICATION, InstanceCalls
from samples.journeys.stage import Caller, File, Stage

APP = "mvamelding"
_ANSWERS = {
    "valideringsresultat": b"<validering><status>OK</status></validering>",
    "betalingsinformasjon": b"<betaling><kid>1234567</kid><sum>100000</sum></betaling>",
    "kvittering": b"<kvittering><mottatt>ja</mottatt></kvittering>",
}


class VatReturnJourney:
    """One playing of the journey."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def play(self) -> str:
        """Play; return the instance's address. Raises Unexpected."""
        by, owner = sandbox.user(self.stage), sandbox.owner(self.stage)
        self.stage.begin("EUS-5: the system creates a VAT return for an organisation")
        calls = sandbox.create(self.stage, by, APP)
        self.stage.begin("EUS-5: the envelope")
        envelope = sandbox.xml_file(APP, "konvolutt.xml", "text/xml")
        element = calls.add(by, "konvolutt", envelope)
        self.stage.begin("EUS-5: the envelope once more, at its own address")
        address = sandbox.path_of(element["selfLinks"]["apps"])
        by.put(APPLICATION, address, file=envelope, expect=201)
        self.stage.begin("EUS-5: leaving without the return itself is refused")
        problem = calls.next(by, expect=409)
        lacking = [issue["field"] for issue in problem["validationIssues"]]
        self.stage.check(lacking == ["mvamelding"], "the return is lacking", lacking)
        self.stage.begin("EUS-5: the return")
        calls.add(by, "mvamelding", sandbox.xml_file(APP, "mvamelding.xml", "text/xml"))
        self.stage.begin("EUS-5: an attachment")
        calls.add(by, "binaerVedlegg", sandbox.pdf_file("bilag.pdf"))
        self.stage.begin("EUS-5: to the confirmation")
        calls.task(calls.next(by), "bekreftelse")
        self.stage.begin("EUS-5: confirmed, it is the owner's turn")
        calls.task(calls.next(by), "tilbakemelding")
        self.stage.begin("EUS-5: the user cannot end what is the owner's")
        calls.next(by, expect=403)
        self._answered(calls, by, owner)
        self.stage.begin("EUS-5: the system reads the instance")
        document = by.get(APPLICATION, calls.path).json()
        links = {one["dataType"]: one["selfLinks"]["apps"] for one in document["data"]}
        for data_type, content in _ANSWERS.items():
            self.stage.begin(f"EUS-5: the system downloads {data_type}")
            answer = by.get(APPLICATION, sandbox.path_of(links[data_type]))
            self.stage.check(answer.body == content, "it is what the owner wrote")
        self.stage.begin("EUS-5: one timeline of all of it")
        path = f"{calls.path}/process/history"
        history = by.get(APPLICATION, path).json()["processHistory"]
        tasks = [one["elementId"] for one in history if one["elementId"]]
        wanted = ["utfylling", "bekreftelse", "tilbakemelding"]
        passed = [task for task in tasks if task in wanted]
        self.stage.check(passed == wanted, "it has every task in its order", tasks)
        calls.receipt(by)
        return calls.path

    def _answered(self, calls: InstanceCalls, by: Caller, owner: Caller) -> None:
        """Let the owner answer while the system waits, in one call, for the change."""
        process = f"{calls.path}/process"
        self.stage.begin("EUS-5: the system reads the state, and its tag")
        tag = by.get(APPLICATION, process).headers["ETag"]
        self.stage.begin("EUS-5: and waits for another state, without polling")
        state = f"{process}?after={quote(tag)}&waitFor=20"
        with by.get_when_changed(APPLICATION, state) as changed:
            for data_type, content in _ANSWERS.items():
                self.stage.begin(f"EUS-5: the owner answers with {data_type}")
                file = File(content, "application/xml", f"{data_type}.xml")
                calls.add(owner, data_type, file)
            self.stage.begin("EUS-5: the owner ends the process")
            calls.next(owner)
            self.stage.begin("EUS-5: the call that waited is answered")
            ended = changed().json().get("endEvent")
        self.stage.check(ended == "ferdig", "the process ended in ferdig", ended)
