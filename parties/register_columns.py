"""What the rows of a register file hold: columns of a CSV file, members in JSON.

docs/parties.md is the same for people; a test holds the two together. A value is a
text, or what JSON has in its place. Nothing here repeats an identity number.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from parties.choices import PartyType, UserType
from parties.numbers import (
    LARGEST_ID,
    ORG_NUMBER_LENGTH,
    SSN_LENGTH,
    has_digits,
    is_valid_org_number,
    is_valid_ssn,
    whole_number,
)
from parties.register_details import ORGANIZATION_MEMBERS, PERSON_MEMBERS

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
_LANGUAGES: Final = ("nb", "nn", "en")
_LONGEST: Final = 255


class Unreadable(ValueError):
    """A value that cannot be what its column takes; says why and how to mend it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Kind(Enum):
    """What a row is about; the value names the CSV file and the list in JSON."""

    PERSONS = "persons"
    ORGANISATIONS = "organisations"
    USERS = "users"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Column:
    """How a value is read; ``read`` raises Unreadable."""

    read: Callable[[str], object]
    required: bool = False


def cell(value: object) -> str:
    """Return a value of JSON as a CSV file would have it; raises Unreadable."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value).strip()
    raise Unreadable("wrong-type", "Expected a text, a whole number, true or false.")


# --- how values are read --------------------------------------------------------------
def _text(longest: int = _LONGEST) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest:
            detail = f"At most {longest} characters fit; these are {len(text)}."
            raise Unreadable("value-too-long", detail)
        if _UNSTORABLE.search(text):
            detail = "There is a NUL character or half a surrogate pair; remove it."
            raise Unreadable("value-unstorable", detail)
        return text

    return read


def _id(text: str) -> int:
    number = whole_number(text)
    if not number:
        detail = f"Expected a whole number from 1 to {LARGEST_ID}, found {text:.20}."
        raise Unreadable("id-invalid", detail)
    return number


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Unreadable("uuid-invalid", f"{text:.50} is not a UUID.") from None


def _flag(text: str) -> bool:
    if text.casefold() not in _FLAGS:
        raise Unreadable("flag-invalid", f"Expected true or false, found {text:.20}.")
    return _FLAGS[text.casefold()]


def _choice(
    choices: type[PartyType] | type[UserType], *only: int
) -> Callable[[str], int]:
    """Take a choice by its number or by its name, in any case."""
    known = {
        spelling.casefold(): int(choice)
        for choice in choices
        if not only or choice in only
        for spelling in (str(int(choice)), choice.label)
    }

    def read(text: str) -> int:
        if text.casefold() not in known:
            detail = f"Expected one of {', '.join(known)}; found {text:.20}."
            raise Unreadable("choice-unknown", detail)
        return known[text.casefold()]

    return read


def _language(text: str) -> str:
    if text.casefold() not in _LANGUAGES:
        detail = f"Expected one of {', '.join(_LANGUAGES)}; found {text:.20}."
        raise Unreadable("choice-unknown", detail)
    return text.casefold()


def _number(
    length: int, is_valid: Callable[[str], bool], check_digits: bool
) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not has_digits(text, length):
            detail = f"Expected {length} digits, found {len(text)} characters."
            if text.isdigit() and len(text) == length - 1:
                detail += " A spreadsheet may have taken a leading 0 away."
            raise Unreadable("number-malformed", detail)
        if check_digits and not is_valid(text):
            detail = (
                "The check digits, or the date, are wrong. Compare the number with its"
                " source, or import with --any-check-digits."
            )
            raise Unreadable("check-digits-wrong", detail)
        return text

    return read


def _role(text: str) -> str:
    return _text(64)(text).casefold()


# --- which columns there are ----------------------------------------------------------
_USER: Final[Mapping[str, Column]] = {
    "userUuid": Column(_uuid),
    "userName": Column(_text()),
    "userType": Column(_choice(UserType)),
    "externalIdentity": Column(_text()),
    "isReserved": Column(_flag),
    "email": Column(_text(254)),
    "phoneNumber": Column(_text(40)),
    "language": Column(_language),
}
_SETTINGS: Final[Mapping[str, Column]] = {
    "preSelectedPartyId": Column(_id),
    "preselectedPartyUuid": Column(lambda text: str(_uuid(text))),
    "doNotPromptForParty": Column(_flag),
    "showClientUnits": Column(_flag),
    "shouldShowSubEntities": Column(_flag),
    "shouldShowDeletedEntities": Column(_flag),
}
SETTINGS: Final = tuple(_SETTINGS)
_PARTY: Final[Mapping[str, Column]] = {
    "partyId": Column(_id, required=True),
    "partyUuid": Column(_uuid),
    "isDeleted": Column(_flag),
    "externalUrn": Column(_text()),
    "lastChangedInAltinn": Column(_text()),
    "lastChangedInExternalRegister": Column(_text()),
}
_ORGANISATION_TYPES: Final = (
    PartyType.ORGANISATION,
    PartyType.SUB_UNIT,
    PartyType.BANKRUPTCY_ESTATE,
)


def columns(kind: Kind, *, check_digits: bool) -> dict[str, Column]:
    """Return the columns of a kind by name; ``check_digits`` judges them."""
    if kind is Kind.PERSONS:
        ssn = Column(_number(SSN_LENGTH, is_valid_ssn, check_digits))
        details = dict.fromkeys(PERSON_MEMBERS, Column(_text()))
        user = {"userId": Column(_id), **_USER}
        return {**_PARTY, "ssn": ssn, "name": Column(_text()), **details, **user}
    if kind is Kind.ORGANISATIONS:
        number = _number(ORG_NUMBER_LENGTH, is_valid_org_number, check_digits)
        return {
            **_PARTY,
            "orgNumber": Column(number, required=True),
            "name": Column(_text(), required=True),
            "partyTypeName": Column(_choice(PartyType, *_ORGANISATION_TYPES)),
            "unitType": Column(_text(10)),
            "parentPartyId": Column(_id),
            **dict.fromkeys(ORGANIZATION_MEMBERS, Column(_text())),
        }
    if kind is Kind.USERS:
        ids = {name: Column(_id, required=True) for name in ("userId", "partyId")}
        return {**ids, **_USER, **_SETTINGS}
    return {
        "userId": Column(_id, required=True),
        "partyId": Column(_id, required=True),
        "role": Column(_role, required=True),
    }
