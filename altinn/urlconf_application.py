"""The urlconf of ``{org}.apps.{domain}``."""

from django.urls import include

from api.application.urls import anywhere, on_org_host
from api.problems import handler400, handler403, handler404, handler500
from api.routes import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("api.everywhere_urls")),
    path("", include((on_org_host, "proposal"))),
    path("", include((anywhere, "application"))),
]
