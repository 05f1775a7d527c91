"""Pages by keyset: the rows, and the token of the next page if any."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet

from api.pagination import DEFAULT_SIZE, MAX_SIZE, PARAMETER, Place, TokenMaker
from api.parameters import Parameters
from instances.models import Instance
from instances.querysets import InstanceQuerySet

Row = TypeVar("Row", bound=Model)


def page_of(
    rows: QuerySet[Row],
    *,
    query: Parameters,
    tokens: TokenMaker,
    after: Callable[[Place], QuerySet[Row]],
    place_of: Callable[[Row], Place],
    size: int = DEFAULT_SIZE,
    most: int = MAX_SIZE,
) -> tuple[list[Row], str | None]:
    """Return the page that ``size`` and ``continuationToken`` ask for.

    ``after`` gives those of the rows that come after a place in their order. ``size``
    is what the page has unless the query says otherwise, up to ``most``.
    """
    size = query.integer("size", least=1, most=most) or size
    if token := query.text(PARAMETER):
        rows = after(tokens.read(token))
    found = list(rows[: size + 1])
    if len(found) <= size:
        return found, None
    return found[:size], tokens.make(place_of(found[size - 1]))


def newest_first(
    rows: InstanceQuerySet,
    *,
    query: Parameters,
    tokens: TokenMaker,
    size: int,
    most: int,
) -> tuple[list[Instance], str | None]:
    """Return the page of instances that is asked for, those last changed first."""
    ordered = rows.in_order(newest_first=True)
    return page_of(
        ordered,
        query=query,
        tokens=tokens,
        after=lambda place: ordered.after(
            place.last_changed, place.guid, newest_first=True
        ),
        place_of=lambda last: Place(last.last_changed, last.id),
        size=size,
        most=most,
    )
