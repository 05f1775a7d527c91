"""The urlconf of ``storage.{domain}``."""

from django.urls import include

from api.platform.urls import proposal
from api.problems import handler400, handler403, handler404, handler500
from api.routes import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("api.everywhere_urls")),
    path("", include((proposal, "proposal"))),
]
