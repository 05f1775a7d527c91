"""What expressions ask of an instance: its forms, its elements, and itself."""

from collections.abc import Callable, Sequence
from functools import cached_property

from django.conf import settings

from apps_registry.app_settings import front_end_setting
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.expressions import Expression
from common.errors import DomainError
from data_elements.models import DataElement
from forms import paths
from forms.errors import ExpressionFailed
from forms.paths import Step
from forms.scope import BareScope
from forms.task_data import data_type_of
from forms.texts import Texts
from forms.values import Value
from instances.models import Instance
from process import form_data
from process.conditions import GatewayContext, evaluate


class Forms:
    """The form data of an instance, each read once and only when it is asked for."""

    def __init__(
        self,
        *,
        definition: AppDefinition,
        instance: Instance,
        elements: Sequence[DataElement],
    ) -> None:
        self.definition = definition
        self.instance = instance
        self.elements = [one for one in elements if one.deleted_at is None]
        self._read: dict[str, Value] = {}

    def of_type(self, type_id: str) -> Value:
        """Return the data of the first element of a type, None when there is none.

        Raises ExpressionFailed for data that cannot be read as the model says.
        """
        element = next((e for e in self.elements if e.data_type == type_id), None)
        if element is None:
            return None
        if type_id not in self._read:
            self._read[type_id] = self._data_of(element)
        return self._read[type_id]

    def _data_of(self, element: DataElement) -> Value:
        data_type = self.definition.data_types.get(element.data_type)
        if data_type is None or not data_type.is_form:
            raise ExpressionFailed(f"The data type {element.data_type!r} is no form")
        try:
            form = form_data.read_element(self.definition, element)
        except DomainError as error:
            raise ExpressionFailed(
                f"The form {element.id} does not fit its model: {error}"
            ) from None
        if form is None:
            raise ExpressionFailed(f"The data type {data_type.id} has no schema")
        return form.document


class InstanceScope(BareScope):
    """An expression about an instance, that stands in no row and no layout."""

    def __init__(
        self,
        forms: Forms,
        *,
        data_type: str | None,
        action: str | None = None,
        language: str = BareScope.language,
    ) -> None:
        self.forms = forms
        self.data_type = data_type
        self.action = action
        self.language = language

    def field(self, path: str, data_type: str | None) -> Value:
        """Return what stands at a path of the type's only element."""
        wanted = data_type or self.data_type
        if wanted is None:
            raise ExpressionFailed("No data type is connected here")
        declared = self.forms.definition.data_types.get(wanted)
        if declared is None:
            raise ExpressionFailed(f"The data type {wanted!r:.100} is not declared")
        if data_type is not None and declared.max_count != 1:
            raise ExpressionFailed(f"{wanted} may have several elements; which?")
        return paths.value_at(self.forms.of_type(wanted), self.steps(path))

    def steps(self, path: str) -> tuple[Step, ...]:
        """Read a path; one that stands in rows would fill them in."""
        return paths.parse(path)

    def count_of(self, data_type: str) -> int:
        """Return how many elements of a type the instance has."""
        return sum(one.data_type == data_type for one in self.forms.elements)

    def about_instance(self, key: str) -> Value:
        """Return a fact about the instance."""
        instance = self.forms.instance
        if key not in self._facts:
            raise ExpressionFailed(
                f"Unknown instance context property {key!r:.60}; there are"
                f" {', '.join(self._facts)}"
            )
        return self._facts[key](instance)

    def setting(self, key: str) -> Value:
        """Return a setting of the front end, None where there is none."""
        try:
            return front_end_setting(
                self.forms.definition, key, environment=settings.ALTINN_ENVIRONMENT
            )
        except AppFileUnreadable as error:
            raise ExpressionFailed(str(error)) from None

    def text(self, key: str) -> str:
        """Return a text resource, its variables filled in, or its key."""
        return Texts(self.forms.definition, self.language).text(key, self) or key

    @cached_property
    def _facts(self) -> dict[str, Callable[[Instance], str]]:
        return {
            "instanceOwnerPartyId": lambda one: str(one.owner_party_id),
            "appId": lambda one: one.app_id,
            "instanceId": lambda one: one.instance_id,
            "instanceOwnerPartyType": _owner_type,
        }


def choose_by(forms: Forms) -> Callable[[Expression, GatewayContext], bool]:
    """Return how gateways choose by the instance's forms."""
    task = forms.instance.current_task

    def scope_of(context: GatewayContext) -> InstanceScope:
        connected = context.data_type or (
            data_type_of(forms.definition, task) if task else None
        )
        return InstanceScope(forms, data_type=connected, action=context.action)

    return lambda expression, context: evaluate(expression, context, scope_of)


def _owner_type(instance: Instance) -> str:
    if instance.owner_org_no:
        return "org"
    if instance.owner_person_no:
        return "person"
    return "selfIdentified" if instance.owner_username else "unknown"
