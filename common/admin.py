"""What the rooms' admin pages share: rows that only the services write, and long lists.

A list of a table that grows with use is neither counted nor sorted by any column: each
would read the whole table for every page.
"""

import json
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.keyset_admin import KeysetChangeList
from common.owner_admin import OwnerScoped


class _NeverWritten:
    """Refuses to add, change or delete."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: a service makes the rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: what happened stays as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: a service removes the rows."""
        return False


class ReadOnlyAdmin(_NeverWritten, OwnerScoped):
    """Rows that the admin shows and never changes."""

    actions: list[str] | None = None
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False


class ReadOnlyInline(_NeverWritten, admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    """Rows of another table, below the one that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show them to whom their own list is open."""
        page = self.admin_site.get_model_admin(self.model)
        return page.has_view_permission(request)

    def get_readonly_fields(
        self, request: HttpRequest, obj: object = None
    ) -> list[str]:
        """Show every field as text; some are not editable at all."""
        return [str(name) for name in self.fields or ()]


class ShortPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Reaches the first thousand rows, so nothing is counted; a search finds more."""

    MOST = 1000

    @cached_property
    def count(self) -> int:
        """The number of rows, a thousand at the most."""
        keys = self.object_list.values_list("pk", flat=True)  # type: ignore[attr-defined]  # a QuerySet here
        return len(keys[: self.MOST])

    @property
    def is_cut_off(self) -> bool:
        """Whether there may be more rows than the pages reach."""
        return self.count >= self.MOST


class ShortChangeList(ChangeList):
    """A list that says how many rows there are only of what was searched for."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows of the page."""
        super().get_results(request)
        if not self.query:
            self.full_result_count = self.result_count


class OrgFilter(admin.SimpleListFilter):
    """The organisation; the choices are those of who looks, if he has several."""

    title = "organisation"
    parameter_name = "org"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer every organisation that the account may look at."""
        self._page: OwnerScoped = model_admin
        return [(code, code) for code in self._page.site.orgs_offered(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the organisation."""
        if not self.value():
            return queryset
        return queryset.filter(self._page.rows_of([str(self.value())]))


class LongList(OwnerScoped):
    """A list of a table that grows with use."""

    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    sortable_by = ()
    paginator = ShortPaginator

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        """List without counting."""
        return ShortChangeList


class LongListAdmin(LongList, ReadOnlyAdmin):
    """Such rows that the admin never changes; the newest first, as UUIDv7 keys are."""

    ordering = ["-id"]
    list_per_page = 50

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        """List by the place of the last row, without counting."""
        return KeysetChangeList


def as_json(value: object) -> SafeString:
    """Show a document indented."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return format_html("<pre>{}</pre>", text)


def uuid_or_none(text: str) -> UUID | None:
    """Read a search term as a guid."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def number_or_none(text: str) -> int | None:
    """Read a search term as a whole number that fits into a column."""
    digits = text.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return None
    return int(text)
