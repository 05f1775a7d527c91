"""Actions on rows of the admin that are asked once more, done one by one, and told.

Each is done together with its entry in the audit trail; one that is refused is told
with the reason, and keeps no other back.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from common.admin import LongListAdmin
from common.errors import DomainError


class ConfirmedAct(Protocol):
    """What can be done with a row: its name in the trail, and words for people."""

    @property
    def name(self) -> str: ...
    @property
    def offer(self) -> str: ...
    @property
    def verb(self) -> str: ...
    @property
    def done(self) -> str: ...


class ConfirmedActsAdmin(LongListAdmin):
    """A long list whose rows a case worker acts on; ``acts`` by names of actions."""

    acts: ClassVar[Mapping[str, ConfirmedAct]] = {}
    change_form_template = "admin/acts/change_form.html"

    def fits(self, act: Any, row: Any) -> bool:
        """Whether the act can be done with the row now."""
        raise NotImplementedError

    def perform(self, act: Any, row: Any) -> None:
        """Do it; raises a DomainError."""
        raise NotImplementedError

    def told(self, row: Any) -> str:
        """Say which row it is, to who is asked once more."""
        return str(row)

    def act(
        self, request: HttpRequest, rows: QuerySet[Any], act: ConfirmedAct
    ) -> HttpResponse:
        """Ask once more; when that is answered, act on each and say what came of it."""
        chosen = list(rows[: self.list_per_page])
        if "sure" not in request.POST:
            return self._ask(request, chosen, act)
        done = sum(self._perform(request, row, act) for row in chosen)
        if done:
            text = f"{done} {self._noun(done)} {act.done}."
            self.message_user(request, text, messages.SUCCESS)
        if "from_page" in request.POST and chosen:
            return HttpResponseRedirect(self._page_of(chosen[0]))
        return HttpResponseRedirect(request.get_full_path())

    def _perform(self, request: HttpRequest, row: Model, act: ConfirmedAct) -> bool:
        """Act on one, together with its entry in the trail; tell why it was refused."""
        if not self.may(request, "worked", row):
            reason = f"You are no case worker of {self.org_of(row)}."
            self.message_user(request, reason, messages.ERROR)
            return False
        try:
            with transaction.atomic():
                self.perform(act, row)
                self.record(request, act.name, row)
        except DomainError as error:
            self.message_user(request, error.detail, messages.ERROR)
            return False
        return True

    def _ask(
        self, request: HttpRequest, chosen: list[Any], act: ConfirmedAct
    ) -> TemplateResponse:
        count = len(chosen)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{act.verb.capitalize()} {count} {self._noun(count)}?",
            "act": act,
            "rows": [(row.pk, self.told(row)) for row in chosen],
            "opts": self.opts,
            "chosen_name": ACTION_CHECKBOX_NAME,
            "action_name": request.POST.get("action", ""),
            "from_page": "from_page" in request.POST,
        }
        return TemplateResponse(request, "admin/acts/confirm.html", context)

    def _noun(self, count: int) -> str:
        names = self.opts.verbose_name, self.opts.verbose_name_plural
        return str(names[0] if count == 1 else names[1])

    def _page_of(self, row: Model) -> str:
        name = row._meta.label_lower.replace(".", "_")
        return reverse(f"admin:{name}_change", args=[row.pk])

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Show a row, with a button for each action that can be done."""
        if obj is not None and self.has_work_permission(request, obj):
            context["acts"] = [
                (name, act.offer)
                for name, act in self.acts.items()
                if self.fits(act, obj)
            ]
            context["chosen_name"] = ACTION_CHECKBOX_NAME
        return super().render_change_form(request, context, add, change, form_url, obj)
