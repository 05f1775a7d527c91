"""Query parameters by wire name, in any case of letters, each known or refused."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from django.http import QueryDict
from rest_framework.request import Request

from common.errors import Invalid, Issue, Phrase, Sentences
from common.times import parse_time
from parties.numbers import LARGEST_ID

_TRUE, _FALSE = "true", "false"
_MAX_VALUES = 100
_ANY = ".*"  # a declared name that ends so stands for every name below it
T = TypeVar("T")


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
            name = issue.pointer.lstrip("?/").replace("/", ".")
            by_name.setdefault(name, []).append(issue.detail)
        super().__init__(
            issues=tuple(issues),
            members={"errors": by_name},
            reasons=Sentences(issue.detail for issue in issues),
        )


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a call, under the names that the call declares.

    ``findings`` are what is wrong with names, before any value is read. In a body they
    are members, ``in_body``, and pointed at as such.
    """

    values: Mapping[str, tuple[str, ...]]
    findings: tuple[Issue, ...] = field(default=(), compare=False)
    in_body: bool = False

    @classmethod
    def read(
        cls, request: Request, names: Collection[str], *, strict: bool
    ) -> "Parameters":
        """Read the parameters declared; ``strict`` finds fault with all others."""
        if not request.META.get("QUERY_STRING"):
            return _NONE
        query: QueryDict = request.query_params
        return cls.of(query.lists(), names, strict=strict)

    @classmethod
    def of(
        cls,
        given: Iterable[tuple[str, Collection[str]]],
        names: Collection[str],
        *,
        strict: bool,
        in_body: bool = False,
    ) -> "Parameters":
        """Read named values as ``read`` does; every unknown name is a finding."""
        values: dict[str, tuple[str, ...]] = {}
        unknown: list[str] = []
        for name, texts in given:
            known = _declared(name, names)
            if known and texts:
                values[known] = (*values.get(known, ()), *texts)
            elif strict and not known:
                unknown.append(name)
        empty = cls({}, in_body=in_body)
        findings = [
            empty.issue(
                name,
                "parameter-unknown",
                Phrase(
                    "The parameter {name!r} is unknown here; known are: {known}.",
                    name=name,
                    known=", ".join(sorted(names)) or Phrase("none"),
                ),
            )
            for name in unknown
        ]
        for name, texts in values.items():
            if any("\0" in text for text in texts) or len(texts) > _MAX_VALUES:
                detail = Phrase(
                    "{name} has a NUL character, or more than {most} values.",
                    name=name,
                    most=_MAX_VALUES,
                )
                findings.append(empty.issue(name, "parameter-unreadable", detail))
        return cls(values, tuple(findings), in_body)

    def ensure_known(self) -> None:
        """Raise ParameterInvalid, naming every one that is unknown, if one is."""
        if self.findings:
            raise ParameterInvalid(self.findings)

    def issue(self, name: str, code: str, detail: str) -> Issue:
        """Return a finding that points at a parameter, where it was given."""
        pointer = f"/{name.replace('.', '/')}" if self.in_body else f"?{name}"
        return Issue(pointer, code, detail)

    def text(self, *names: str) -> str:
        """Return the value of the one parameter of these names, empty when absent.

        Raises ParameterInvalid when it is given twice with different values.
        """
        given = [(name, text) for name in names for text in self.values.get(name, ())]
        if len({text for _, text in given}) > 1:
            listed = ", ".join(f"{name}={text}" for name, text in given)
            detail = Phrase("Give one value only: {listed}.", listed=listed)
            raise ParameterInvalid(
                [self.issue(given[-1][0], "parameter-twice", detail)]
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
            raise self.refused(names[0], text, Phrase("true or false"))
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
        expected = Phrase(
            "a whole number from {least} to {most}", least=least, most=most
        )
        raise self.refused(names[0], text, expected)

    def party_id(self, *names: str) -> int | None:
        """Return a party id, None when absent."""
        return self.integer(*names, least=-LARGEST_ID - 1, most=LARGEST_ID)

    def time(self, name: str, text: str) -> datetime:
        """Read one value of a parameter as a time."""
        try:
            return parse_time(text)
        except ValueError:
            expected = Phrase("an ISO 8601 time, UTC unless it says otherwise")
            raise self.refused(name, text, expected) from None

    def refused(self, name: str, text: str, expected: str) -> ParameterInvalid:
        """Say that a value cannot be read."""
        detail = Phrase(
            "The value {text!r} of {name} is not {expected}.",
            text=text,
            name=name,
            expected=expected,
        )
        return ParameterInvalid([self.issue(name, "parameter-value-invalid", detail)])

    def missing(self, name: str) -> ParameterInvalid:
        """Say that a parameter must be given."""
        detail = Phrase("The parameter {name} is missing; give it.", name=name)
        return ParameterInvalid([self.issue(name, "parameter-missing", detail)])

    def below(self, prefix: str) -> Mapping[str, tuple[str, ...]]:
        """Return the parameters ``prefix.{key}`` by their keys."""
        start = f"{prefix}."
        return {
            name.removeprefix(start): texts
            for name, texts in self.values.items()
            if name.startswith(start)
        }


_NONE: Final = Parameters({})  # what most calls have


class Findings:
    """Collects what is wrong with several parameters, so that all of it is told."""

    def __init__(self, parameters: Parameters) -> None:
        self._issues = list(parameters.findings)

    def of(self, read: Callable[[], T], otherwise: T) -> T:
        """Return what ``read`` returns, or the other value if a parameter is wrong."""
        try:
            return read()
        except ParameterInvalid as error:
            self._issues += error.issues
            return otherwise

    def settle(self) -> None:
        """Raise ParameterInvalid with everything found, if anything was."""
        if self._issues:
            raise ParameterInvalid(self._issues)


def _declared(name: str, names: Collection[str]) -> str:
    """Return the declared name, in any case; a key below one as given. Or nothing."""
    folded = name.casefold()
    for known in names:
        if known.casefold() == folded and not known.endswith(_ANY):
            return known
    for known in names:
        prefix = known.removesuffix("*")
        if known.endswith(_ANY) and folded.startswith(prefix.casefold()):
            return prefix + name[len(prefix) :]
    return ""
