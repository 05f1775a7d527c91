"""Adds to a decision request what the server knows and the asker need not state.

Where the resource is a stored instance, what is stored wins over what the request
states (D-09). One batch of look-ups serves all requests of a call (authorization.md
§4.3).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import AttributeValue
from apps_registry.xacml_elements import shown
from authorization.evaluator import Status
from authorization.resources import Resource
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from parties.numbers import LARGEST_ID

InstanceLookup = Callable[[Collection[UUID]], Mapping[UUID, Resource]]

USER_ID = "urn:altinn:userid"
PERSON_UUID = "urn:altinn:person:uuid"
PERSON_NUMBER = "urn:altinn:person:identifier-no"
ORG_NUMBERS = frozenset(
    {"urn:altinn:organization:identifier-no", "urn:altinn:organizationnumber"}
)
_SYSTEM_USER = "urn:altinn:systemuser:uuid"
_OF_USERS = frozenset({USER_ID, PERSON_UUID, PERSON_NUMBER})
_IDENTITIES = (
    _OF_USERS | ORG_NUMBERS | {ast.PARTY_ID, ast.ORG, "urn:altinn:organization:uuid"}
)
_APP_RESOURCE = "urn:altinn:appresource"
# Whoever asks does not say which roles anybody has.
_OF_THE_REGISTER = frozenset(
    {(ast.SUBJECT, ast.ROLE_CODE), (ast.SUBJECT, ast.ACCESS_PACKAGE)}
)
_STORED = frozenset(
    {ast.ORG, ast.APP, ast.RESOURCE_ID, ast.PARTY_ID, ast.TASK, ast.END_EVENT}
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a request; ``include`` asks to see it in the result."""

    category: str
    id: str
    value: AttributeValue
    include: bool = False


