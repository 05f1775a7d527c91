"""OpenAPI: what each operation reads, answers and may refuse, in one table.

Views keep to behaviour; ``api/operations.py`` keeps what only the documents need. A test
fails for a route whose operation is not in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.utils import OpenApiResponse

from api.filters import FILTERS
from api.operations import (
    PARAMETERS,
    Operation,
    ProblemSerializer,
    operation_of,
    problems_of,
)
from api.problems import CONTENT_TYPE
from api.proposal import ProposalView
from api.views import FaceViewSet

_PATH_PARAMETERS: Mapping[str, tuple[str, dict[str, object]]] = {
    "org": ("Code of the service owner.", {"type": "string"}),
    "app": ("Name of the application.", {"type": "string"}),
    "party": (
        "Party id of the instance owner.",
        {"type": "integer", "format": "int32"},
    ),
    "guid": ("Guid of the instance.", {"type": "string", "format": "uuid"}),
    "element": ("Guid of the data element.", {"type": "string", "format": "uuid"}),
    "event": ("Guid of the event.", {"type": "string", "format": "uuid"}),
    "state": ("Id of a task or end event.", {"type": "string"}),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One of the two APIs: where its addresses are and how its document is headed."""

    name: str
    title: str
    description: str
    urlconf: str
    settings: dict[str, object] = field(default_factory=dict)


def _face(name: str, title: str, description: str) -> Face:
    settings: dict[str, object] = {
        "TITLE": title,
        "DESCRIPTION": description,
        "VERSION": "1.0",
    }
    return Face(name, title, description, f"api.{name}.urls", settings)


FACES: Mapping[str, Face] = {
    "application": _face(
        "application",
        "Application API",
        "What an end user's system and an application's owner do with the instances of one"
        " application: create, fill in, move on, download, confirm. On the host"
        " {org}.apps.{domain}, and by path elsewhere.",
    ),
    "platform": _face(
        "platform",
        "Platform API",
        "Storage across all applications, and the platform's other services. On the hosts"
        " platform.{domain} and, for the original proposal's calls, storage.{domain}; by"
        " path elsewhere.",
    ),
}


class FaceSchema(AutoSchema):
    """Describes an operation from its view's tables and ``api/operations.py``."""

    view: FaceViewSet

    def get_operation_id(self) -> str:
        """Return ``<resource>_<action>``, with ``proposal`` before the proposal's calls."""
        name = self._operation.id
        if self._is_proposal:
            return f"proposal_{name}"
        if self.path.endswith("/applicationmetadata"):
            return f"{name}_metadata"  # the same document at a second address
        if "{guid}" in self.path and "{party}" not in self.path:
            return f"{name}_by_guid"
        return name

    def get_tags(self) -> list[str]:
        """Group by generation and resource."""
        return ["Original proposal" if self._is_proposal else self._operation.tag]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Ask for a token, except where anyone may call."""
        if self._operation.anonymous:
            return [{}]
        return [{"bearer": []}, {"cookie": []}]

    def get_request_serializer(self) -> Any:
        """Return what the body is."""
        return self._operation.request

    def get_response_serializers(self) -> Any:
        """Return the answer, and every problem that the operation names."""
        responses: dict[object, object] = dict(self._operation.responses)
        for status, codes in problems_of(self._operation).items():
            text = "Problem: " + ", ".join(f"`{code}`" for code in codes)
            problem = OpenApiResponse(ProblemSerializer, description=text)
            responses[(status, CONTENT_TYPE)] = problem
        return responses

    def get_override_parameters(self) -> list[Any]:
        """Return no overrides: parameters come from the view's own table."""
        return []

    def _get_parameters(self) -> list[dict[str, object]]:
        found = [
            build_parameter_type(
                name=name,
                schema=_PATH_PARAMETERS[name][1],
                location="path",
                required=True,
                description=_PATH_PARAMETERS[name][0],
            )
            for name in self._path_names()
        ]
        for name in self.view.parameters.get(self.view.action or "", ()):
            found.append(_query_parameter(name))
        return found

    def _path_names(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def _is_proposal(self) -> bool:
        return isinstance(self.view, ProposalView)

    @property
    def _operation(self) -> Operation:
        return operation_of(type(self.view), self.view.action or "")


def _query_parameter(name: str) -> dict[str, object]:
    if name in FILTERS:
        filter_ = FILTERS[name]
        text, schema, repeats = filter_.help_text, filter_.schema, filter_.repeats
    else:
        text, schema, repeats = PARAMETERS[name]
    if repeats:
        schema = {"type": "array", "items": schema}
    return build_parameter_type(
        name=name,
        schema=schema,
        location="query",
        required=False,
        description=text,
        explode=True if repeats else None,
        style="form" if repeats else None,
    )


def add_security(result: dict[str, Any], **kwargs: object) -> dict[str, Any]:
    """State how callers authenticate; drf-spectacular's postprocessing hook."""
    components = result.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "AltinnStudioRuntime"},
    }
    return result
