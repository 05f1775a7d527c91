"""The SQL of lists, made once for each set of filters that is present.

To make it takes the ORM longer than PostgreSQL takes to answer. Here it is made with
stand-ins for what differs from call to call: who asks, when, from which place on, and
the values of most filters. The rest is part of the statement, so that partial indexes
serve, and that each combination of filters has a plan of its own.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    QuerySet,
    UUIDField,
)

from api.criteria import Criterion
from api.pagination import Place
from apps_registry import catalogue
from authorization.received import MOMENT, caller_values, kinds_of_caller
from common.memory import Memory
from common.prepared import Prepared
from common.wire_rows import AnyField
from parties.identity import Principal

_Query = QuerySet[Any, Any]
_MOST: Final = 1000  # statements that are remembered, of some thousand characters each
_FIRST_DAY: Final = datetime(1970, 1, 3, tzinfo=UTC)
_GUID: Final = UUID("b5b1a9c2-0000-4000-8000-000000000004")
_NUMBER: Final = 2_147_001_000
_OWNER, _MOMENT, _TIME, _PLACE = "owner_party_id", "moment", "place_time", "place_guid"
# None stands for one that cannot be made beforehand.
_statements: Memory[Hashable, tuple[Prepared | None]] = Memory(_MOST)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked with that a statement can be made without."""

    principal: Principal
    moment: datetime
    party_id: int | None
    place: Place | None
    criteria: Sequence[Criterion]

    @property
    def values(self) -> dict[str, object]:
        """What is bound, by name."""
        found: dict[str, object] = {**caller_values(self.principal)}
        found[_MOMENT] = self.moment
        if self.party_id is not None:
            found[_OWNER] = self.party_id
        if self.place is not None:
            found |= {_TIME: self.place.last_changed, _PLACE: self.place.guid}
        for number, criterion in enumerate(self.criteria):
            if criterion.binds is not None:
                found[f"filter_{number}"] = criterion.bound
        return found

    @property
    def kinds(self) -> dict[str, tuple[AnyField, object]]:
        """The field and the stand-in of each of them; no two stand-ins are the same."""
        kinds = {**kinds_of_caller(self.principal.kind), _MOMENT: MOMENT}
        if self.party_id is not None:
            kinds[_OWNER] = (BigIntegerField(), _NUMBER - 1)
        if self.place is not None:
            kinds[_TIME] = (DateTimeField(), _FIRST_DAY - timedelta(seconds=1))
            kinds[_PLACE] = (UUIDField(), _GUID)
        for number, criterion in enumerate(self.criteria):
            if criterion.binds is not None:
                stand_in = _stand_in(criterion.binds, number)
                kinds[f"filter_{number}"] = (criterion.binds, stand_in)
        return kinds

    @property
    def text(self) -> Hashable:
        """What of it the statement is made for."""
        return (
            self.principal.kind,
            self.principal.org,
            self.party_id is None,
            self.place is None,
            tuple((one.name, one.in_text) for one in self.criteria),
        )

    @property
    def is_known_beforehand(self) -> bool:
        """Whether a statement can serve other values of its filters."""
        return all(one.binds is not None or one.is_in_text for one in self.criteria)

    def having(self, values: Mapping[str, Any]) -> "Asked":
        """Return the same with these values bound."""
        caller = {name: values[name] for name in kinds_of_caller(self.principal.kind)}
        place = self.place and Place(values[_TIME], values[_PLACE])
        return Asked(
            principal=replace(self.principal, **caller),
            moment=values[_MOMENT],
            party_id=values.get(_OWNER),
            place=place,
            criteria=[
                one.having(values[f"filter_{number}"]) if one.binds is not None else one
                for number, one in enumerate(self.criteria)
            ],
        )


def rows_of(
    asked: Asked, build: Callable[[Asked], _Query], *, made_for: Hashable
) -> list[tuple[Any, ...]]:
    """Run the query that ``build`` makes, if need be for the first time.

    ``made_for`` is what the query says besides what is asked.
    """
    generation, wanted = catalogue.generation(), (made_for, asked.text)
    known = _statements.recall(wanted, generation=generation)
    if known is None:
        known = (_prepared(asked, build),)
        _statements.remember(wanted, known, generation=generation)
    statement = known[0]
    if statement is None:
        return Prepared(lambda: build(asked)).rows()
    return statement.rows(**asked.values)


def _prepared(asked: Asked, build: Callable[[Asked], _Query]) -> Prepared | None:
    """Make the statement with stand-ins, if it says what one made without would."""
    if not asked.is_known_beforehand:
        return None
    prepared = Prepared(lambda **values: build(asked.having(values)), **asked.kinds)
    return prepared if prepared.fits(build(asked), **asked.values) else None


def _stand_in(field: AnyField, number: int) -> object:
    """Return a value that no call has, and that every change on its way would change.

    Such as another case of letters, or an escape in a pattern.
    """
    if isinstance(field, DateTimeField):
        return _FIRST_DAY + timedelta(microseconds=number)
    if isinstance(field, CharField):
        return f"Zq%_\\{number}"
    return _NUMBER + number
