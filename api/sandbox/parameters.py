"""What a call asks of a test token: its parameters, read by name in any case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self
from uuid import UUID

from django.http import QueryDict

from api.sandbox.errors import TestParameterInvalid, TestParameterMissing
from parties.issuers import LONGEST_MAX_LIFETIME
from parties.numbers import ORG_NUMBER_LENGTH, has_digits

# How the public token generator calls what the local test platform calls otherwise.
_OTHER_NAMES = {
    "orgNo": "orgNumber",
    "scopes": "scope",
    "authLvl": "authenticationLevel",
    "supplierOrgNo": "supplierOrgNumber",
    "systemUserOrg": "systemUserOrgNumber",
}
_LEVELS = range(5)
_IDS = range(1, 2**31)


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a call; an empty one counts as not given."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, query: QueryDict, **more: str) -> Self:
        """Read a query or a form; ``more`` is what the address says.

        Either name of a pair will do everywhere, and scopes may have commas between.
        Raises TestParameterInvalid for a NUL character: PostgreSQL would refuse even to
        look for it.
        """
        values = {name.lower(): str(value) for name, value in query.items()}
        values |= {name.lower(): value for name, value in more.items()}
        for name, value in values.items():
            if "\0" in value:
                expected = "text without a NUL character"
                raise TestParameterInvalid(name=name, value=value, expected=expected)
        asked = cls(values).called(_OTHER_NAMES)
        return asked.replacing("scope", asked.text("scope").replace(",", " "))

    def called(self, names: Mapping[str, str]) -> Self:
        """Return the same with more names; the second of a pair is the usual one."""
        more = {
            usual.lower(): self.text(usual) or self.text(other)
            for other, usual in names.items()
        }
        return replace(self, values={**self.values, **more})

    def replacing(self, name: str, value: str) -> Self:
        """Return the same with another value of a parameter."""
        return replace(self, values={**self.values, name.lower(): value})

    def defaulting(self, name: str, value: str) -> Self:
        """Return the same with this value where none is given."""
        return self.replacing(name, self.text(name, value))

    def without(self, name: str) -> Self:
        """Return the same without a parameter."""
        rest = {n: value for n, value in self.values.items() if n != name.lower()}
        return replace(self, values=rest)

    def text(self, name: str, default: str = "") -> str:
        """Return the value as text."""
        return self.values.get(name.lower(), "").strip() or default

    def required(self, name: str, expected: str) -> str:
        """Return the value; raises TestParameterMissing."""
        value = self.text(name)
        if not value:
            raise TestParameterMissing(name=name, expected=f"give {expected}")
        return value

    def number(self, name: str) -> int | None:
        """Return an id, None when it is not given; raises TestParameterInvalid."""
        value = self.text(name)
        if not value:
            return None
        return self._integer(name, value, _IDS, "an id")

    def level(self, *, default: int) -> int:
        """Return the authentication level; raises TestParameterInvalid."""
        name = "authenticationLevel"
        text = self.text(name, str(default))
        return self._integer(name, text, _LEVELS, "a level from 0 to 4")

    def lifetime(self) -> timedelta | None:
        """Return how long the token is to live, None for the server's usual time."""
        value = self.text("ttl")
        if not value:
            return None
        most = int(LONGEST_MAX_LIFETIME.total_seconds())
        expected = f"a number of seconds from 1 to {most}"
        seconds = self._integer("ttl", value, range(1, most + 1), expected)
        return timedelta(seconds=seconds)

    def org_number(self, name: str) -> str:
        """Return an organisation number; the check digit is not asked for.

        Raises TestParameterMissing or TestParameterInvalid.
        """
        expected = "an organisation number of nine digits"
        value = self.required(name, expected)
        if not has_digits(value, ORG_NUMBER_LENGTH):
            raise TestParameterInvalid(name=name, value=value, expected=expected)
        return value

    def uuid(self, name: str) -> UUID:
        """Return a UUID; raises TestParameterMissing or TestParameterInvalid."""
        value = self.required(name, "a UUID")
        try:
            return UUID(value)
        except ValueError:
            raise TestParameterInvalid(
                name=name, value=value, expected="a UUID"
            ) from None

    def _integer(self, name: str, value: str, allowed: range, expected: str) -> int:
        is_number = value.isascii() and value.isdigit() and len(value) <= 10
        if not is_number or int(value) not in allowed:
            raise TestParameterInvalid(name=name, value=value, expected=expected)
        return int(value)
