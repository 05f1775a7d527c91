"""The fixture of the authorisation matrix (authorization.md §6.1).

Two applications, two parties, the twelve callers and, besides them, those whom §6.1
describes in words. The rows are tables of ``Row``; their addresses and bodies hold
names in braces, and what a name stands for is made when it is first asked for.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from django.utils import timezone

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.services import import_app
from authorization.models import Delegation, RoleAssignment, SystemUser
from authorization.services import RoleLookup
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content
from instances import services as instances
from instances.models import Instance, InstanceEvent
from parties.choices import PartyType
from parties.identity import Principal, PrincipalKind
from parties.issued_claims import (
    PORTAL_SCOPE,
    organisation_claims,
    service_owner_claims,
    system_user_claims,
    user_claims,
)
from parties.models import Party
from process import services as process
from process.instantiation import Template, instantiate
from tests.cast import OWNER_SCOPES, Person, platform_headers

APP_FOLDER = Path(__file__).resolve().parents[2] / "apps" / "authz-matrix"
APP, APP2 = "ttd/authz-matrix", "other/app2"
P, Q = 500000, 500005
ORG_NUMBERS = {P: "353801961", Q: "305388807"}
COLUMNS = ("AN", "OA", "OB", "OX", "EN", "UR", "UW", "UN", "SU", "SN")

_TTD, _SKD = "332224638", "348987747"
_SYSTEM = "312009579_regnskap"
_DELEGATED = ("read", "write", "instantiate", "delete", "confirm", "sign", "reject")
_SU = "d111dbab-d619-4f15-bf29-58fe570a9ae6"
_SN = "7c2a1f0e-4b1d-4c52-9a3f-0d5f8e6b7a11"
_INSTANCE_SCOPES = "altinn:instances.read altinn:instances.write"


def _owner(org: str, number: str, scope: str = OWNER_SCOPES) -> Person:
    return Person(org, service_owner_claims(org=org, org_number=number, scope=scope))


def _user(user_id: int, party_id: int, *, level: int = 3, scope: str = "") -> Person:
    claims = user_claims(
        user_id=user_id,
        party_id=party_id,
        username=f"user{user_id}",
        level=level,
        scope=scope or PORTAL_SCOPE,
    )
    return Person(f"user {user_id}", claims)


def _system_user(guid: str, party: int) -> Person:
    claims = system_user_claims(
        system_user_id=guid,
        system_id=_SYSTEM,
        org_number=ORG_NUMBERS[party],
        # The vendor's number stands in the token, and must not give any right.
        vendor_number=_TTD,
        scope=_INSTANCE_SCOPES,
    )
    return Person(guid, claims)


def _organisation(number: str) -> Person:
    claims = organisation_claims(org_number=number, scope=_INSTANCE_SCOPES)
    return Person(number, claims)


CALLERS: Mapping[str, Person | None] = {
    "AN": None,
    "OA": _owner("ttd", _TTD),
    "OB": _owner("ttd", _TTD, "altinn:serviceowner"),
    "OX": _owner("skd", _SKD),
    "EN": _organisation("399890926"),
    "UR": _user(1001, 510001),
    "UW": _user(1337, 501337),
    "UN": _user(1003, 510003),
    "SU": _system_user(_SU, P),
    "SN": _system_user(_SN, Q),
    "PA": None,  # and the header of a platform access token
    "SD": Person("designer", {"urn:altinn:app": "studio.designer"}),
    # A director who is logged in too weakly, and one who identified himself.
    "U1": _user(1337, 501337, level=1),
    "U0": _user(1337, 501337, level=0),
    # A director whose token has a service owner's scope (D-06).
    "US": _user(1337, 501337, scope=OWNER_SCOPES),
    "XX": None,  # and a token that nobody signed
}
# Whose column of the tables a caller beyond them has.
SAME_AS = {"PA": "AN", "SD": "EN", "U1": "UN", "U0": "UN", "US": "UW", "XX": "AN"}
_NOT_SIGNED = "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"


def headers_of(caller: str) -> dict[str, str]:
    """Return the headers that the caller sends besides a person's token."""
    if caller == "XX":
        return {"Authorization": _NOT_SIGNED}
    return platform_headers() if caller == "PA" else {}


DIRECTOR = Principal(PrincipalKind.USER, level=3, user_id=1337, party_id=501337)


# --- tables ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Call:
    """One request. ``given`` is the state of the instance before it."""

    method: str
    path: str
    json: object = None
    body: str = ""
    content_type: str = ""
    filename: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    given: str = "Task_1"
    times: int = 1


@dataclass(frozen=True)
class Row:
    """A row of a table: its id, its cells as printed there, and what is called.

    ``stays`` names, by the status of the refusal, a task that a refused call may leave
    the instance in all the same.
    ``app`` changes the application's files for this row alone. ``beyond`` has the cells
    of callers beyond the columns where they are not those of ``SAME_AS``.
    """

    id: str
    cells: str
    calls: tuple[Call, ...]
    app: Callable[["AppFiles"], None] | None = None
    stays: Mapping[str, str] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)

    def cell(self, caller: str) -> str:
        """Return the caller's cell."""
        if caller in self.beyond:
            return self.beyond[caller]
        cells = self.cells.replace("|", " ").split()
        assert len(cells) == len(COLUMNS), self.id
        return cells[COLUMNS.index(SAME_AS.get(caller, caller))]


@dataclass
class AppFiles:
    """An application's metadata and policy, to be changed before it is deployed."""

    metadata: dict[str, object]
    policy: str


