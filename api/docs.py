"""The faces' OpenAPI documents, and Swagger UI and ReDoc to read them in.

Nothing comes from a CDN, and no page has a script of its own in it, so the content
security policy needs no exception. The documents are the committed files: what is
reviewed is what is served.
"""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.csrf import ensure_csrf_cookie

from api.face_documents import TITLES, face_document
from api.read_only import read_only
from api.routes import path

_REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
_LOGO_ON_CDN = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
_CACHED = "public,max-age=3600"


def index(request: HttpRequest) -> HttpResponse:
    """Link to the documents of both faces."""
    faces = [{"name": name, "title": title} for name, title in TITLES.items()]
    return render(request, "docs/index.html", {"faces": faces})


def document(request: HttpRequest, face: str) -> HttpResponse:
    """Answer the OpenAPI document of a face."""
    answer = HttpResponse(face_document(face), content_type="application/yaml")
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
    return {"title": TITLES[face], "document": f"/docs/{face}/openapi.yaml"}


@cache
def _redoc_script() -> bytes:
    found = finders.find(_REDOC)
    icon = static("altinn/icon.svg").encode()
    return Path(str(found)).read_bytes().replace(_LOGO_ON_CDN, icon)


_document = read_only(document)
urlpatterns = [
    path("docs", read_only(index), name="docs"),
    path("docs/redoc.js", read_only(redoc_script), name="redoc-script"),
]
for _face in TITLES:
    _values, _at = {"face": _face}, f"docs/{_face}"
    urlpatterns += [
        path(_at, read_only(swagger), _values, name=f"swagger-{_face}"),
        path(f"{_at}/redoc", read_only(redoc), _values, name=f"redoc-{_face}"),
        path(f"{_at}/openapi.yaml", _document, _values, name=f"openapi-{_face}"),
    ]
