"""OpenAPI documents of the faces, with Swagger UI and ReDoc, nothing from a CDN."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerSplitView,
)

from api.routes import path
from api.schema import FACES


def index(request: HttpRequest) -> HttpResponse:
    """Link to the documents of both faces."""
    return render(request, "docs/index.html", {"faces": FACES.values()})


def _patterns() -> list[object]:
    patterns: list[object] = [path("", index, name="docs")]
    for name, face in FACES.items():
        document = SpectacularAPIView.as_view(
            urlconf=face.urlconf, custom_settings=face.settings
        )
        patterns += [
            path(f"{name}/openapi.yaml", document, name=f"openapi-{name}"),
            path(
                f"{name}/redoc",
                SpectacularRedocView.as_view(url=f"/docs/{name}/openapi.yaml"),
                name=f"redoc-{name}",
            ),
            path(
                name,
                SpectacularSwaggerSplitView.as_view(url=f"/docs/{name}/openapi.yaml"),
                name=f"swagger-{name}",
            ),
        ]
    return patterns


face_patterns = _patterns()
