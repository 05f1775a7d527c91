"""Which fields a path without rows means: one in each row that there is."""

from collections.abc import Iterator
from typing import Final

from forms import paths
from forms.paths import Step
from forms.values import Value

_EVERY_ROW: Final = "[]"


def fields_at(
    data: Value, path: str
) -> Iterator[tuple[tuple[Step, ...], tuple[int, ...]]]:
    """Yield each field that a path means, with the rows that it stands in.

    A list at the end is one field, unless the path ends in ``[]``: then each item is.
    Raises ExpressionFailed for what is no path.
    """
    every = path.endswith(_EVERY_ROW)
    steps = paths.parse(path.removesuffix(_EVERY_ROW))
    yield from _from(data, steps, every, (), ())


def _from(
    data: Value,
    steps: tuple[Step, ...],
    every: bool,
    before: tuple[Step, ...],
    rows: tuple[int, ...],
) -> Iterator[tuple[tuple[Step, ...], tuple[int, ...]]]:
    if not steps:
        yield before, rows
        return
    step, *further = steps
    value = data.get(step.name) if isinstance(data, dict) else None
    rest = tuple(further)
    if step.row is None and isinstance(value, list) and (rest or every):
        for row, inner in enumerate(value):
            at = (*before, Step(step.name, row))
            yield from _from(inner, rest, every, at, (*rows, row))
    elif step.row is None and every and not rest:
        return
    else:
        if step.row is not None:
            rows = (*rows, step.row)
            value = paths.value_at(data, (step,))
        yield from _from(value, rest, every, (*before, step), rows)
