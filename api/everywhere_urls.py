"""Addresses that answer on every host (decisions D-18)."""

from django.urls import include

from api import docs, everywhere
from api.routes import path

urlpatterns = [
    path("", everywhere.index, name="index"),
    path("health", everywhere.health, name="health"),
    path("problems", everywhere.problem_list, name="problems"),
    path("problems/<slug:code>", everywhere.problem_page, name="problem"),
    *docs.urlpatterns,
    path("Home/", include("api.sandbox.urls")),
]
