"""Addresses below ``/profile/api/v1``."""

from api.platform.profile.users import UserViewSet
from api.routes import path

app_name = "profile"

urlpatterns = [
    path("users", UserViewSet.as_view({"post": "by_ssn"}), name="user-by-ssn"),
    path("users/current", UserViewSet.as_view({"get": "current"}), name="current-user"),
    path("users/<user:user>", UserViewSet.as_view({"get": "retrieve"}), name="user"),
]
