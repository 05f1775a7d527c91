"""Query parameters by wire name, in any case of letters, each known or refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from rest_framework.request import Request

from common.errors import Invalid, Issue
from common.times import parse_time
from parties.numbers import LARGEST_ID

_TRUE, _FALSE = "true", "false"
_MAX_VALUES = 100


class ParameterInvalid(Invalid):
    """Query parameters are unknown or have values that cannot be read.

    Each is listed.
    """

    code = "parameter-invalid"
    title = "One or more validation errors occurred."
    detail = "{reasons}"

    def __init__(self, issues: Collection[Issue]) -> None:
        """Say what is wrong with each parameter."""
        by_name: dict[str, list[str]] = {}
        for issue in issues:
            by_name.setdefault(issue.pointer.lstrip("?"), []).append(issue.detail)
        super().__init__(
            issues=tuple(issues),
            members={"errors": by_name},
            reasons=" ".join(issue.detail for issue in issues),
        )


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a call, under the names that the call declares."""

    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(
        cls, request: Request, names: Collection[str], *, strict: bool
    ) -> "Parameters":
        """Read the parameters declared; ``strict`` refuses all others.

        Raises ParameterInvalid, naming every one that is unknown.
        """
        declared = {name.casefold(): name for name in names}
        values: dict[str, tuple[str, ...]] = {}
        issues: list[Issue] = []
        query: QueryDict = request.query_params
        for name, given in query.lists():
            known = declared.get(name.casefold())
            if known is not None:
                values[known] = (*values.get(known, ()), *given)
            elif strict:
                known_names = ", ".join(sorted(names)) or "none"
                detail = (
                    f"The parameter {name!r} is unknown here; known are: {known_names}."
                )
                issues.append(Issue(f"?{name}", "parameter-unknown", detail))
        for name, texts in values.items():
            if any("\0" in text for text in texts) or len(texts) > _MAX_VALUES:
                detail = (
                    f"{name} has a NUL character, or more than {_MAX_VALUES} values."
                )
                issues.append(Issue(f"?{name}", "parameter-unreadable", detail))
        if issues:
            raise ParameterInvalid(issues)
        return cls(values)

    def text(self, *names: str) -> str:
        """Return the value of the one parameter of these names, empty when absent.

        Raises ParameterInvalid when it is given twice with different values.
        """
        given = [(name, text) for name in names for text in self.values.get(name, ())]
        if len({text for _, text in given}) > 1:
            listed = ", ".join(f"{name}={text}" for name, text in given)
            detail = f"Give one value only: {listed}."
            raise ParameterInvalid(
                [Issue(f"?{given[-1][0]}", "parameter-twice", detail)]
            )
        return given[0][1] if given else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter that may be repeated."""
        return self.values.get(name, ())

    def flag(self, *names: str) -> bool | None:
        """Return true or false in any case of letters, None when absent."""
        text = self.text(*names)
        if text == "":
            return None
        if text.lower() not in (_TRUE, _FALSE):
            raise self.refused(names[0], text, "true or false")
        return text.lower() == _TRUE

    def integer(self, *names: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds, None when absent."""
        text = self.text(*names)
        if text == "":
            return None
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < 12:
            number = int(text)
            if least <= number <= most:
                return number
        raise self.refused(names[0], text, f"a whole number from {least} to {most}")

    def party_id(self, *names: str) -> int | None:
        """Return a party id, None when absent."""
        return self.integer(*names, least=-LARGEST_ID - 1, most=LARGEST_ID)

    def time(self, name: str, text: str) -> datetime:
        """Read one value of a parameter as a time."""
        try:
            return parse_time(text)
        except ValueError:
            raise self.refused(
                name, text, "an ISO 8601 time, UTC unless it says otherwise"
            ) from None

    @staticmethod
    def refused(name: str, text: str, expected: str) -> ParameterInvalid:
        """Say that a value cannot be read."""
        detail = f"The value {text!r} of {name} is not {expected}."
        return ParameterInvalid([Issue(f"?{name}", "parameter-value-invalid", detail)])
