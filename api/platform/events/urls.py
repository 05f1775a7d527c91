"""Addresses below ``/events/api/v1``."""

from api.platform.events.feed import EventFeedViewSet
from api.platform.events.subscriptions import SubscriptionViewSet
from api.routes import path

app_name = "events"

urlpatterns = [
    path(
        "subscriptions",
        SubscriptionViewSet.as_view({"get": "list", "post": "create"}),
        name="subscriptions",
    ),
    path(
        "subscriptions/<row:subscription>",
        SubscriptionViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="subscription",
    ),
    path("app/party", EventFeedViewSet.as_view({"get": "of_party"}), name="of-party"),
    path(
        "app/<org:org>/<app:app>",
        EventFeedViewSet.as_view({"get": "of_app"}),
        name="of-app",
    ),
]
