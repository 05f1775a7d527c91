"""Claims of a token whose signature holds: read strictly, and made a Principal."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from parties.identity import Principal, PrincipalKind

SYSTEM_USER_TYPE = "urn:altinn:systemuser"
ORGANISATION_AUTHORITY = "iso6523-actorid-upis"
MACHINE_METHOD = "maskinporten"
MACHINE_LEVEL = 3

_MAX_NUMBER_LENGTH = 100
_MAX_NESTED_LENGTH = 4096
_MAX_NESTED_DEPTH = 8

_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_ORGANISATION_ID = re.compile(r"0192:([0-9]{9})")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Matches to the end where a string is not closed, so that the scan stays linear.
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*+\\?(?:"|\Z)', re.DOTALL)

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)
_NUMBERS = {
    "exp": _INT64,
    "iat": _INT64,
    "nbf": _INT64,
    "auth_time": _INT64,
    "urn:altinn:userid": range(1, 2**31),
    "urn:altinn:partyid": _INT32,
    "urn:altinn:representingpartyid": _INT32,
    "urn:altinn:authlevel": range(5),
}
_TEXTS = (
    "iss",
    "sub",
    "jti",
    "sid",
    "nameid",
    "scope",
    "token_type",
    "originaliss",
    "actual_iss",
    "client_id",
    "client_orgno",
    "client_amr",
    "orgsub",
    "delegation_source",
    "pid",
    "acr",
    "email",
    "locale",
    "at_hash",
    "nonce",
    "urn:altinn:username",
    "urn:altinn:party:uuid",
    "urn:altinn:org",
    "urn:altinn:orgNumber",
    "urn:altinn:authenticatemethod",
    "urn:altinn:scope",
    "urn:altinn:app",
    "urn:altinn:person:identifier-no",
    "urn:altinn:party:external-identifier",
)
_TEXTS_OR_LISTS = ("amr", "aud")
_ORGANISATIONS = ("consumer", "supplier")

_T = TypeVar("_T")


class ClaimInvalid(Exception):
    """A token says something that no token may say; ``reason`` is for the log alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Whom ``authorization_details`` names.

    ``org_number`` is that of the represented organisation, not of the vendor.
    """

    id: str
    system_id: str
    org_number: str


def principal_of(claims: Mapping[str, object]) -> Principal:
    """Return the caller that the claims describe: the first kind that fits (§1.3).

    Raises ClaimInvalid when a claim has a wrong type or lies out of its range, or when
    one is missing that this kind of caller always has.
    """
    check_types(claims)
    level = number(claims, "urn:altinn:authlevel")
    method = text(claims, "urn:altinn:authenticatemethod")
    scopes = scopes_of(claims)
    session_id = text(claims, "sid") or text(claims, "jti")
    client_id = text(claims, "client_id")
    org = text(claims, "urn:altinn:org")
    org_number = text(claims, "urn:altinn:orgNumber")
    user_id = number(claims, "urn:altinn:userid")

    if (system_user := system_user_of(claims)) is not None:
        # The claim with an organisation number names the vendor, who gains no rights.
        return Principal(
            kind=PrincipalKind.SYSTEM_USER,
            level=MACHINE_LEVEL if level is None else level,
            method=method or MACHINE_METHOD,
            org_number=system_user.org_number,
            system_user_id=system_user.id,
            system_id=system_user.system_id,
            scopes=scopes,
            session_id=session_id,
            client_id=client_id,
        )
    if user_id is not None and not org:
        return Principal(
            kind=PrincipalKind.USER,
            level=_required(level, "a user without an authentication level"),
            method=_required(method or None, "a user without an authentication method"),
            user_id=user_id,
            party_id=_required(
                number(claims, "urn:altinn:partyid"), "a user without a party"
            ),
            party_uuid=text(claims, "urn:altinn:party:uuid"),
            username=text(claims, "urn:altinn:username"),
            org_number=org_number,  # an enterprise user has one, and is still a user
            scopes=scopes,
            session_id=session_id,
            client_id=client_id,
        )
    kind = PrincipalKind.UNKNOWN
    if org:
        kind = PrincipalKind.SERVICE_OWNER
        _required(org_number or None, "a service owner without an organisation number")
        _required(method or None, "a service owner without an authentication method")
    elif org_number:
        kind = PrincipalKind.ORGANISATION
    return Principal(
        kind=kind,
        level=level or 0,
        method=method,
        org=org,
        org_number=org_number,
        scopes=scopes,
        session_id=session_id,
        app=text(claims, "urn:altinn:app") if kind is PrincipalKind.UNKNOWN else "",
        client_id=client_id,
    )


def check_types(claims: Mapping[str, object]) -> None:
    """Refuse any claim of the catalogue (§1.1) that has another type than its own."""
    for name in _NUMBERS:
        number(claims, name)
    for name in _TEXTS:
        text(claims, name)
    for name in _TEXTS_OR_LISTS:
        texts(claims, name)
    for name in _ORGANISATIONS:
        if (organisation := _object(claims, name)) is not None:
            _organisation_number(organisation, name)


def text(claims: Mapping[str, object], name: str) -> str:
    """Return a string claim, or the empty string where it is absent."""
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise ClaimInvalid(f"claim {name} is not a string")
    return value


def number(claims: Mapping[str, object], name: str) -> int | None:
    """Return a numeric claim: a JSON integer or a decimal string, and nothing else."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ClaimInvalid(f"claim {name} is not an integer")
    if value not in _NUMBERS[name]:
        raise ClaimInvalid(f"claim {name} is out of range")
    return value


