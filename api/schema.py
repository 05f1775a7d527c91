"""The faces' OpenAPI documents: what each operation reads, answers and may refuse.

Views keep to behaviour and their docstrings; the faces' ``operations.py`` keep what
only the documents need. ``manage.py spectacular`` writes the files in ``docs/openapi``.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import SAFE_METHODS
from rest_framework.serializers import BaseSerializer, ListSerializer

from api import schema_fields  # noqa: F401  what it has is registered
from api.application.base import AppViewSet
from api.application.operations import OPERATIONS as APPLICATION_OPERATIONS
from api.authentication import PLATFORM_HEADER
from api.cookies import TOKEN_COOKIE
from api.examples import EXAMPLES, problem_example
from api.face_documents import TITLES
from api.once import KEY, KEY_PROBLEMS, METHODS
from api.operations import (
    APP,
    BYTES,
    CONDITION_HEADERS,
    CONTENT,
    JSON_BODY,
    Operation,
    operation_of,
)
from api.permissions import (
    AUTHENTICATED_OR_PLATFORM,
    DESIGNER,
    PLATFORM,
    PLATFORM_ALONE,
    Right,
)
from api.platform.operations import OPERATIONS as PLATFORM_OPERATIONS
from api.platform.storage.base import SYNC_ACTIONS, StorageViewSet
from api.problems import CONTENT_TYPE, problem_kinds, status_of_class
from api.proposal import ProposalView
from api.schema_parameters import (
    answered,
    header_parameter,
    path_parameter,
    query_parameter,
)
from api.serializers.problems import ProblemSerializer
from api.views import LOCK_HEADER, FaceViewSet
from common.errors import DomainError
from events.cloudevents import CONTENT_TYPE as EVENTS

_CALLERS = """
Callers send an access token as `Authorization: Bearer …`; a browser may send it in the
cookie `AltinnStudioRuntime`, and then the value of the cookie `XSRF-TOKEN` in the
header `X-XSRF-TOKEN` with every change. What only components of the platform call
takes a platform access token in the header `PlatformAccessToken`. Literal path segments
and names of query parameters are read without regard to case, and a final slash is
optional.

