"""The fixture of the authorisation matrix (authorization.md §6.1).

Two applications, two parties, the twelve callers and, besides them, those whom §6.1
describes in words.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from django.utils import timezone

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.models import Org
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
from process.hook_views import instance_view
from process.hooks import AppHooks, DataList, ListQuery
from process.instantiation import Template, instantiate
from process.notification_callbacks import callback_address
from tests.authorization.matrix.rows import (
    APP,
    APP2,
    EVENT_CODE,
    ORG_NUMBERS,
    PAYMENT_CODE,
    AppFiles,
    P,
    Q,
)
from tests.cast import DESIGNER, OWNER_SCOPES, Person, platform_headers

APP_FOLDER = Path(__file__).resolve().parents[2] / "apps" / "authz-matrix"
_POLICY_FILE = APP_FOLDER / "App" / "config" / "authorization" / "policy.xml"

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
    "SD": DESIGNER,
    # A director who is logged in too weakly, and one who identified himself.
    "U1": _user(1337, 501337, level=1),
    "U0": _user(1337, 501337, level=0),
    # A director whose token has a service owner's scope (D-06).
    "US": _user(1337, 501337, scope=OWNER_SCOPES),
    "XX": None,  # and a token that nobody signed
}
_NOT_SIGNED = "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"


def headers_of(caller: str) -> dict[str, str]:
    """Return the headers that the caller sends besides a person's token."""
    if caller == "XX":
        return {"Authorization": _NOT_SIGNED}
    return platform_headers() if caller == "PA" else {}


class MatrixHooks(AppHooks):
    """The own code of the application: an action that changes nothing, and lists."""

    user_actions = ("write",)
    data_lists = instance_data_lists = external_apis = ("months",)

    def provide_data_list(self, query: ListQuery) -> DataList:
        """Return a list of nothing."""
        return DataList([])

    def call_external_api(self, query: ListQuery) -> object:
        """Return a document of nothing."""
        return {}


SETTINGS: Mapping[str, list[str]] = {
    "ALTINN_APP_HOOKS": [f"{APP}={__name__}:MatrixHooks"],
    "ALTINN_EVENT_CODES": [f"{APP}={EVENT_CODE}"],
    "ALTINN_NOTIFICATION_CODES": [f"{APP}=1:{'notification' * 3}"],
    "ALTINN_PAYMENT_CALLBACK_CODES": [f"{APP}={PAYMENT_CODE}"],
}

DIRECTOR = Principal(PrincipalKind.USER, level=3, user_id=1337, party_id=501337)


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
    for org, number in (("ttd", _TTD), ("skd", _SKD)):
        Org.objects.update_or_create(code=org, defaults={"org_number": number})
    RoleAssignment.objects.create(user_id=1001, party_id=P, role_code="medl")
    standing = SystemUser.objects.create(id=_SU, party_id=P, system_id=_SYSTEM)
    SystemUser.objects.create(id=_SN, party_id=Q, system_id=_SYSTEM)
    Delegation.objects.bulk_create(
        Delegation(system_user=standing, from_party_id=P, app_id=APP, action=action)
        for action in _DELEGATED
    )


class Names(dict[str, object]):
    """What the names in braces stand for; made when they are first asked for."""

    def __init__(self, given: str, caller: str = "UW") -> None:
        self.instance = _instance(APP)
        super().__init__(
            app=APP,
            P=P,
            Q=Q,
            guid=self.instance.id,
            nowhere=uuid4(),
            given=given,
            signee={"systemUserId": _SU} if caller == "SU" else {"userId": "1337"},
            policy=_POLICY_FILE.read_text(encoding="utf-8"),
        )
        self._given = given
        self._foreign: Instance | None = None

    def __missing__(self, name: str) -> object:
        if name == "event":
            self[name] = _event_of(self.instance)
        elif name == "other_event":
            self[name] = _event_of(self._other_instance())
        elif name in ("code", "other_code"):
            mine = name == "code"
            instance = self.instance if mine else self._other_instance()
            about = replace(instance_view(instance), app_id=APP)
            self[name] = callback_address(about).partition("?code=")[2]
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
        if value == "{signee}":
            return self["signee"]
        if isinstance(value, str):
            return value.format_map(self)
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
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
    with blobs.stored(Incoming(BytesIO(b"<model/>"), max_bytes=100)) as blob:
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
    """Return the app with a third task that is left without a signature."""
    elements = dict(definition.process.elements)
    elements["Task_3"] = replace(elements["Task_3"], task_type="data")  # type: ignore[call-arg]  # a Task
    return replace(definition, process=replace(definition.process, elements=elements))


def _delete(instance: Instance, *, hard: bool) -> None:
    instances.delete(DIRECTOR, instance=instance, hard=hard, prevent_days=None)


_STATES: Mapping[str, Callable[[Instance], None]] = {
    "Task_1": lambda instance: None,
    "Task_2": lambda instance: _advance(instance, 1),
    "Task_3": lambda instance: _advance(instance, 2),
    "ended": lambda instance: _advance(instance, 3),
    "hard-deleted": lambda instance: _delete(instance, hard=True),
    "soft-deleted": lambda instance: _delete(instance, hard=False),
}
