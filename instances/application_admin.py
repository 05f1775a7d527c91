"""An application in the admin: what it asks for, how it runs, and who may do what."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps_registry import catalogue
from apps_registry.admin import ApplicationAdmin
from apps_registry.app_folder import PROCESS
from apps_registry.bpmn_layout import layout_of
from apps_registry.definition import AppDefinition
from apps_registry.models import Application
from apps_registry.process_drawing import draw_process
from apps_registry.texts import all_texts
from authorization.explain import Way, explain
from authorization.services import compiled_policy
from common.errors import DomainError
from instances.models import AppStatistics

admin.site.unregister(Application)
_NAMES = {
    "role": "role",
    "package": "access package",
    "org": "organisation",
    "org-number": "organisation number",
    "user-id": "user",
    "party-id": "party",
    "system-user": "system user",
}


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A row of the policy's table: who may do an action, and where."""

    action: str
    who: str
    where: str


@admin.register(Application)
class ApplicationDeskAdmin(ApplicationAdmin):
    """An application with the parts that only rooms above the registry can tell."""

    change_form_template = "admin/apps_registry/application/desk.html"

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Show what is deployed, parsed, beside the fields."""
        org, _, name = obj.app_id.partition("/")
        try:
            definition = catalogue.definition_of(org, name)
        except DomainError as error:
            context["unreadable"] = error.detail
        else:
            context |= _parts(definition)
        return super().render_change_form(request, context, add, change, form_url, obj)


def policy_rows(definition: AppDefinition) -> list[PolicyRow]:
    """Return who may do what by the compiled policy; none for one with conditions."""
    compiled = compiled_policy(definition)
    rows: dict[PolicyRow, None] = {}
    for action in sorted(compiled.actions):
        for way in explain(compiled, action).ways:
            rows[PolicyRow(action, _who(way), _where(way))] = None
    return sorted(rows, key=lambda row: (row.where, row.action, row.who))


def _parts(definition: AppDefinition) -> dict[str, Any]:
    counted = AppStatistics.objects.filter(pk=definition.app_id).first()
    compiled = compiled_policy(definition)
    return {
        "data_types": list(definition.data_types.values()),
        "as_of": counted and counted.as_of,
        "process": draw_process(
            definition.process,
            layout_of(definition.process, definition.files[PROCESS]),
            counts=counted.per_task if counted else {},
        ),
        "policy": policy_rows(definition),
        "policy_is_conditional": compiled.slow,
        "level": compiled.min_level,
        "level_org": compiled.min_level_org,
        "texts": all_texts(definition.files),
    }


def _who(way: Way) -> str:
    wanted = [
        f"{_NAMES.get(name, name)} {' or '.join(values)}" for name, values in way.wanted
    ]
    return " and ".join(wanted) or "everybody"


def _where(way: Way) -> str:
    if way.task:
        return f"in task {way.task}"
    return f"ended at {way.end_event}" if way.end_event else "everywhere"
