"""Addresses that answer on every host (decisions D-18)."""

from django.urls import include

from api import docs, everywhere, health
from api.read_only import read_only
from api.routes import path

urlpatterns = [
    path("", read_only(everywhere.index), name="index"),
    path("health", read_only(health.health), name="health"),
    path("problems", read_only(everywhere.problem_list), name="problems"),
    path("problems/<slug:code>", read_only(everywhere.problem_page), name="problem"),
    *docs.urlpatterns,
    path("Home/", include("api.sandbox.urls")),
]
