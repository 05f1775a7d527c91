"""Parameters and headers as the OpenAPI documents show them."""

from drf_spectacular.plumbing import build_parameter_type
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from api.filters import FILTERS
from api.operations import (
    HEADERS,
    PATH_PARAMETERS,
    QUERY_PARAMETERS,
)


def path_parameter(name: str) -> dict[str, object]:
    """Return a part of an address."""
    text, schema = PATH_PARAMETERS[name]
    return build_parameter_type(
        name=name,
        schema=dict(schema),
        location="path",
        required=True,
        description=text,
    )


def query_parameter(name: str) -> dict[str, object]:
    """Return a parameter of the query; filters say themselves what they are."""
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


def header_parameter(name: str) -> dict[str, object]:
    """Return a header of requests."""
    return build_parameter_type(
        name=name,
        schema={"type": "string"},
        location="header",
        description=HEADERS[name],
    )


def answered(name: str, status: int | tuple[int, ...], text: str) -> OpenApiParameter:
    """Return a header of answers with one of these statuses."""
    statuses = [status] if isinstance(status, int) else list(status)
    return OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description=text,
        response=statuses,
    )
