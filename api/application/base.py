"""What the views of the application API share: the app that the address names."""

from functools import cached_property

from api.content import ContentViewSet
from api.serializers.spelling import Spelling
from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppNotFound


class AppViewSet(ContentViewSet):
    """A view below ``{org}/{app}``, or below ``{app}`` on the org's own host."""

    spelling = Spelling.APPLICATION

    @cached_property
    def app(self) -> AppDefinition:
        """The app of the address; raises AppNotFound, also for another org's host."""
        host_org = getattr(self.request, "host_org", "")
        org = self.kwargs.get("org", host_org)
        if host_org and org != host_org:
            raise AppNotFound(app_id=f"{org}/{self.kwargs['app']}")
        return catalogue.definition_of(org, self.kwargs["app"])

    def stated_app(self) -> AppDefinition | None:
        """Return the app of the address: instances of others are not here."""
        return self.app
