"""App configuration of the authorization room."""

from django.apps import AppConfig


class AuthorizationConfig(AppConfig):
    """Roles, delegations and decisions."""

    name = "authorization"
    verbose_name = "Authorisation"
