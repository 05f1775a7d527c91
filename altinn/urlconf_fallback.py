"""The path fallback: everything on one host, told apart by path.

Fixed prefixes first, then the proposal's calls (guid first), then Altinn 3's (party
first).
"""

from django.urls import include

from api import metrics, receipts
from api.application.urls import anywhere
from api.platform.urls import altinn3, proposal
from api.problems import handler400, handler403, handler404, handler500
from api.routes import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("api.everywhere_urls")),
    path("metrics", metrics.metrics, name="metrics"),
    path("receipts", receipts.page, name="receipts"),
    path("", include((altinn3, "platform"))),
    path("storage/", include((proposal, "proposal"))),
    path("", include((anywhere, "application"))),
]
