"""The faces' OpenAPI documents, and Swagger UI and ReDoc to read them in.

Nothing comes from a CDN, and no page has a script of its own in it, so the content
security policy needs no exception. The documents are the committed files: what is
reviewed is what is served.
"""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.csrf import ensure_csrf_cookie

from api.routes import path
from api.schema import application_settings, platform_settings

_FACES = {"application": application_settings, "platform": platform_settings}
_REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
_LOGO_ON_CDN = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
_CACHED = "public,max-age=3600"


def index(request: HttpRequest) -> HttpResponse:
    """Link to the documents of both faces."""
    faces = [{"name": name, "title": face["TITLE"]} for name, face in _FACES.items()]
    return render(request, "docs/index.html", {"faces": faces})


def document(request: HttpRequest, face: str) -> HttpResponse:
    """Answer the OpenAPI document of a face."""
    answer = HttpResponse(_document(face), content_type="application/yaml")
    answer["Content-Disposition"] = f'inline; filename="{face}.yaml"'
    answer["Cache-Control"] = _CACHED
    return answer


@ensure_csrf_cookie  # what is tried out by cookie needs the anti-forgery header
def swagger(request: HttpRequest, face: str) -> HttpResponse:
    """Show the document in Swagger UI."""
    return render(request, "docs/swagger.html", _context(face))


def redoc(request: HttpRequest, face: str) -> HttpResponse:
    """Show the document in ReDoc."""
    return render(request, "docs/redoc.html", _context(face))


def redoc_script(request: HttpRequest) -> HttpResponse:
    """Answer ReDoc's script, but with our logo in place of its maker's from a CDN."""
    answer = HttpResponse(_redoc_script(), content_type="text/javascript")
    answer["Cache-Control"] = _CACHED
    return answer


def _context(face: str) -> dict[str, object]:
    return {"title": _FACES[face]["TITLE"], "document": f"/docs/{face}/openapi.yaml"}


@cache
def _document(face: str) -> bytes:
    return (settings.BASE_DIR / "docs" / "openapi" / f"{face}.yaml").read_bytes()


@cache
def _redoc_script() -> bytes:
    found = finders.find(_REDOC)
    icon = static("altinn/icon.svg").encode()
    return Path(str(found)).read_bytes().replace(_LOGO_ON_CDN, icon)


urlpatterns = [
    path("docs", index, name="docs"),
    path("docs/redoc.js", redoc_script, name="redoc-script"),
]
for _face in _FACES:
    _values = {"face": _face}
    urlpatterns += [
        path(f"docs/{_face}", swagger, _values, name=f"swagger-{_face}"),
        path(f"docs/{_face}/redoc", redoc, _values, name=f"redoc-{_face}"),
        path(f"docs/{_face}/openapi.yaml", document, _values, name=f"openapi-{_face}"),
    ]
