"""What a query of instances asks for besides its filters, read before anything runs."""

from dataclasses import dataclass
from typing import Final, Self

from api.filters import DATA_VALUES
from api.pagination import DEFAULT_SIZE, MAX_SIZE, PARAMETER
from api.parameters import Findings, Parameters

EXACT: Final = "exact"
ESTIMATED: Final = "estimated"
_NONE: Final = "none"
_OURS: Final = 3  # the generation that every instance here is of
_MOST: Final = 2**31 - 1
# Filters that no index answers: what they look at is bounded by time.
_COSTLY: Final = ("searchString", "A3Ref", "downloadedByOwner", "downloadConfirmed")
# Besides the filters.
LIST_PARAMETERS: Final = (
    "size",
    "order",
    "sortBy",
    "count",
    "includeDataElements",
    "explain",
    "mainVersionInclude",
    "mainVersionExclude",
    PARAMETER,
)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """How many, in what order, from where on, and what else is told.

    ``finds_nothing`` says that instances of another generation are asked for.
    """

    size: int
    newest_first: bool
    count: str
    with_data: bool
    explains: bool
    finds_nothing: bool
    is_costly: bool
    token: str

    @classmethod
    def read(cls, parameters: Parameters, findings: Findings) -> Self:
        """Read the parameters; what is wrong with them is among the findings."""
        size = findings.of(lambda: _integer(parameters, "size", 1, MAX_SIZE), None)
        flag = findings.of(lambda: parameters.flag("includeDataElements"), None)
        count = findings.of(lambda: _count(parameters), "")
        explains = findings.of(lambda: parameters.flag("explain"), None) is True
        return cls(
            size=size or DEFAULT_SIZE,
            newest_first=findings.of(lambda: _newest_first(parameters), True),
            count=count,
            with_data=flag is not False,
            explains=explains,
            finds_nothing=not findings.of(lambda: _is_of_ours(parameters), True),
            is_costly=count == EXACT
            or explains
            or bool(parameters.below(DATA_VALUES))
            or any(parameters.values.get(name) for name in _COSTLY),
            token=findings.of(lambda: parameters.text(PARAMETER), ""),
        )


def _newest_first(query: Parameters) -> bool:
    """Read ``order``/``sortBy``: newest change first unless another one is named."""
    text = query.text("order", "sortBy").lower()
    if text in ("", "desc", "desc:lastchanged", "lastchanged:desc"):
        return True
    if text in ("asc", "asc:lastchanged", "lastchanged:asc", "lastchanged"):
        return False
    name = "order" if query.text("order") else "sortBy"
    raise query.refused(name, text, "asc:lastChanged or desc:lastChanged")


def _count(query: Parameters) -> str:
    text = query.text("count").lower()
    if text in ("", _NONE):
        return ""
    if text not in (EXACT, ESTIMATED):
        raise query.refused("count", text, "exact, estimated or none")
    return text


def _is_of_ours(query: Parameters) -> bool:
    """Whether instances of our generation, the third and only one, are asked for."""
    included = _integer(query, "mainVersionInclude", -_MOST, _MOST)
    excluded = _integer(query, "mainVersionExclude", -_MOST, _MOST)
    if query.values.get("A3Ref"):  # of the third, whatever else is asked
        return True
    if "A2ArchRef" in query.below(DATA_VALUES):  # of the second
        return False
    return included in (None, _OURS) and excluded != _OURS


def _integer(query: Parameters, name: str, least: int, most: int) -> int | None:
    return query.integer(name, least=least, most=most)
