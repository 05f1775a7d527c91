"""The urlconf of the base host: the path fallback, and the admin, here alone."""

from django.contrib import admin
from django.urls import path as plain_path
from django.views.generic import RedirectView

from altinn.admin_errors import handler403, handler404
from altinn.urlconf_fallback import urlpatterns as fallback
from api.problems import handler400, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    plain_path("admin", RedirectView.as_view(url="/admin/")),
    plain_path("admin/", admin.site.urls),
    *fallback,
]
