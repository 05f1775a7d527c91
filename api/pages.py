"""A page of instances by keyset: the rows, and the token of the next page if any."""

from api.pagination import PARAMETER, Place, TokenMaker
from api.parameters import Parameters
from instances.models import Instance
from instances.querysets import InstanceQuerySet


def newest_first(
    rows: InstanceQuerySet,
    *,
    query: Parameters,
    tokens: TokenMaker,
    size: int,
    most: int,
) -> tuple[list[Instance], str | None]:
    """Return the page that ``size`` and ``continuationToken`` ask for.

    ``size`` is what the page has unless the query says otherwise, up to ``most``.
    """
    size = query.integer("size", least=1, most=most) or size
    rows = rows.in_order(newest_first=True)
    if token := query.text(PARAMETER):
        place = tokens.read(token)
        rows = rows.after(place.last_changed, place.guid, newest_first=True)
    found = list(rows[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], tokens.make(Place(last.last_changed, last.id))
