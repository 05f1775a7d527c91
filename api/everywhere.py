"""What answers on every host: the first page and the pages of problems."""

from collections.abc import Mapping
from http import HTTPStatus
from inspect import cleandoc

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from api.problem_texts import details_of
from api.problems import problem_kinds, status_of_class
from apps_registry import addresses, catalogue
from apps_registry.definition import AppDefinition
from common.errors import DomainError


def sandbox(request: HttpRequest) -> dict[str, object]:
    """Tell every template whether this is a sandbox."""
    return {"sandbox": settings.ALTINN_SANDBOX}


def index(request: HttpRequest) -> HttpResponse:
    """Show a newcomer what is here."""
    applications = [
        {
            "app_id": app.app_id,
            "title": _title(app),
            "address": f"{addresses.application_base(app.org)}/{app.app}",
            "swagger": f"{addresses.application_base(app.org)}/{app.app_id}/swagger",
        }
        for app in catalogue.all_definitions().values()
    ]
    context = {
        "applications": applications,
        "admin": getattr(request, "urlconf", "") == "altinn.urls",
    }
    return render(request, "index.html", context)


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a problem means and what to do about it."""
    kinds = [kind for kind in problem_kinds() if kind.code == code]
    if not kinds:
        raise Http404(code)
    causes = [_context(kind) for kind in _told(kinds)]
    return render(
        request, "problems/problem.html", {"problem": causes[0], "causes": causes}
    )


def problem_list(request: HttpRequest) -> HttpResponse:
    """List every problem that the server can answer."""
    kinds = list(problem_kinds())
    answered = {kind.code for kind in kinds if not kind.__subclasses__()}
    first: dict[str, type[DomainError]] = {}
    for kind in _told(kinds) + kinds:
        first.setdefault(kind.code, kind)
    rows = [_context(first[code]) for code in sorted(answered)]
    return render(request, "problems/list.html", {"problems": rows})


def _told(kinds: list[type[DomainError]]) -> list[type[DomainError]]:
    """Leave out who has no words of its own, unless nobody has; general words first."""
    return [kind for kind in kinds if "detail" in vars(kind)] or kinds


def _title(app: AppDefinition) -> str:
    titles = app.metadata.get("title")
    if not isinstance(titles, Mapping) or not titles:
        return app.app
    return str(titles.get("en") or titles.get("nb") or next(iter(titles.values())))


def _context(kind: type[DomainError]) -> dict[str, object]:
    status = status_of_class(kind)
    summary, _, advice = cleandoc(kind.__doc__ or "").partition("\n\n")
    return {
        "code": kind.code,
        "status": int(status),
        "phrase": HTTPStatus(status).phrase,
        "title": kind.title or HTTPStatus(status).phrase,
        "summary": summary.replace("``", ""),
        "advice": advice.replace("``", ""),
        "detail": kind.detail,
        "spoken": details_of(kind),
    }