class Unanswerable(Exception):
    """One request cannot be decided; ``reason`` is for who asked."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


Attributes = tuple[Attribute, ...]
Asked = Attributes | Unanswerable


@dataclass(frozen=True, slots=True)
class Context:
    """A request that can be decided, roles excepted, and what was made out of it.

    Roles and access packages are the register's: any that the request states are gone.
    """

    attributes: Attributes
    subject: Principal
    resource: Resource

    @property
    def action(self) -> str:
        """The action that is asked about, empty when it is not a single one."""
        found = _values(self.attributes, ast.ACTION, ast.ACTION_ID)
        return found[0] if len(found) == 1 else ""

    @property
    def has_number(self) -> bool:
        """Whether it names somebody otherwise than by id; that may be nobody."""
        return any(
            a.id in (PERSON_NUMBER, PERSON_UUID) or a.id in ORG_NUMBERS
            for a in self.attributes
        )


def complete(
    asked: Sequence[Asked], *, instances: InstanceLookup
) -> list[Context | Unanswerable]:
    """Complete the requests; in their order, and each fails for itself alone.

    ``instances`` returns those of the instances that are stored.
    """
    # Before numbers are looked up: which of them are somebody's must not show.
    named = _with_numbers_resolved([_of_one_subject(request) for request in asked])
    guids = {
        guid
        for request in named
        if not isinstance(request, Unanswerable)
        for instance_id in _values(request, ast.RESOURCE, ast.INSTANCE_ID)
        if (guid := _guid(instance_id)) is not None
    }
    stored = instances(guids) if guids else {}
    return [_context(request, stored) for request in named]


def _context(request: Asked, stored: Mapping[UUID, Resource]) -> Context | Unanswerable:
    if isinstance(request, Unanswerable):
        return request
    kept = tuple(a for a in request if (a.category, a.id) not in _OF_THE_REGISTER)
    try:
        attributes, resource = _located(kept, stored)
        return Context(attributes, _subject(kept), resource)
    except Unanswerable as failure:
        return failure


# --- the resource ---------------------------------------------------------------------
def _located(
    request: Attributes, stored: Mapping[UUID, Resource]
) -> tuple[Attributes, Resource]:
    """Return the request with what is known of its resource, and the resource."""
    instance_id = _only(request, ast.RESOURCE, ast.INSTANCE_ID)
    guid = _guid(instance_id)
    found = None if guid is None else stored.get(guid)
    if found is None and instance_id and not _is_complete(request):
        raise _failed(f"There is no instance {shown(instance_id)}.")
    if found is not None:
        party = instance_id.rpartition("/")[0]
        if party not in ("", str(found.party_id)):
            raise _failed(f"There is no instance {shown(instance_id)}.")
        return _replaced(request, found), found
    org, app = _stated_app(request)
    resource = Resource(
        org=org,
        app=app,
        party_id=_id(_only(request, ast.RESOURCE, ast.PARTY_ID), ast.PARTY_ID),
        instance_id=f"{instance_id.rpartition('/')[0]}/{guid}" if guid else "",
    )
    has = {a.id for a in request if a.category == ast.RESOURCE}
    missing = {
        name: value
        for name, value in ast.app_attributes(org, app).items()
        if name not in has
    }
    return (*request, *_of_resource(missing)), resource


def _is_complete(request: Attributes) -> bool:
    """Whether a request about an instance says all that the storage could add.

    Such a one can be decided before the instance is stored; when it is, that counts.
    """
    has = {a.id for a in request if a.category == ast.RESOURCE}
    stated = {ast.ORG, ast.APP, ast.PARTY_ID} <= has and has & {ast.TASK, ast.END_EVENT}
    events = "events" in _values(request, ast.RESOURCE, _APP_RESOURCE)
    return bool(stated or events or {ast.RESOURCE_ID, ast.PARTY_ID} <= has)


def _replaced(request: Attributes, found: Resource) -> Attributes:
    known = {
        **ast.app_attributes(found.org, found.app),
        ast.PARTY_ID: str(found.party_id),
        ast.TASK: found.task,
        ast.END_EVENT: found.end_event,
    }
    stated = [a for a in request if a.category == ast.RESOURCE]
    kept = [a for a in request if a.category != ast.RESOURCE or a.id not in _STORED]
    included = {a.id for a in stated if a.include}
    if all(a.id != ast.PARTY_ID for a in stated):
        included.add(ast.PARTY_ID)
    added = _of_resource({name: value for name, value in known.items() if value})
    return (*kept, *(replace(a, include=a.id in included) for a in added))


def _stated_app(request: Attributes) -> tuple[str, str]:
    org, app = (_only(request, ast.RESOURCE, name) for name in (ast.ORG, ast.APP))
    resource_id = _only(request, ast.RESOURCE, ast.RESOURCE_ID)
    if resource_id:
        prefix, _, rest = resource_id.partition("_")
        named = rest.partition("_")
        if prefix != "app" or not all(named):
            raise _failed(f"There is no policy of the resource {shown(resource_id)}.")
        if (org or named[0], app or named[2]) != (named[0], named[2]):
            both = f"{shown(resource_id)} and {shown(f'{org}/{app}')}"
            raise _failed(f"The resource is {both} at once.")
        org, app = named[0], named[2]
    if not (org and app):
        raise Unanswerable(
            Status.MISSING_ATTRIBUTE,
            f"The resource names no application; state {ast.ORG} and {ast.APP}, or "
            f"{ast.RESOURCE_ID} or {ast.INSTANCE_ID}.",
        )
    return org, app


# --- the subject ----------------------------------------------------------------------
def _of_one_subject(request: Asked) -> Asked:
    """Return the request, or why it is about two subjects at once."""
    if isinstance(request, Unanswerable):
        return request
    has = {a.id for a in request if a.category == ast.SUBJECT}
    both = (
        (has & _IDENTITIES if _SYSTEM_USER in has else set())
        or (has & ORG_NUMBERS if has & _OF_USERS else set())
        or (has & {PERSON_NUMBER} if has & {USER_ID, PERSON_UUID} else set())
    )
    if not both:
        return request
    return _failed(
        "The subject has two identities; leave out one of "
        f"{', '.join(sorted(has & (_IDENTITIES | {_SYSTEM_USER})))}."
    )


def _subject(request: Attributes) -> Principal:
    """Return whom the request is about; raises Unanswerable for a broken id."""
    user_id = _id(_only(request, ast.SUBJECT, USER_ID), USER_ID)
    system_user = _only(request, ast.SUBJECT, _SYSTEM_USER)
    if system_user and _guid(system_user) is None:
        raise _failed(f"{_SYSTEM_USER} is {shown(system_user)}, which is no UUID.")
    org = "" if user_id else _only(request, ast.SUBJECT, ast.ORG)
    numbers = {n for i in ORG_NUMBERS for n in _values(request, ast.SUBJECT, i)}
    if len(numbers) > 1:
        raise _failed("The subject has more than one organisation number; give one.")
    number = next(iter(numbers), "")
    if system_user:
        kind = PrincipalKind.SYSTEM_USER
    elif user_id is not None:
        kind = PrincipalKind.USER
    elif org:
        kind = PrincipalKind.SERVICE_OWNER
    else:
        kind = PrincipalKind.ORGANISATION if number else PrincipalKind.UNKNOWN
    return Principal(
        kind,
        user_id=user_id,
        party_id=_id(_only(request, ast.SUBJECT, ast.PARTY_ID), ast.PARTY_ID),
        party_uuid=_only(request, ast.SUBJECT, PERSON_UUID) if user_id else "",
        org=org,
        org_number=number,
        system_user_id=str(UUID(system_user)) if system_user else "",
    )


# --- numbers --------------------------------------------------------------------------
def _with_numbers_resolved(asked: Sequence[Asked]) -> list[Asked]:
    """Put ids in place of what names a person or organisation otherwise.

    A subject's person becomes its user; the resource's person or organisation becomes
    its party. A number that the register does not have is left as it is, so that
    whether it has one does not show.
    """
    answerable = [request for request in asked if not isinstance(request, Unanswerable)]
    people = _stated(answerable, ast.SUBJECT, {PERSON_NUMBER})
    uuids = {
        str(guid)
        for text in _stated(answerable, ast.SUBJECT, {PERSON_UUID})
        if (guid := _guid(text))
    }
    owners = _stated(answerable, ast.RESOURCE, {PERSON_NUMBER})
    organisations = _stated(answerable, ast.RESOURCE, ORG_NUMBERS)
    users = _users_of(people, uuids) if people or uuids else {}
    parties = _parties_with(owners | organisations) if owners | organisations else {}
    return [
        request
        if isinstance(request, Unanswerable)
        else _resolved(request, users, parties)
        for request in asked
    ]


def _users_of(people: set[str], uuids: set[str]) -> dict[str, int]:
    """Return the users of these persons by number and UUID; the oldest of several."""
    users: dict[str, int] = {}
    rows = Profile.objects.of_people(ssns=people, uuids=uuids).order_by("-pk")
    for pk, ssn, uuid in rows.values_list("pk", "party__ssn", "party__uuid"):
        users |= {name: pk for name in (ssn, str(uuid)) if name in people | uuids}
    return users


def _parties_with(numbers: set[str]) -> dict[str, int]:
    rows = Party.objects.with_number_in(ssns=numbers, org_numbers=numbers)
    return {
        ssn or org_number: pk
        for pk, ssn, org_number in rows.values_list("pk", "ssn", "org_number")
    }


def _resolved(
    request: Attributes, users: Mapping[str, int], parties: Mapping[str, int]
) -> Attributes:
    has = {(a.category, a.id) for a in request}
    if (ast.SUBJECT, USER_ID) not in has:
        for name in (PERSON_NUMBER, PERSON_UUID):
            found = _found(request, ast.SUBJECT, {name}, users)
            if found is not None:
                request = (*request, _stating(ast.SUBJECT, USER_ID, str(found)))
                break
    if (ast.RESOURCE, ast.PARTY_ID) not in has:
        owner = _found(request, ast.RESOURCE, ORG_NUMBERS | {PERSON_NUMBER}, parties)
        if owner is not None:
            request = (*request, _stating(ast.RESOURCE, ast.PARTY_ID, str(owner)))
    return request


def _found(
    request: Attributes, category: str, names: Iterable[str], ids: Mapping[str, int]
) -> int | None:
    """Return the id of the one person or organisation that is named; None for two."""
    found = {
        ids[value.lower()]
        for value in _stated([request], category, frozenset(names))
        if value.lower() in ids
    }
    return found.pop() if len(found) == 1 else None


# --- reading attributes ---------------------------------------------------------------
def _stated(
    requests: Iterable[Attributes], category: str, ids: Collection[str]
) -> set[str]:
    """Return what the requests state; who states two different values names nobody."""
    stated: set[str] = set()
    for request in requests:
        values = {v for name in ids for v in _values(request, category, name)}
        if len(values) == 1:
            stated |= values
    return stated


def _values(request: Attributes, category: str, attribute_id: str) -> list[str]:
    """Return an attribute's values, each once, of whatever type and issuer."""
    return list(
        dict.fromkeys(
            a.value.value
            for a in request
            if a.id == attribute_id and a.category == category and a.value.value
        )
    )


def _only(request: Attributes, category: str, attribute_id: str) -> str:
    found = _values(request, category, attribute_id)
    if len(found) > 1:
        raise _failed(f"{attribute_id} has {len(found)} different values; give one.")
    return found[0] if found else ""


def _id(text: str, attribute_id: str) -> int | None:
    digits = text.removeprefix("-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise _failed(f"{attribute_id} is {shown(text)}, which is no id.")
    if int(digits) > LARGEST_ID:
        raise _failed(f"{attribute_id} is {text}, which is above every id.")
    return int(text)


def _guid(text: str) -> UUID | None:
    """Return the guid of an instance id, or of a UUID by itself."""
    try:
        return UUID(text.rpartition("/")[2]) if len(text) <= 64 else None
    except ValueError:
        return None


def _stating(category: str, attribute_id: str, value: str) -> Attribute:
    return Attribute(category, attribute_id, AttributeValue(ast.STRING, value))


def _of_resource(values: Mapping[str, str]) -> list[Attribute]:
    return [_stating(ast.RESOURCE, name, value) for name, value in values.items()]


def _failed(reason: str) -> Unanswerable:
    return Unanswerable(Status.PROCESSING_ERROR, reason)
