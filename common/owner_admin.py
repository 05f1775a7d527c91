"""Admin pages on which a member of an organisation sees the rows of that one alone.

The site knows who is asking and writes down what is done; each page says which rows are
whose. A page that says nothing is for superusers: Django's own rights give nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.db import transaction
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest

from common.actors import Actor

NOTHING = Q(pk__in=[])
Role = Literal["viewed", "worked", "managed"]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an account reaches: everywhere, or the codes of organisations.

    Who works for an organisation views it too, and who manages it does both.
    """

    everywhere: bool = False
    viewed: frozenset[str] = frozenset()
    worked: frozenset[str] = frozenset()
    managed: frozenset[str] = frozenset()

    def covers(self, org: str, role: Role) -> bool:
        """Whether the account has the role in the organisation."""
        return self.everywhere or org in getattr(self, role)


class OwnersSite(admin.AdminSite):
    """What the rooms' pages ask of the site that they are registered with."""

    def reach_of(self, request: HttpRequest) -> Reach:
        """Return how far the account of the request reaches."""
        raise NotImplementedError

    def actor_of(self, request: HttpRequest) -> Actor:
        """Return who asks and from where, for what is written down of it."""
        raise NotImplementedError

    def orgs_offered(self, request: HttpRequest) -> list[str]:
        """Return the codes of the organisations that the account may look at."""
        raise NotImplementedError

    def record(
        self,
        request: HttpRequest,
        act: str,
        thing: Model,
        *,
        org: str = "",
        details: object = None,
    ) -> None:
        """Write down, in the caller's transaction, what was done with a row."""
        raise NotImplementedError


class OwnerScoped(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    """Pages of a table, scoped to the organisations of who looks.

    ``org_path`` leads to the code of a row's organisation; where no path does, a page
    overrides ``rows_of``. ``seen_by`` and ``changed_by`` name the role that suffices,
    an empty one nobody's. A look at a ``personal`` row is written down.
    """

    org_path = ""
    seen_by: Role = "viewed"
    changed_by: Role | None = None
    personal = False

    # --- whose rows -------------------------------------------------------------------
    def rows_of(self, orgs: Collection[str]) -> Q:
        """Say which rows are the organisations'."""
        if not self.org_path:
            return NOTHING
        if len(orgs) == 1:  # an equality lets an index give the order too
            return Q(**{self.org_path: next(iter(orgs))})
        return Q(**{f"{self.org_path}__in": sorted(orgs)})

    def org_of(self, row: Any) -> str:
        """Return the code of the row's organisation, empty where no path leads."""
        for name in self.org_path.split("__") if self.org_path else ():
            row = getattr(row, name)
        return str(row) if self.org_path else ""

    def reach(self, request: HttpRequest) -> Reach:
        """Return how far the account of the request reaches."""
        return self.site.reach_of(request)

    @property
    def site(self) -> OwnersSite:
        """The site, which knows who asks."""
        assert isinstance(self.admin_site, OwnersSite)  # noqa: S101  the only site there is
        return self.admin_site

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Keep the rows that the account may see; every page begins with this."""
        rows = super().get_queryset(request)
        reach = self.reach(request)
        if reach.everywhere:
            return rows
        orgs = getattr(reach, self.seen_by)
        return rows.filter(self.rows_of(orgs) if orgs else NOTHING)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return a row; one of another organisation is as one that does not exist."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """List the rows; a filter by a text that none can have is no filter."""
        for name, texts in request.GET.lists():
            if name != SEARCH_VAR and "\0" in "".join(texts):
                raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def formfield_for_foreignkey(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Take only what the account may see, whatever the form is sent."""
        related = db_field.remote_field.model  # type: ignore[union-attr]  # of a foreign key
        if self.admin_site.is_registered(related):
            page = self.admin_site.get_model_admin(related)
            kwargs.setdefault("queryset", page.get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[arg-type]  # the stubs name the key's own class

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        """Filter by what the page offers alone: other columns may be masked on it."""
        assert request is not None  # noqa: S101  a list always has one
        for offered in self.get_list_filter(request):
            name = getattr(offered, "parameter_name", offered)
            if lookup == name or lookup.startswith(f"{name}__"):
                return True
        return False

    # --- who may ----------------------------------------------------------------------
    def may(
        self, request: HttpRequest, role: Role | None, row: Model | None = None
    ) -> bool:
        """Whether the account has the role: for the row, or for any at all."""
        reach = self.reach(request)
        if reach.everywhere:
            return True
        orgs = getattr(reach, role) if role else frozenset()
        if not orgs or self.rows_of(orgs) == NOTHING:
            return False
        # Where no path leads to a row's organisation, get_queryset has asked already.
        return row is None or not self.org_path or self.org_of(row) in orgs

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the table on the first page to whom its list is open."""
        return self.has_view_permission(request)

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Show rows to whom ``seen_by`` names."""
        return self.may(request, self.seen_by, obj)

    def has_work_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Offer the actions of a case worker."""
        return self.may(request, "worked", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let add rows whom ``changed_by`` names."""
        return self.may(request, self.changed_by)

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Let change rows whom ``changed_by`` names."""
        return self.may(request, self.changed_by, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        """Let delete rows whom ``changed_by`` names."""
        return self.may(request, self.changed_by, obj)

    # --- what is written down ---------------------------------------------------------
    def record(
        self, request: HttpRequest, act: str, row: Model, details: object = None
    ) -> None:
        """Write down what was done with a row.

        One that is nobody's counts as the organisation's whose member did it.
        """
        viewed = self.reach(request).viewed
        org = self.org_of(row) or (next(iter(viewed)) if len(viewed) == 1 else "")
        self.site.record(request, act, row, org=org, details=details)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Write down that a row was added, where Django remembers it too."""
        self.record(request, "add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Write down what was changed."""
        self.record(request, "change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Write down what is about to be deleted."""
        for row in queryset:
            self.record(request, "delete", row)
        return super().log_deletions(request, queryset)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Show a row, and write down that somebody looked at it."""
        if self.personal and obj is not None:
            self.record(request, "look", obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show what was changed of a row; its name stands there, so this is a look."""
        answer = super().history_view(request, object_id, extra_context)
        if self.personal:
            self.record(request, "look", self.get_object(request, unquote(object_id)))
        return answer

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Do with the chosen rows what was chosen, in one transaction.

        Never with all that a list holds: nobody has looked at those.
        """
        chosen = request.POST.copy()
        chosen["select_across"] = "0"
        request.POST = chosen  # type: ignore[assignment]  # Django leaves it open
        with transaction.atomic():
            return super().response_action(request, queryset, *args, **kwargs)
