"""What people read in the admin where a program reads a problem document."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from api import problems
from api.problems import status_of
from common.errors import DomainError, Forbidden, NotFound


def handler403(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Answer a denial."""
    if _reads_pages(request):
        return _page(request, Forbidden(), "You may not do this")
    return problems.handler403(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address where there is nothing, or nothing for this account."""
    if _reads_pages(request):
        return _page(request, NotFound(), "There is no such page")
    return problems.handler404(request, exception)


def _reads_pages(request: HttpRequest) -> bool:
    """Whether a browser asks, with somebody signed in to the admin."""
    user: Any = getattr(request, "user", None)
    return (
        request.path_info.startswith("/admin/")
        and getattr(user, "is_staff", False) is True
        and "text/html" in request.headers.get("Accept", "")
    )


def _page(request: HttpRequest, problem: DomainError, title: str) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, "problem": problem}
    status = status_of(problem)
    return render(request, "admin/refused.html", context, status=status)
