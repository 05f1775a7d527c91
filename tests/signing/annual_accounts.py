"""The sample application with annual accounts: brought in, filled in, and its people.

Signe manages organisation 500000 and sends in; Nils keeps its accounts and may not
sign; Maren has no right to the application but what it gives her; Jonas chairs the
board of 500700.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import LazySettings

from apps_registry.services import import_app
from data_elements.models import DataElement
from instances.models import Instance
from process.hooks import AppHooks
from process.signing_hooks import Signee, SigneeQuery
from tests.cast import ORG_PARTY, SOPHIE, user
from tests.client import APP_HOST, Api
from tests.factories import PDF, SAMPLES

FOLDER = SAMPLES / "nav" / "aarsregnskap"
EXAMPLES = FOLDER / "examples"
REPORT = (EXAMPLES / "regnskap.xml").read_bytes()
NOTES = (EXAMPLES / "noter.xml").read_bytes()
ACCOUNTANT = user(1001, 510001, name="nils")
AUDITOR = user(1002, 510002, name="maren")
CHAIR = user(1003, 510003, name="jonas")
AUDITOR_SSN, CHAIRED_ORG = "17919033037", "334497860"


class AsksTwo(AppHooks):
    """Asks a person and an organisation to sign."""

    def provide_signees(self, query: SigneeQuery) -> list[Signee]:
        """Name them, whoever the provider is."""
        return [
            Signee(person_number=AUDITOR_SSN),
            Signee(organisation_number=CHAIRED_ORG),
        ]


class AsksMany(AppHooks):
    """Asks more than two to sign."""

    def provide_signees(self, query: SigneeQuery) -> list[Signee]:
        """Name three persons and the organisation."""
        numbers = (AUDITOR_SSN, "29820061738", "02897120502")
        asked = [Signee(person_number=one) for one in numbers]
        return [*asked, Signee(organisation_number=CHAIRED_ORG)]


class AsksUnknown(AppHooks):
    """Asks somebody whom the register does not have."""

    def provide_signees(self, query: SigneeQuery) -> list[Signee]:
        """Name a number of nobody's."""
        return [Signee(person_number="00000000000")]


def bring_in(
    tmp_path: Path, *changes: tuple[str, str], more_types: tuple[str, ...] = ()
) -> None:
    """Import the application, with its process changed, and types besides its own."""
    folder = tmp_path / "app"
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    process = folder / "App" / "config" / "process" / "process.bpmn"
    text = process.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    process.write_text(text)
    metadata = folder / "App" / "config" / "applicationmetadata.json"
    document = orjson.loads(metadata.read_bytes())
    document["dataTypes"] += [{"id": one} for one in more_types]
    metadata.write_bytes(orjson.dumps(document))
    import_app(folder)


def bring_in_with_signees(
    tmp_path: Path, settings: LazySettings, hooks: str = "AsksTwo"
) -> None:
    """Import the application with code that says who is to sign."""
    settings.ALTINN_APP_HOOKS = [
        f"nav/aarsregnskap=tests.signing.annual_accounts:{hooks}"
    ]
    bring_in(
        tmp_path,
        (
            "<altinn:runDefaultValidator>",
            "<altinn:signeeProviderId>styret</altinn:signeeProviderId>"
            "<altinn:signeeStatesDataTypeId>signaturberettigede"
            "</altinn:signeeStatesDataTypeId><altinn:runDefaultValidator>",
        ),
    )


@dataclass
class Accounts:
    """Annual accounts that are on their way."""

    url: str
    instance: Instance
    elements: dict[str, str]

    def reread(self) -> Instance:
        """Return the instance as it is now."""
        return Instance.objects.get(pk=self.instance.pk)

    def stored(self, data_type: str) -> list[DataElement]:
        """Return its data elements of a type."""
        rows = DataElement.objects.of([self.instance.pk])
        return list(rows.filter(data_type=data_type))

    def next(self, api: Api, action: str | None = None, **more: str) -> Any:
        """Ask for the next step."""
        body = {"action": action, **more} if action else None
        return api.put(f"{self.url}/process/next", json=body)

    def act(self, api: Api, action: str = "sign", **more: str) -> Any:
        """Ask for a user action."""
        return api.post(f"{self.url}/actions", json={"action": action, **more})


def filled_in() -> Accounts:
    """Make accounts of organisation 500000 with a form, notes and an attachment."""
    api = Api(APP_HOST, SOPHIE)
    instances = "/nav/aarsregnskap/instances"
    made = api.post(f"{instances}?instanceOwnerPartyId={ORG_PARTY}")
    assert made.status_code == 201, made.content
    url = f"{instances}/{made.json()['id']}"
    elements = {}
    for data_type, content, kind in (
        ("regnskap", REPORT, "application/xml"),
        ("noter", NOTES, "application/xml"),
        ("vedlegg", PDF, "application/pdf"),
    ):
        sent = api.post(
            f"{url}/data?dataType={data_type}",
            body=content,
            content_type=kind,
            filename=f"{data_type}.{kind[-3:]}",
        )
        assert sent.status_code == 201, sent.content
        elements[data_type] = sent.json()["id"]
    guid = made.json()["id"].split("/")[1]
    return Accounts(url, Instance.objects.get(pk=guid), elements)


def to_be_signed() -> Accounts:
    """Make accounts that stand in the task to sign in."""
    accounts = filled_in()
    moved = accounts.next(Api(APP_HOST, SOPHIE), "write")
    assert moved.status_code == 200, moved.content
    return accounts
