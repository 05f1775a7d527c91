"""Which scopes an application asks for, besides its policy (authorization.md §2.4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.errors import Issue
from common.pointers import pointer_to

MEMBER = "apiScopes"
DEFAULT_TEXT = "authorization.scopes.insufficient"

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,255}")  # RFC 6749
_BLOCK = ("read", "write", "errorMessageTextResourceKey")
_ROOT = ("users", "serviceOwners", "errorMessageTextResourceKey")
_APP = re.compile(r"\[app\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ScopePair:
    """What one kind of caller needs; an empty scope asks for nothing.

    ``messages`` is what to tell who lacks one, by language.
    """

    read: str = ""
    write: str = ""
    text_key: str = DEFAULT_TEXT
    messages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiScopes:
    """What callers need of an application that asks for scopes of its own."""

    users: ScopePair = ScopePair()
    service_owners: ScopePair = ScopePair()


def read_api_scopes(
    document: object, issues: list[Issue], *, app: str, file: str
) -> ApiScopes | None:
    """Read the member of the metadata, None where nothing is asked for.

    What is wrong is appended to ``issues``; a member that is not understood is wrong,
    so that no rule is thought to be in force that is not.
    """
    if document is None:
        return None
    reader = _Reader(issues, app=app, pointer=f"{file}#/{MEMBER}")
    root = reader.members(document, _ROOT, "")
    key = reader.text(root, "errorMessageTextResourceKey", "") or DEFAULT_TEXT
    return ApiScopes(
        users=reader.pair(root.get("users"), "/users", key),
        service_owners=reader.pair(root.get("serviceOwners"), "/serviceOwners", key),
    )


class _Reader:
    """Reads the blocks, and notes what is wrong in them."""

    def __init__(self, issues: list[Issue], *, app: str, pointer: str) -> None:
        self._issues = issues
        self._app = app
        self._pointer = pointer

    def members(
        self, value: object, known: tuple[str, ...], place: str
    ) -> Mapping[str, object]:
        if not isinstance(value, dict):
            text = f"Expected an object with {', '.join(known)}."
            self._note(place, "metadata-wrong-type", text)
            return {}
        for name in value:
            if name not in known:
                text = f"{name!r:.90} is none of {', '.join(known)}."
                self._note(place + pointer_to([name]), "member-unknown", text)
        return value

    def pair(self, value: object, place: str, key: str) -> ScopePair:
        if value is None:
            return ScopePair(text_key=key)
        block = self.members(value, _BLOCK, place)
        return ScopePair(
            read=self._scope(block, "read", place),
            write=self._scope(block, "write", place),
            text_key=self.text(block, "errorMessageTextResourceKey", place) or key,
        )

    def text(self, block: Mapping[str, object], name: str, place: str) -> str:
        value = block.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self._note(f"{place}/{name}", "metadata-wrong-type", "Expected a text or null.")
        return ""

    def _scope(self, block: Mapping[str, object], name: str, place: str) -> str:
        scope = _APP.sub(self._app, self.text(block, name, place))
        if scope and not _SCOPE.fullmatch(scope):
            text = f"{scope!r:.90} is not one scope: no token could ever have it."
            self._note(f"{place}/{name}", "scope-invalid", text)
        return scope

    def _note(self, place: str, code: str, text: str) -> None:
        self._issues.append(Issue(self._pointer + place, code, text))
