"""Pages of a long list: each begins after the last row of the one before.

Nothing is counted, and the thousandth page takes no longer than the first.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.http import HttpRequest
from django.utils.timezone import is_naive

AFTER = "after"


class KeysetChangeList(ChangeList):
    """A list in the one order of its page, whose last column is unique.

    All columns of the order go the same way.
    """

    next_link = ""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the place out of the query: a filter or a search begins anew."""
        query = request.GET.copy()
        self.after = str(query.pop(AFTER, [""])[-1])
        request.GET = query  # type: ignore[assignment]  # Django leaves it open
        super().__init__(request, *args, **kwargs)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Return the order of the page."""
        return [str(name) for name in self.model_admin.get_ordering(request)]

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows of the page, and whether more follow."""
        order = self.get_ordering(request, self.queryset)
        rows = self.queryset
        if self.after:
            rows = rows.filter(_beyond(order, _place(self.model, order, self.after)))
        found = list(rows[: self.list_per_page + 1])
        self.first_link = self.get_query_string()
        self.result_list = found[: self.list_per_page]
        if len(found) > self.list_per_page:
            self.next_link = self.get_query_string(
                {AFTER: _token(order, self.result_list[-1])}
            )
        self.result_count = len(self.result_list)
        self.full_result_count = self.result_count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = Paginator(self.result_list, self.list_per_page)


def _names(order: Sequence[str]) -> list[str]:
    return [name.removeprefix("-") for name in order]


def _token(order: Sequence[str], row: Model) -> str:
    values = [getattr(row, name) for name in _names(order)]
    return json.dumps([str(v) for v in values], separators=(",", ":"))


def _place(model: type[Model], order: Sequence[str], token: str) -> list[Any]:
    """Read the values of the last row; raises IncorrectLookupParameters."""
    try:
        texts = json.loads(token)
        if (
            not isinstance(texts, list)
            or len(texts) != len(order)
            or "\\u0000" in token
        ):
            raise IncorrectLookupParameters
        fields = [model._meta.get_field(name) for name in _names(order)]
        values = [
            field.to_python(str(text))  # type: ignore[union-attr]  # no relation orders
            for field, text in zip(fields, texts, strict=True)
        ]
    except (ValueError, ValidationError, FieldDoesNotExist, RecursionError) as error:
        raise IncorrectLookupParameters from error
    if any(isinstance(value, datetime) and is_naive(value) for value in values):
        raise IncorrectLookupParameters
    return values


def _beyond(order: Sequence[str], place: list[Any]) -> Any:
    """Say which rows follow; a row comparison is the bound of an index."""
    names, newest_first = _names(order), order[0].startswith("-")
    if len(names) == 1:
        return Q(**{f"{names[0]}__{'lt' if newest_first else 'gt'}": place[0]})
    comparison = TupleLessThan if newest_first else TupleGreaterThan
    return comparison(Tuple(*map(F, names)), tuple(place))
