"""Routes as Altinn's clients use them: case-blind, with or without a final slash.

``path`` is Django's own with another pattern class, so ``reverse()`` and OpenAPI keep
plain paths. Converters give views typed values and refuse everything else as no route.
"""

import re
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.urls import register_converter
from django.urls.conf import _path  # type: ignore[attr-defined]  # what path() itself is
from django.urls.resolvers import RoutePattern

from apps_registry.choices import (
    APP_PATTERN,
    ORG_PATTERN,
    RESERVED_APP_NAMES,
    RESERVED_ORG_CODES,
)

_PARAMETER = re.compile(r"<[^>]+>")


class CaseBlindPattern(RoutePattern):
    """A route whose literals match in any case and whose final slash is optional."""

    def __init__(
        self, route: str, name: str | None = None, is_endpoint: bool = False
    ) -> None:
        super().__init__(route, name=name, is_endpoint=is_endpoint)
        if is_endpoint and route.endswith("/"):
            raise ImproperlyConfigured(
                f"{route!r}: the final slash is optional by itself."
            )
        self._any_case = re.compile(self._expression(is_endpoint))

    def match(self, path: str) -> tuple[str, tuple[()], dict[str, Any]] | None:
        """Match the beginning of ``path``, or all of it at an endpoint."""
        found = self._any_case.match(path)
        if found is None:
            return None
        values: dict[str, Any] = {}
        for name, text in found.groupdict().items():
            try:
                values[name] = self.converters[name].to_python(text)
            except ValueError:
                return None
        return path[found.end() :], (), values

    def _expression(self, is_endpoint: bool) -> str:
        """Return the route as a regular expression, its literals in any case."""
        route = str(self)
        parts: list[str] = []
        end = 0
        for parameter in _PARAMETER.finditer(route):
            name = parameter.group()[1:-1].rpartition(":")[2]
            parts.append(_literal(route[end : parameter.start()]))
            parts.append(f"(?P<{name}>{self.converters[name].regex})")
            end = parameter.end()
        parts.append(_literal(route[end:]))
        if is_endpoint:
            parts.append(r"/?\Z")
        return "".join(parts)


def _literal(text: str) -> str:
    return f"(?i:{re.escape(text)})" if text else ""


path = partial(_path, Pattern=CaseBlindPattern)


class _Text:
    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Keep the text as it is."""
        return value

    def to_url(self, value: object) -> str:
        """Write the text."""
        return str(value)


class OrgConverter(_Text):
    """A service owner's code; words of the server's own addresses are none."""

    regex = ORG_PATTERN

    def to_python(self, value: str) -> str:
        """Refuse reserved words."""
        if value in RESERVED_ORG_CODES:
            raise ValueError(value)
        return value


class AppConverter(_Text):
    """An application's name; words of the server's own addresses are none."""

    regex = APP_PATTERN

    def to_python(self, value: str) -> str:
        """Refuse reserved words."""
        if value in RESERVED_APP_NAMES:
            raise ValueError(value)
        return value


class PartyConverter(_Text):
    """A party id: a signed 32-bit integer."""

    regex = r"-?[0-9]{1,10}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # its base makes text
        """Refuse what does not fit into 32 bits."""
        number = int(value)
        if not -(2**31) <= number < 2**31:
            raise ValueError(value)
        return number


class UserConverter(PartyConverter):
    """A user id: a signed 32-bit integer, as a party id is."""


class VersionConverter(PartyConverter):
    """The number of a deployment: positive, of 32 bits."""

    regex = r"[0-9]{1,10}"


class RowConverter(PartyConverter):
    """The number of a row that the server counts: positive, of 63 bits."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # its base makes text
        """Read the number."""
        return int(value)


class OrgNumberConverter(_Text):
    """An organisation number: nine digits."""

    regex = r"[0-9]{9}"


class GuidConverter(_Text):
    """A GUID in any of the forms that .NET reads.

    Emitted in lower case with hyphens.
    """

    regex = (
        r"(?:[0-9a-fA-F]{32}"
        r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        r"|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}"
        r"|\([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\))"
    )

    def to_python(self, value: str) -> UUID:  # type: ignore[override]  # its base makes text
        """Read any of the forms."""
        return UUID(value.strip("{}()"))


register_converter(OrgConverter, "org")
register_converter(AppConverter, "app")
register_converter(PartyConverter, "party")
register_converter(UserConverter, "user")
register_converter(VersionConverter, "version")
register_converter(RowConverter, "row")
register_converter(OrgNumberConverter, "orgnumber")
register_converter(GuidConverter, "guid")
