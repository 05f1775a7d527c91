"""What parties gave, in the admin: what all such pages share, and single rights."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps_registry import catalogue
from apps_registry.bpmn import Task
from authorization.clients import check_not_agent
from authorization.models import Delegation
from common.admin import LongList, uuid_or_none
from common.errors import DomainError
from common.owner_admin import NOTHING

_ACTION = re.compile(r"[^\s/]+")
RECIPIENTS = ["user", "to_party", "system_user"]
TO = ("To", {"fields": RECIPIENTS, "description": "Exactly one of these."})
BY = ("By", {"fields": ["performed_by"]})
Fieldsets = list[tuple[str, dict[str, Any]]]


def account(request: HttpRequest) -> str:
    """Name who gives something in the admin, for the row's record of it."""
    return f"admin:{request.user.get_username()}"


def refusal(error: DomainError) -> forms.ValidationError:
    """Return what a form says of a service's error."""
    return forms.ValidationError(error.detail, code=error.code)


class RecipientFilter(admin.SimpleListFilter):
    """Who received it: a user, a party or a system user."""

    title = "recipient"
    parameter_name = "to"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        """Offer each kind."""
        return [
            (name, name.removeprefix("to_").replace("_", " ")) for name in RECIPIENTS
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the chosen kind."""
        kind = self.value()
        if kind not in RECIPIENTS:
            return queryset
        return queryset.filter(**{f"{kind}__isnull": False})


class EndedFilter(admin.SimpleListFilter):
    """What is in force, or what has ended."""

    title = "state"
    parameter_name = "ended"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        """Offer both."""
        return [("no", "In force"), ("yes", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the chosen state."""
        now = timezone.now()
        if self.value() == "yes":
            return queryset.filter(expires__lte=now)
        if self.value() == "no":
            return queryset.filter(Q(expires__isnull=True) | Q(expires__gt=now))
        return queryset


class GivenAdmin(LongList):
    """What a party gave; deleting it revokes it, for the very next request."""

    list_filter = [RecipientFilter, EndedFilter]
    list_select_related = ["from_party"]
    readonly_fields = ["performed_by"]
    autocomplete_fields = ["user", "to_party", "system_user", "from_party"]
    _guids: tuple[str, ...] = ("system_user",)
    _new: Fieldsets = []
    _known: Fieldsets = [BY]

    def get_fieldsets(
        self, request: HttpRequest, obj: Any = None
    ) -> Any:  # the stubs' own type of it is private
        """Leave out of a new one what only saving it says."""
        return [*self._new, *(self._known if obj else [])]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by a guid too, which each database stores in its own way."""
        if (guid := uuid_or_none(search_term)) is not None:
            named = Q()
            for column in self._guids:
                named |= Q(**{column: guid})
            return queryset.filter(named), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.BaseForm, change: bool
    ) -> None:
        """Record who gave it."""
        if not change:
            obj.performed_by = account(request)
        super().save_model(request, obj, form, change)


class GivenForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Takes what a party gives from now on; ending it at once is to delete it."""

    def clean_expires(self) -> datetime | None:
        """Return when it ends, which a new one has not yet."""
        expires: datetime | None = self.cleaned_data["expires"]
        if expires and expires <= timezone.now() and self.instance._state.adding:
            raise forms.ValidationError(
                "It would have ended already; give a later time, or none."
            )
        return expires


class DelegationForm(GivenForm):
    """Takes a right to an application that is served, to no agent."""

    class Meta:
        model = Delegation
        fields = [
            *RECIPIENTS,
            "from_party",
            "app_id",
            "action",
            "instance_guid",
            "task",
            "expires",
        ]

    def clean_app_id(self) -> str:
        """Return the application, which must be served, or nothing for every one."""
        app_id = str(self.cleaned_data["app_id"]).strip()
        if app_id and app_id not in catalogue.all_definitions():
            raise forms.ValidationError(
                f"No application {app_id!r} is served; write it as org/app."
            )
        return app_id

    def clean_action(self) -> str:
        """Return the action, which is one word."""
        action = str(self.cleaned_data["action"]).strip()
        if not _ACTION.fullmatch(action):
            raise forms.ValidationError("An action is one word, such as read or sign.")
        return action

    def clean_task(self) -> str:
        """Return the task, which the application's process has."""
        task = str(self.cleaned_data["task"]).strip()
        app = catalogue.all_definitions().get(self.cleaned_data.get("app_id", ""))
        known = [
            element.id
            for element in (app.process.elements.values() if app else ())
            if isinstance(element, Task)
        ]
        # A task that a later process has not stays with a right that is there already.
        if task and app and task not in known and "task" in self.changed_data:
            raise forms.ValidationError(
                f"The process has no task {task!r}; it has {', '.join(known)}."
            )
        return task

    def clean(self) -> dict[str, Any]:
        """Refuse an agent, which has the packages of clients alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            check_not_agent(cleaned.get("system_user"))
        except DomainError as error:
            self.add_error("system_user", refusal(error))
        return cleaned


@admin.register(Delegation)
class DelegationAdmin(GivenAdmin):
    """Who was given which right; members see the rights to their own applications."""

    personal = True
    form = DelegationForm
    list_display = [
        "recipient",
        "from_party",
        "app_id",
        "action",
        "task",
        "instance_guid",
        "expires",
    ]
    search_fields = [
        "user__id__exact",
        "to_party__id__exact",
        "from_party__id__exact",
        "app_id__exact",
        "action__exact",
    ]
    search_help_text = (
        "A delegation by user, party or system user, org/app, action or guid."
    )
    _guids = ("system_user", "instance_guid")
    _new = [
        TO,
        ("From", {"fields": ["from_party"]}),
        ("Right", {"fields": ["app_id", "action"]}),
        ("Only for", {"fields": ["instance_guid", "task", "expires"]}),
    ]

    def rows_of(self, orgs: Collection[str]) -> Q:
        """Say which rights are to the organisations' applications."""
        own = NOTHING
        for org in orgs:  # an org's code has no slash, and no wildcard
            own |= Q(app_id__startswith=f"{org}/")
        return own

    def org_of(self, row: Delegation) -> str:
        """Return the organisation of the application."""
        return row.app_id.partition("/")[0]
