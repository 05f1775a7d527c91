"""What the views of the application API share: the app that the address names."""

from collections.abc import Iterable
from functools import cached_property

from api.content import ContentViewSet
from api.serializers.spelling import Spelling
from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppNotFound
from data_elements.models import DataElement
from instances.models import Instance


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

    def instance_document(
        self, instance: Instance, elements: Iterable[DataElement] | None = None
    ) -> dict[str, object]:
        """Return the document with the elements that the caller may read."""
        readable = self.readable_elements(instance, elements)
        return super().instance_document(instance, readable)

    def readable_elements(
        self, instance: Instance, elements: Iterable[DataElement] | None = None
    ) -> list[DataElement]:
        """Return the instance's elements, or those given, that the caller may read."""
        if elements is None:
            elements = self.elements_of(instance)
        return [one for one in elements if self._may_read(instance, one)]

    def _may_read(self, instance: Instance, element: DataElement) -> bool:
        data_type = self.app.data_types.get(element.data_type)
        if data_type is None or not data_type.action_required_to_read:
            return True
        return self.permits(instance, data_type.action_required_to_read)

    def stated_app(self) -> AppDefinition | None:
        """Return the app of the address: instances of others are not here."""
        return self.app
