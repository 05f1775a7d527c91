"""EUS-3: an end user's system submits in one multipart call, and completes."""

from samples.journeys import sandbox
from samples.journeys.sandbox import APPLICATION, ORG, PARTY, InstanceCalls
from samples.journeys.stage import File, Stage

APP = "app2018"
_BOUNDARY = "en-grense-som-ikke-finnes"


class OneCallJourney:
    """One playing of the journey."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def play(self) -> str:
        """Play; return the instance's address. Raises Unexpected."""
        by = sandbox.user(self.stage)
        instances = f"/{ORG}/{APP}/instances"
        template = sandbox.json_file({"instanceOwner": {"partyId": str(PARTY)}})
        form = sandbox.xml_file(APP, "sykmelding.xml")
        certificate = sandbox.pdf_file("Legeerklæring.pdf")
        self.stage.begin("EUS-3: a part with a name that no data type has is refused")
        refused = by.post(
            APPLICATION,
            instances,
            file=_multipart({"instance": template, "ukjent": form}),
            expect=400,
        ).json()
        named = "ukjent" in str(refused)
        self.stage.check(named, "the problem names the part", refused)
        self.stage.begin("EUS-3: instance, form and attachment in one call")
        parts = {"instance": template, "default": form, "vedlegg": certificate}
        document = by.post(
            APPLICATION, instances, file=_multipart(parts), expect=201
        ).json()
        types = sorted(element["dataType"] for element in document["data"])
        self.stage.check(types == ["default", "vedlegg"], "both are stored", types)
        calls = InstanceCalls(
            self.stage, sandbox.path_of(document["selfLinks"]["apps"])
        )
        self.stage.begin("EUS-3: every step to the end")
        state = by.put(APPLICATION, f"{calls.path}/process/completeProcess").json()
        ended = state.get("endEvent")
        self.stage.check(ended == "submitted", "the process ended in submitted", ended)
        calls.receipt(by)
        return calls.path


def _multipart(parts: dict[str, File]) -> File:
    lines = []
    for name, file in parts.items():
        named = f'; filename="{file.name}"' if file.name and name != "instance" else ""
        head = (
            f"--{_BOUNDARY}\r\nContent-Type: {file.content_type}\r\n"
            f'Content-Disposition: form-data; name="{name}"{named}\r\n\r\n'
        )
        lines += [head.encode(), file.body, b"\r\n"]
    body = b"".join([*lines, f"--{_BOUNDARY}--\r\n".encode()])
    return File(body, f"multipart/form-data; boundary={_BOUNDARY}")
