"""The faces' OpenAPI documents: what each operation reads, answers and may refuse.

Views keep to behaviour and their docstrings; the faces' ``operations.py`` keep what
only the documents need. ``manage.py spectacular`` writes the files in ``docs/openapi``.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import SAFE_METHODS
from rest_framework.serializers import BaseSerializer, ListSerializer

from api.application.operations import OPERATIONS as APPLICATION_OPERATIONS
from api.authentication import PLATFORM_HEADER
from api.cookies import TOKEN_COOKIE
from api.examples import EXAMPLES, problem_example
from api.filters import FILTERS
from api.operations import (
    APP,
    BYTES,
    CONTENT,
    HEADERS,
    JSON_BODY,
    PATH_PARAMETERS,
    QUERY_PARAMETERS,
    Operation,
    ProblemSerializer,
    operation_of,
)
from api.permissions import PLATFORM
from api.platform.operations import OPERATIONS as PLATFORM_OPERATIONS
from api.problems import CONTENT_TYPE, problem_kinds, status_of_class
from api.proposal import ProposalView
from api.views import FaceViewSet
from common.errors import DomainError

_CALLERS = """
Callers send an access token as `Authorization: Bearer …`; a browser may send it in the
cookie `AltinnStudioRuntime`, and then the value of the cookie `XSRF-TOKEN` in the
header `X-XSRF-TOKEN` with every change. What only components of the platform call
takes a platform access token in the header `PlatformAccessToken`. Literal path segments
and names of query parameters are read without regard to case, and a final slash is
optional.

Every error is a problem document (RFC 9457) with a stable `code`; its `type` links to a
page that says what to do. Operations under *Original proposal* name an instance by its
guid alone and refuse parameters that they do not know.
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
    "Application API",
    "What an end user's system and an application's owner do with the instances of one"
    " application: create, fill in, move on, download, confirm. It is served on the"
    " host `{org}.apps.{domain}`, and by path on the base host, where the proposal's"
    " calls stand below `/{org}/{app}` too.",
    host="{org}.apps.{domain}",
    variables={"org": {"default": "nav"}},
)
platform_settings = _settings(
    "Platform API",
    "Storage across all applications, and the platform's other services. It is served"
    " on the host `platform.{domain}` and by path on the base host. The original"
    " proposal's calls have the host `storage.{domain}`, where `/storage` is left out.",
    host="platform.{domain}",
    variables={},
)


class FaceSchema(AutoSchema):
    """Describes an operation from its view and its face's ``operations.py``."""

    view: FaceViewSet  # type: ignore[override]  # no other view has this schema

    def get_operation_id(self) -> str:
        """Return ``<resource>_<action>``, ``proposal`` before the proposal's calls."""
        name = self._operation.id
        if self._is_proposal:
            return f"proposal_{name}"
        if self.path.endswith("/applicationmetadata"):
            return f"{name}_metadata"  # the same document at a second address
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
        if self._operation.anonymous:
            return [{}]
        if self._is_for_platform:
            return [{"platform": []}]
        return [{"bearer": []}, {"cookie": []}]

    def get_request_serializer(self) -> Any:
        """Return what the body is."""
        return self._operation.request

    def get_response_serializers(self) -> Any:
        """Return the answers, and the problems by status."""
        answers: dict[int | tuple[int, str], object] = {}
        for key, answer in self._operation.answers.items():
            status = key[0] if isinstance(key, tuple) else key
            phrase = HTTPStatus(status).phrase
            answers[key] = OpenApiResponse(answer, description=phrase)
        for status, kinds in self._problems().items():
            listed = ", ".join(f"`{code}`" for code in sorted(kinds))
            answers[(int(status), CONTENT_TYPE)] = OpenApiResponse(
                self._problem_schema(status, kinds),
                description=f"{status.phrase}: {listed}",
            )
        return answers

    def get_override_parameters(self) -> list[Any]:
        """Return the headers of answers; the view's own table has what is read."""
        found = []
        if 201 in self._operation.answers:
            found.append(_answered("Location", 201, "Address of what was made."))
        if self._operation.answers is BYTES:
            found += [
                _answered("ETag", (200, 206, 304), "Changes with the content."),
                _answered("Content-Disposition", (200, 206), "The file's name."),
                _answered("Content-Range", 206, "Which bytes of how many these are."),
            ]
        return found

    # --- drf-spectacular has no public hook for these ---------------------------------
    def _is_list_view(self, serializer: object = None) -> bool:
        # Most lists are wrapped in documents of their own; those of parties are bare.
        return isinstance(serializer, ListSerializer)

    def _get_parameters(self) -> list[dict[str, object]]:
        places = [part[1:-1] for part in self.path.split("/") if part.startswith("{")]
        return [
            *(_path_parameter(name) for name in places),
            *(_query_parameter(name) for name in self._parameters),
            *(_header_parameter(name) for name in self._operation.headers),
        ]

    def _get_request_body(self, direction: str = "request") -> dict[str, object] | None:
        body: dict[str, object] | None = super()._get_request_body(  # type: ignore[no-untyped-call]  # comes without types
            direction
        )
        if body and self._operation.request is CONTENT:
            body["required"] = True
        return body

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
        return self.view.actions.get(self._action) == PLATFORM

    @property
    def _is_proposal(self) -> bool:
        return isinstance(self.view, ProposalView)

    def _problems(self) -> dict[HTTPStatus, dict[str, type[DomainError]]]:
        """Return the problems by status and code, those of the operation last."""
        known = {kind.code: kind for kind in problem_kinds()}
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
        if "{app}" in self.path:
            yield from APP
        if self._is_for_platform:
            yield "platform-token-missing"
        elif "{guid}" in self.path:
            yield from ("not-permitted", "authentication-level-too-low")
            if self._action in self.view.look_first:
                yield "instance-not-found"
            if "{element}" in self.path:
                yield "data-element-not-found"
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


def _is_document(request: object) -> bool:
    return isinstance(request, type) and issubclass(request, BaseSerializer)


def _path_parameter(name: str) -> dict[str, object]:
    text, schema = PATH_PARAMETERS[name]
    return build_parameter_type(
        name=name,
        schema=dict(schema),
        location="path",
        required=True,
        description=text,
    )


def _query_parameter(name: str) -> dict[str, object]:
    if name in QUERY_PARAMETERS:
        text, schema = QUERY_PARAMETERS[name]
    else:
        filter_ = FILTERS[name]
        text, schema = filter_.help_text, filter_.schema
        if filter_.repeats:
            schema = {"type": "array", "items": schema}
    return build_parameter_type(
        name=name, schema=dict(schema), location="query", description=text
    )


def _header_parameter(name: str) -> dict[str, object]:
    return build_parameter_type(
        name=name,
        schema={"type": "string"},
        location="header",
        description=HEADERS[name],
    )


def _answered(name: str, status: int | tuple[int, ...], text: str) -> OpenApiParameter:
    statuses = [status] if isinstance(status, int) else list(status)
    return OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description=text,
        response=statuses,
    )
