"""The urlconf of ``platform.{domain}``."""

from django.urls import include

from api.platform.urls import altinn3
from api.problems import handler400, handler403, handler404, handler500
from api.routes import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *altinn3,  # first, for what is asked the most
    path("", include("api.everywhere_urls")),
]