# --- the world ------------------------------------------------------------------------
def deploy(
    folder: Path, *, app_id: str = APP, change: Callable[[AppFiles], None] | None = None
) -> None:
    """Deploy the matrix's application under an id, with its files changed."""
    org, _, app = app_id.partition("/")
    if app_id == APP and change is None:
        import_app(APP_FOLDER)
        return
    copy = folder / app
    shutil.copytree(APP_FOLDER, copy, dirs_exist_ok=True)
    config = copy / "App" / "config"
    metadata, policy = (
        config / "applicationmetadata.json",
        config / "authorization" / "policy.xml",
    )
    files = AppFiles(json.loads(metadata.read_text()), policy.read_text())
    files.metadata |= {"id": app_id, "org": org}
    if change is not None:
        change(files)
    metadata.write_text(json.dumps(files.metadata))
    policy.write_text(files.policy)
    import_app(copy)


def populate() -> None:
    """Register the owners' own organisations, and give roles and delegations."""
    Party.objects.bulk_create(
        Party(id=party, type=PartyType.ORGANISATION, name=org, org_number=number)
        for party, org, number in ((500901, "ttd", _TTD), (500902, "skd", _SKD))
    )
    RoleAssignment.objects.create(user_id=1001, party_id=P, role_code="medl")
    standing = SystemUser.objects.create(id=_SU, party_id=P, system_id=_SYSTEM)
    SystemUser.objects.create(id=_SN, party_id=Q, system_id=_SYSTEM)
    Delegation.objects.bulk_create(
        Delegation(system_user=standing, from_party_id=P, app_id=APP, action=action)
        for action in _DELEGATED
    )


class Names(dict[str, object]):
    """What the names in braces stand for; made when they are first asked for."""

    def __init__(self, given: str) -> None:
        self.instance = _instance(APP)
        super().__init__(
            app=APP, P=P, Q=Q, guid=self.instance.id, nowhere=uuid4(), given=given
        )
        self._given = given
        self._foreign: Instance | None = None

    def __missing__(self, name: str) -> object:
        if name == "event":
            self[name] = _event_of(self.instance)
        elif name == "other_event":
            self[name] = _event_of(self._other_instance())
        elif name == "other":
            self[name] = self._other_instance().id
        elif name == "foreign":
            self[name] = _element(self._other_instance(), "attachment").id
        else:
            element = _element(self.instance, _TYPES[name])
            if name in _CHANGES:
                _CHANGES[name](element)
            self[name] = element.id
        return self[name]

    def fill(self, value: object) -> object:
        """Return the value with the names in it replaced."""
        if isinstance(value, str):
            return value.format_map(self)
        if isinstance(value, Mapping):
            return {key: self.fill(inner) for key, inner in value.items()}
        return value

    def make(self, *values: object) -> None:
        """Make everything that the values name."""
        for value in values:
            self.fill(value)

    def settle(self) -> None:
        """Bring the instance into the state that the call is made in."""
        _STATES[self._given](self.instance)

    def _other_instance(self) -> Instance:
        if self._foreign is None:
            self._foreign = _instance(APP2)
        return self._foreign


_TYPES = {
    "attachment": "attachment",
    "model": "model",
    "secret": "secret",
    "contributed": "contributed",
    "generated": "ref-data-as-pdf",
    "temporary": "temporary",
    "deleted": "temporary",
    "locked": "attachment",
}


def _mark_deleted(element: DataElement) -> None:
    data_type = catalogue.definition_of(*APP.split("/")).data_type(element.data_type)
    data_elements.mark_deleted(DIRECTOR, element=element, data_type=data_type)


def _lock(element: DataElement) -> None:
    DataElement.objects.filter(pk=element.pk).update(
        locked_at=timezone.now(), locked_by="1337"
    )


_CHANGES: Mapping[str, Callable[[DataElement], None]] = {
    "deleted": _mark_deleted,
    "locked": _lock,
}


def _instance(app_id: str) -> Instance:
    org, _, app = app_id.partition("/")
    made, _ = instantiate(
        DIRECTOR,
        definition=catalogue.definition_of(org, app),
        owner=Party.objects.get(pk=P),
        template=Template(),
    )
    return made


def _element(instance: Instance, type_id: str) -> DataElement:
    with blobs.stored(Incoming(BytesIO(b"<a/>"), max_bytes=100)) as blob:
        return data_elements.add(
            DIRECTOR,
            instance=instance,
            data_type=catalogue.definition_of(instance.org, instance.app).data_type(
                type_id
            ),
            content=Content(blob, "application/xml", "a.xml"),
        )


def _event_of(instance: Instance) -> object:
    return InstanceEvent.objects.of(instance.pk)[0].id


def _advance(instance: Instance, steps: int) -> None:
    definition = _without_signing(catalogue.definition_of(*APP.split("/")))
    for _ in range(steps):
        process.advance(
            RoleLookup(DIRECTOR),
            instance=instance,
            definition=definition,
            elements=list(DataElement.objects.of([instance.pk])),
        )


def _without_signing(definition: AppDefinition) -> AppDefinition:
    """Return the app with a third task that can be left: nothing can be signed yet."""
    elements = dict(definition.process.elements)
    elements["Task_3"] = replace(elements["Task_3"], task_type="data")  # type: ignore[call-arg]
    return replace(definition, process=replace(definition.process, elements=elements))


def _delete_hard(instance: Instance) -> None:
    instances.delete(DIRECTOR, instance=instance, hard=True, prevent_days=None)


_STATES: Mapping[str, Callable[[Instance], None]] = {
    "Task_1": lambda instance: None,
    "Task_2": lambda instance: _advance(instance, 1),
    "Task_3": lambda instance: _advance(instance, 2),
    "ended": lambda instance: _advance(instance, 3),
    "hard-deleted": _delete_hard,
}