Every error is a problem document (RFC 9457) with a stable `code`; its `type` links to a
page that says what to do. Title and detail are in `nb`, `nn` or `en`, as the parameter
`language` (of operations that have it) or the header `Accept-Language` asks, and in
English for a call that asks for nothing; `Content-Language` says which. Whatever the
operation, 503 with `database-unavailable` or `storage-unavailable` and the header
`Retry-After` says that nothing is wrong with the call. Operations under *Original
proposal* name an instance by its guid alone and refuse parameters that they do not
know.
"""
_HOSTS = {
    "scheme": {"default": "https", "enum": ["https", "http"]},
    "domain": {"default": "altinn.example.no"},
}


def _settings(
    title: str, text: str, *, host: str, variables: Mapping[str, object]
) -> dict[str, object]:
    here = {"url": "/", "description": "The host that the document was read from."}
    own = {
        "url": f"{{scheme}}://{host}",
        "description": "The face's own host.",
        "variables": {**variables, **_HOSTS},
    }
    return {
        "TITLE": title,
        "DESCRIPTION": f"{text}\n{_CALLERS}".strip(),
        "VERSION": "1",
        "SERVERS": [here, own],
    }


# For `manage.py spectacular --custom-settings`; the same for every server, so that the
# committed files are what each of them serves.
application_settings = _settings(
    TITLES["application"],
    "What an end user's system and an application's owner do with the instances of one"
    " application: create, fill in, move on, download, confirm. It is served on the"
    " host `{org}.apps.{domain}`, and by path on the base host, where the proposal's"
    " calls stand below `/{org}/{app}` too.",
    host="{org}.apps.{domain}",
    variables={"org": {"default": "nav"}},
)
platform_settings = _settings(
    TITLES["platform"],
    "Storage across all applications, and the platform's other services. It is served"
    " on the host `platform.{domain}` and by path on the base host. The original"
    " proposal's calls have the host `storage.{domain}`, where `/storage` is left out.",
    host="platform.{domain}",
    variables={},
)

# Where the same is answered once more.
_SECOND_ADDRESSES = {
    "/applicationmetadata": "metadata",
    "/swagger.json": "swagger",
    "/index.html": "index",
}


class FaceSchema(AutoSchema):
    """Describes an operation from its view and its face's ``operations.py``."""

    view: FaceViewSet  # type: ignore[override]  # no other view has this schema

    def get_operation_id(self) -> str:
        """Return ``<resource>_<action>``, ``proposal`` before the proposal's calls."""
        name = self._operation.id
        if self._is_proposal:
            return f"proposal_{name}"
        for end, word in _SECOND_ADDRESSES.items():
            if self.path.endswith(end):
                return f"{name}_{word}"
        if "{guid}" in self.path and "{party}" not in self.path:
            return f"{name}_by_guid"
        return name

    def get_summary(self) -> str:
        """Return the first line of the action's docstring."""
        return str(self.get_description()).splitlines()[0].removesuffix(".")

    def get_tags(self) -> list[str]:
        """Group by generation and resource."""
        return ["Original proposal" if self._is_proposal else self._operation.tag]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Ask for a token, except where anyone may call."""
        if self._operation.keyed:
            return [{"key": []}]
        if self._operation.anonymous:
            return [{}]
        if self._is_for_platform:
            both: dict[str, list[str]] = {"platform": [], "bearer": []}
            return [both if self._operation.user_too else {"platform": []}]
        if self._right == AUTHENTICATED_OR_PLATFORM:
            return [{"platform": []}, {"bearer": []}, {"cookie": []}]
        return [{"bearer": []}, {"cookie": []}]

    def get_request_serializer(self) -> Any:
        """Return what the body is."""
        return self._operation.request

    def get_response_serializers(self) -> Any:
        """Return the answers, and the problems by status."""
        answers: dict[int | tuple[int, str], object] = {}
        for key, answer in self._operation.answers.items():
            status = key[0] if isinstance(key, tuple) else key
            answers[key] = OpenApiResponse(answer, HTTPStatus(status).phrase)
        for status, kinds in self._problems().items():
            listed = ", ".join(f"`{code}`" for code in sorted(kinds))
            answers[(int(status), CONTENT_TYPE)] = OpenApiResponse(
                self._problem_schema(status, kinds),
                description=f"{status.phrase}: {listed}",
            )
        return answers

    def get_override_parameters(self) -> list[Any]:
        """Return the headers of answers; the view's own table has what is read."""
        found, answers = [], self._operation.answers
        if 201 in answers and self._operation.located:
            found.append(answered("Location", 201, "Address of what was made."))
        if (200, EVENTS) in answers:
            found.append(answered("next", 200, "Where to go on; always there."))
        if 304 in answers and answers is not BYTES:
            found.append(answered("ETag", (200, 304), "Changes with the document."))
        if answers is BYTES:
            found += [
                answered("ETag", (200, 206, 304), "Changes with the content."),
                answered("Content-Disposition", (200, 206), "The file's name."),
                answered("Content-Range", 206, "Which bytes of how many these are."),
                answered("Location", 307, "Where the store hands the content out."),
            ]
        return found

    # --- drf-spectacular has no public hook for these ---------------------------------
    def _is_list_view(self, serializer: object = None) -> bool:
        # Most lists are wrapped in documents of their own; those of parties are bare.
        return isinstance(serializer, ListSerializer)

    def _get_parameters(self) -> list[dict[str, object]]:
        places = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        return [
            *(path_parameter(name) for name in places),
            *(query_parameter(name) for name in self._parameters),
            *(header_parameter(name) for name in self._headers()),
        ]

    def _get_request_body(self, direction: str = "request") -> dict[str, object] | None:
        body: dict[str, object] | None = super()._get_request_body(  # type: ignore[no-untyped-call]  # comes without types
            direction
        )
        if body and self._operation.request is CONTENT:
            body["required"] = True
        return body

    def _headers(self) -> tuple[str, ...]:
        return (
            *self._operation.headers,
            *(CONDITION_HEADERS if self._is_conditional else ()),
            *((KEY,) if self._takes_key else ()),
            *((LOCK_HEADER,) if self._waits_for_lock else ()),
        )

    # --- what the view says -----------------------------------------------------------
    @property
    def _operation(self) -> Operation:
        return operation_of(
            {**APPLICATION_OPERATIONS, **PLATFORM_OPERATIONS},
            type(self.view),
            self._action,
        )

    @property
    def _action(self) -> str:
        return self.view.action or ""

    @property
    def _parameters(self) -> tuple[str, ...]:
        return self.view.parameters.get(self._action, ())

    @property
    def _is_for_platform(self) -> bool:
        return self._right in (PLATFORM, PLATFORM_ALONE)

    @property
    def _right(self) -> Right:
        return self.view.actions.get(self._action, "")

    @property
    def _waits_for_lock(self) -> bool:
        """Whether it changes an instance, which nobody but a lock's holder may."""
        return (
            isinstance(self.view, AppViewSet | StorageViewSet)
            and "{guid}" in self.path
            and self.method not in SAFE_METHODS
            and self._action not in self.view.beside_lock
        )

    @property
    def _is_proposal(self) -> bool:
        return isinstance(self.view, ProposalView)

    @property
    def _is_conditional(self) -> bool:
        """Whether it writes an instance or an element, which a caller may have read."""
        is_there = "{guid}" in self.path and not self._is_for_platform
        return is_there and self.method not in SAFE_METHODS

    @property
    def _takes_key(self) -> bool:
        """Whether it is carried out once, if the caller gives it a key."""
        needs_none = self._operation.anonymous or self._action in self.view.unkeyed
        return self.method in METHODS and not needs_none

    def _problems(self) -> dict[HTTPStatus, dict[str, type[DomainError]]]:
        """Return the problems by status and code, those of the operation last."""
        # Several may have a code; the example is of the same one in every process.
        kinds = sorted(problem_kinds(), key=_from_general)
        known = {kind.code: kind for kind in kinds}
        found: dict[HTTPStatus, dict[str, type[DomainError]]] = {}
        for code in self._codes():
            found.setdefault(status_of_class(known[code]), {})[code] = known[code]
        return dict(sorted(found.items()))

    def _codes(self) -> Iterator[str]:
        """Yield the problems that address, body and parameters bring, and the rest."""
        if not self._operation.anonymous:
            yield from ("invalid-token", "token-missing")
            if self.method not in SAFE_METHODS:
                yield "anti-forgery-failed"
        if self._parameters:
            yield "parameter-invalid"
        if "{" in self.path:
            # What stands there is no value of the parameter, or another address.
            yield from ("route-not-found", "method-not-allowed")
        if "{app}" in self.path:
            yield from APP
        if isinstance(self.view, AppViewSet) and (
            self.view.touches_instances or "{guid}" in self.path
        ):
            yield "api-scope-missing"
        if isinstance(self.view, StorageViewSet):
            yield "scope-missing"
        if self._right == DESIGNER:
            yield "designer-only"
        if self._right == PLATFORM_ALONE:
            yield "platform-token-required"
        elif self._right == PLATFORM:
            yield "platform-token-missing"
        elif "{guid}" in self.path:
            yield from ("not-permitted", "authentication-level-too-low")
            yield from APP  # whose policy is asked may be served no more
            # The synchronisation is told what is not there, whatever is asked first.
            storage = isinstance(self.view, StorageViewSet)
            if self._action in self.view.look_first or (
                storage and self._right in SYNC_ACTIONS
            ):
                yield "instance-not-found"
            if "{element}" in self.path:
                yield "data-element-not-found"
        if self._waits_for_lock:
            yield "instance-locked"
        if self._is_conditional:
            yield "precondition-failed"
        if self._takes_key:
            yield from KEY_PROBLEMS
        if _is_document(self._operation.request):
            yield from JSON_BODY
        yield from self._operation.problems

    def _problem_schema(
        self, status: HTTPStatus, kinds: Mapping[str, type[DomainError]]
    ) -> dict[str, object]:
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        own = {"status": {"const": int(status)}, "code": {"enum": sorted(kinds)}}
        example = problem_example(list(kinds.values())[-1], status)
        return {"allOf": [problem, {"properties": own}], "examples": [example]}


def finish(result: dict[str, object], **kwargs: object) -> dict[str, object]:
    """Add how callers authenticate, and the examples; drf-spectacular's last hook."""
    components = result["components"]
    assert isinstance(components, dict)  # noqa: S101  drf-spectacular made it one
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": TOKEN_COOKIE},
        "platform": {"type": "apiKey", "in": "header", "name": PLATFORM_HEADER},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    _drop_enum_ids(result)
    for name, schema in components["schemas"].items():
        if name in EXAMPLES:
            schema["examples"] = [EXAMPLES[name]]
    return result


def _drop_enum_ids(value: object) -> None:
    """Remove the marks by which drf-spectacular would find equal enumerations."""
    if isinstance(value, dict):
        value.pop("x-spec-enum-id", None)
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _drop_enum_ids(item)


def _from_general(kind: type[DomainError]) -> tuple[bool, str]:
    """Order those that stand for a whole family first, then by where they are."""
    return kind.__module__ != DomainError.__module__, kind.__module__


def _is_document(request: object) -> bool:
    return isinstance(request, type) and issubclass(request, BaseSerializer)