def texts(claims: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return a claim that is a string or an array of strings."""
    value = claims.get(name, ())
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)):
        raise ClaimInvalid(f"claim {name} is neither a string nor an array")
    members: list[str] = []
    for member in value:
        if not isinstance(member, str):
            raise ClaimInvalid(f"claim {name} has a member that is not a string")
        members.append(member)
    return tuple(members)


def scopes_of(claims: Mapping[str, object]) -> frozenset[str]:
    """Return the scopes of both scope claims, to be compared exactly (§2.1)."""
    both = f"{text(claims, 'scope')} {text(claims, 'urn:altinn:scope')}"
    return frozenset(scope for scope in both.split(" ") if scope)


def system_user_of(claims: Mapping[str, object]) -> SystemUser | None:
    """Return the system user that the token was issued to, if it was issued to one."""
    name = "authorization_details"
    details = _object(claims, name)
    if details is None or details.get("type") != SYSTEM_USER_TYPE:
        return None
    ids = details.get("systemuser_id")
    if not isinstance(ids, list) or len(ids) != 1 or not isinstance(ids[0], str):
        raise ClaimInvalid(f"claim {name} has not exactly one systemuser_id")
    if not _UUID.fullmatch(ids[0]):
        raise ClaimInvalid(f"claim {name} has a systemuser_id that is not a UUID")
    system_id = details.get("system_id")
    if not isinstance(system_id, str) or not system_id:
        raise ClaimInvalid(f"claim {name} has no system_id")
    represented = details.get("systemuser_org")
    if not isinstance(represented, dict):
        raise ClaimInvalid(f"claim {name} has no systemuser_org")
    return SystemUser(
        id=ids[0].lower(),
        system_id=system_id,
        org_number=_organisation_number(represented, name),
    )


def organisation_of(claims: Mapping[str, object], name: str) -> str:
    """Return the number of the organisation in a claim, empty where it is absent."""
    organisation = _object(claims, name)
    return "" if organisation is None else _organisation_number(organisation, name)


def parse_object(
    content: str | bytes, *, max_depth: int, repeats: bool = False
) -> dict[str, object]:
    """Return the JSON object in ``content``, read more strictly than JSON asks for.

    A member given twice is refused; ``repeats`` lets it pass where both values are the
    same. NaN, infinities, overlong numbers, nesting deeper than ``max_depth`` and bytes
    that are not UTF-8 are refused too. Raises ClaimInvalid.
    """
    pairs_hook = _members_with_repeats if repeats else _members
    try:
        text_ = content if isinstance(content, str) else content.decode()
        _check_depth(text_, max_depth)
        value = json.loads(
            text_,
            object_pairs_hook=pairs_hook,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_not_json,
        )
    except ValueError as error:
        raise ClaimInvalid(f"the JSON cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise ClaimInvalid("the JSON is not an object")
    return value


def _required(value: _T | None, lack: str) -> _T:
    if value is None:
        raise ClaimInvalid(f"the token is of {lack}")
    return value


def _object(claims: Mapping[str, object], name: str) -> Mapping[str, object] | None:
    """Read a claim that is an object, an array of one, or a string of JSON."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, str):
        if len(value) > _MAX_NESTED_LENGTH:
            raise ClaimInvalid(f"claim {name} is too long")
        # Wrapped, so that the one reader of objects takes an array too.
        try:
            wrapped = parse_object(f'{{"value":{value}}}', max_depth=_MAX_NESTED_DEPTH)
        except ClaimInvalid as error:
            raise ClaimInvalid(f"claim {name}: {error.reason}") from error
        if wrapped.keys() != {"value"}:
            raise ClaimInvalid(f"claim {name} is not one JSON value")
        value = wrapped["value"]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise ClaimInvalid(f"claim {name} is not an object")
    return value


def _organisation_number(organisation: Mapping[str, object], name: str) -> str:
    identifier = organisation.get("ID", organisation.get("id"))
    if organisation.get("authority") != ORGANISATION_AUTHORITY or not isinstance(
        identifier, str
    ):
        raise ClaimInvalid(f"claim {name} does not name an organisation")
    match = _ORGANISATION_ID.fullmatch(identifier)
    if match is None:
        raise ClaimInvalid(f"claim {name} has a malformed organisation number")
    return match[1]


def _check_depth(content: str, max_depth: int) -> None:
    if content.count("{") + content.count("[") <= max_depth:
        return  # brackets inside strings can only make this count too high
    depth = 0
    for character in _JSON_STRING.sub("", content):
        if character in "{[":
            depth += 1
            if depth > max_depth:
                raise ClaimInvalid("the JSON is nested too deep")
        elif character in "}]":
            depth -= 1


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ClaimInvalid("a JSON object has a member twice")
    return members


def _members_with_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        # Compared as JSON, because in Python 1, 1.0 and True are equal.
        if name in members and json.dumps(members[name]) != json.dumps(value):
            raise ClaimInvalid("a claim is given twice with different values")
        members[name] = value
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MAX_NUMBER_LENGTH:
        raise ClaimInvalid("a number is too long")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > _MAX_NUMBER_LENGTH:
        raise ClaimInvalid("a number is too long")
    return float(digits)


def _not_json(name: str) -> NoReturn:
    raise ClaimInvalid(f"{name} is not JSON")
