"""What the views of the application API share: the app that the address names."""

from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from api import missing
from api.application.refusals import (
    ElementNotOnInstance,
    TypeNotDeclared,
    told_of_type,
)
from api.application.scopes import require_api_scope
from api.content import ContentViewSet
from api.rows import ElementRow, InstanceRow
from api.serializers.spelling import Spelling
from apps_registry import catalogue
from apps_registry.app_settings import switches_of
from apps_registry.definition import AppDefinition, DataType
from apps_registry.errors import AppNotFound, DataTypeUnknown
from data_elements import rules
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances.models import Instance
from parties.identity import Principal


class AppViewSet(ContentViewSet):
    """A view below ``{org}/{app}``, or below ``{app}`` on the org's own host."""

    spelling = Spelling.APPLICATION
    # Whether it is about instances; a guid in the address tells, too.
    touches_instances: ClassVar[bool] = False

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Check the scopes of the application too, before its policy is asked."""
        super().initial(request, *args, **kwargs)
        if isinstance(request.user, Principal) and (
            self.touches_instances or "guid" in self.kwargs
        ):
            require_api_scope(self.app, request.user, request)

    def handle_exception(self, exc: Exception) -> Response:
        """Show a person a page about an address that has an application's slip."""
        answer = super().handle_exception(exc)
        plain = self.request._request
        if isinstance(exc, AppNotFound) and missing.wants_page(plain):
            # DRF finishes an answer of Django's like its own.
            return missing.page(plain, code=exc.code)  # type: ignore[return-value]
        return answer

    @cached_property
    def app(self) -> AppDefinition:
        """The app of the address; raises AppNotFound, also for another org's host."""
        host_org = getattr(self.request, "host_org", "")
        org = self.kwargs.get("org", host_org)
        if host_org and org != host_org:
            raise AppNotFound(app_id=f"{org}/{self.kwargs['app']}")
        return catalogue.definition_of(org, self.kwargs["app"])

    def instance_document(
        self,
        instance: Instance | InstanceRow,
        elements: Iterable[DataElement | ElementRow] | None = None,
    ) -> dict[str, object]:
        """Return the document with the elements that the caller may read."""
        if elements is not None:
            elements = self.readable_elements(instance, elements)
        return super().instance_document(instance, elements)

    def shown_elements(
        self, instance: Instance | InstanceRow
    ) -> list[DataElement | ElementRow]:
        """Return the elements that the caller may read."""
        return self.readable_elements(instance)

    def get_element(self, instance: Instance) -> DataElement:
        """Return the instance's data element at the address, or say it has none."""
        try:
            return super().get_element(instance)
        except DataElementNotFound as error:
            element_id = error.context["element_id"]
            raise ElementNotOnInstance(
                element_id=element_id, instance_id=instance.instance_id
            ) from None

    def declared(self, type_id: str) -> DataType:
        """Return a data type of the app; raises TypeNotDeclared."""
        try:
            return self.app.data_type(type_id)
        except DataTypeUnknown:
            raise TypeNotDeclared(data_type=type_id) from None

    def type_of(self, element: DataElement) -> DataType:
        """Return the element's data type; raises TypeNotDeclared."""
        return self.declared(element.data_type)

    def require_read(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may read the type, if that takes a right."""
        with told_of_type(data_type):
            super().require_read(instance, data_type)

    def require_write(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may write the type, where and when the app says so.

        Whoever may change it in its own task alone is told so before all else.
        """
        if self.holds_to_tasks:
            rules.ensure_in_task(data_type, current=instance.current_task)
        with told_of_type(data_type):
            super().require_write(instance, data_type)

    @property
    def holds_to_tasks(self) -> bool:
        """Whether the app lets data change in the task of its type alone."""
        environment = settings.ALTINN_ENVIRONMENT
        return switches_of(self.app, environment=environment).enforce_data_type_task_id

    def readable_elements(
        self,
        instance: Instance | InstanceRow,
        elements: Iterable[DataElement | ElementRow] | None = None,
    ) -> list[DataElement | ElementRow]:
        """Return the instance's elements, or those given, that the caller may read."""
        if elements is None:
            elements = super().shown_elements(instance)
        return [one for one in elements if self.may_read(instance, one)]

    def may_read(
        self, instance: Instance | InstanceRow, element: DataElement | ElementRow
    ) -> bool:
        """Whether the caller may read the element, here."""
        return self.may_read_type(instance, element.data_type)

    def may_read_type(self, instance: Instance | InstanceRow, type_id: str) -> bool:
        """Whether the caller may read elements of this type, here."""
        try:
            data_type = self.app.data_types.get(type_id) or catalogue.retired_data_type(
                instance.app_id, type_id
            )
        except DataTypeUnknown:
            return False  # what it took to read it, nobody knows any more
        action = data_type.action_required_to_read
        return not action or self.permits(instance, action)

    def stated_app(self) -> AppDefinition | None:
        """Return the app of the address: instances of others are not here."""
        return self.app
