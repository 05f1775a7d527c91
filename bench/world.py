"""The world of a run: applications, parties, callers, and what is called about them.

Applications are real deployments of the sample; templates of rows are what the server
itself wrote of one instance at each stage, asked over HTTP.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from api.issuer import token_issuer
from apps_registry.services import import_app, register_org
from authorization.models import RoleAssignment
from bench.generate import (
    ELEMENT,
    EVENT,
    FIRST_PARTY,
    INSTANCE,
    STAGES,
    Confirmation,
    Generator,
    Skew,
)
from bench.loading import Loader, Templates, stored_row
from bench.serving import Served
from parties.choices import PartyType
from parties.issued_claims import service_owner_claims, user_claims
from parties.models import Party

HERE = Path(__file__).resolve().parent.parent
SAMPLE = HERE / "samples" / "nav" / "app2018"
FORM = (SAMPLE / "examples" / "sykmelding.xml").read_bytes()
PDF = (SAMPLE / "examples" / "vedlegg.pdf").read_bytes()
_OWNER_SCOPES = "altinn:serviceowner/instances.read altinn:serviceowner/instances.write"
_USER, _USER_PARTY, _ROLE = 1337, 501337, "dagl"
_REGISTERED, _REPRESENTED = 1000, 200  # of the largest parties
_FILES = ("config/applicationmetadata.json", "config/authorization/policy.xml")
_MADE = "bench00/skjema00"


@dataclass(frozen=True, slots=True)
class Callers:
    """The headers of a service owner and of a user, with tokens that last."""

    owner: Mapping[str, str]
    user: Mapping[str, str]

    @classmethod
    def of(cls, org: str) -> "Callers":
        """Make both; the user acts for the largest parties."""
        owner = service_owner_claims(
            org=org, org_number="310000000", scope=_OWNER_SCOPES, level=3
        )
        user = user_claims(
            user_id=_USER,
            party_id=_USER_PARTY,
            username="bench",
            level=3,
            scope="altinn:portal/enduser",
        )
        return cls(_bearer(owner), _bearer(user))


def _bearer(claims: dict[str, object]) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_issuer().issue(claims)}"}


def register(skew: Skew, tell: Callable[[str], None]) -> None:
    """Import every application, and register the largest parties and their user."""
    begun = time.monotonic()
    for org in skew.orgs:
        register_org(code=org, name={"nb": org}, org_number="")
    for number, app_id in enumerate(skew.apps, 1):
        with tempfile.TemporaryDirectory() as folder:
            copy_sample(Path(folder), app_id)
            import_app(Path(folder))
        tell(f"applications: {number} of {len(skew.apps)}")
    tell(f"{len(skew.apps)} applications in {time.monotonic() - begun:.0f} s\n")
    known = range(FIRST_PARTY, FIRST_PARTY + min(_REGISTERED, skew.parties))
    Party.objects.bulk_create(
        Party(id=party, type=PartyType.ORGANISATION, name=f"Party {party}")
        for party in known
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=_USER, party_id=party, role_code=_ROLE)
        for party in known[:_REPRESENTED]
    )


def copy_sample(folder: Path, app_id: str) -> None:
    """Copy the sample application as one of another org and name."""
    org, _, app = app_id.partition("/")
    shutil.copytree(SAMPLE / "App", folder / "App")
    for name in _FILES:
        path = folder / "App" / name
        text = path.read_text("utf-8").replace("nav/app2018", app_id)
        text = text.replace("app_nav_app2018", f"app_{org}_{app}")
        text = text.replace(">nav<", f">{org}<").replace(">app2018<", f">{app}<")
        text = text.replace('"nav"', f'"{org}"').replace("org:nav", f"org:{org}")
        path.write_text(text, "utf-8")


def fill(skew: Skew, server: Served, tell: Callable[[str], None]) -> "Written":
    """Fill the tables; return what the server wrote of a single instance."""
    written = Written.by(server)
    loader = Loader(written.templates, tell)
    now = timezone.now().replace(tzinfo=None)
    generator = Generator(skew, now, written.confirmation, null=loader.null)
    loader.load(generator)
    return written


@dataclass(frozen=True)
class Written:
    """What the server wrote of instances that it was asked to make and move."""

    templates: Templates
    confirmation: Confirmation
    of_create: str  # guids of the instances whose rows ceilings write again
    of_next: str
    moves: int  # lines of history that one move writes

    @classmethod
    def by(cls, server: Served) -> "Written":
        """Make one instance of each stage over HTTP, and read its rows."""
        calls = _Journey(server, Callers.of(_MADE.partition("/")[0]))
        guids = {stage: calls.instance(stage) for stage in STAGES}
        lines = [
            len(stored_row(EVENT, "instance_id", _key(guids[stage])))
            for stage in ("filled", "confirm")
        ]
        templates: dict[str, dict[str, Mapping[str, Any]]] = {
            INSTANCE: {},
            ELEMENT: {},
            EVENT: {},
        }
        for stage, guid in guids.items():
            key = _key(guid)
            (templates[INSTANCE][stage],) = stored_row(INSTANCE, "id", key)
            for element in stored_row(ELEMENT, "instance_id", key):
                kind = "form" if element["data_type"] == "default" else "attachment"
                templates[ELEMENT][f"{kind} {stage}"] = element
            templates[EVENT]["created"] = stored_row(EVENT, "instance_id", key)[0]
        last = templates[INSTANCE]["confirmed"]
        confirmation = Confirmation(
            last["org"], last["confirmed_by"], last["confirmations"]
        )
        return cls(
            templates,
            confirmation,
            of_create=calls.create(),
            of_next=guids["confirm"],
            moves=lines[1] - lines[0],
        )


def _key(guid: str) -> str:
    """Return a guid as the database has it."""
    return guid if connection.vendor == "postgresql" else guid.replace("-", "")


@dataclass(frozen=True, slots=True)
class _Journey:
    """Takes instances through their process, as their owner party and org do."""

    server: Served
    callers: Callers

    def create(self) -> str:
        """Make an instance; return its guid."""
        path = f"/{_MADE}/instances?instanceOwnerPartyId={FIRST_PARTY}"
        made = self.server.json("POST", path, self.callers.user)
        return str(made["id"]).partition("/")[2]

    def instance(self, stage: str) -> str:
        """Make an instance of a stage; return its guid."""
        guid = self.create()
        user, address = self.callers.user, f"{FIRST_PARTY}/{guid}"
        base = f"/{_MADE}/instances/{address}"
        for kind, content, media in (
            ("default", FORM, "application/xml"),
            ("vedlegg", PDF, "application/pdf"),
        ):
            headers = {
                **user,
                "Content-Type": media,
                "Content-Disposition": f'attachment; filename="{kind}.{media[-3:]}"',
            }
            path = f"{base}/data?dataType={kind}"
            self.server.json("POST", path, headers, content)
        for _ in range(max(0, min(2, STAGES.index(stage)))):
            self.server.json("PUT", f"{base}/process/next", user)
        if stage == "confirmed":
            path = f"/storage/api/v1/instances/{address}/complete"
            self.server.json("POST", path, self.callers.owner)
        return guid
