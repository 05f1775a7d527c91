"""The filters of a call, read and ready to be applied."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django import forms

from api.filters import (
    BOUND,
    DATA_VALUES,
    FILTERS,
    KNOWN_WORDS,
    OF_FEW_VALUES,
    OF_MANY_VALUES,
)
from api.parameters import ParameterInvalid, Parameters
from common.errors import Issue
from common.wire_rows import AnyField
from instances.querysets import InstanceQuerySet

_OF_TYPE = ("formId", "dataType")  # one filter by two names (seed-api.md §3)
_MAX_DATA_VALUES = 10
_MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Criterion:
    """A filter with one value, which for a time holds the operator too.

    ``binds`` is the field that the value is bound as, where the statement is the same
    for every value; ``is_in_text`` says that the statement is made for this very value.
    What is neither, a statement is made for at each call.
    """

    name: str
    keep: Callable[[InstanceQuerySet, Any], InstanceQuerySet]
    value: Any
    binds: "AnyField | None" = None
    is_in_text: bool = False

    @property
    def bound(self) -> object:
        """What of the value is bound."""
        return self.value[1] if isinstance(self.value, tuple) else self.value

    @property
    def in_text(self) -> object:
        """What of the value the statement is made for."""
        if self.is_in_text:
            return self.value
        return self.value[0] if isinstance(self.value, tuple) else None

    def apply(self, rows: InstanceQuerySet) -> InstanceQuerySet:
        """Keep the rows that fit."""
        return self.keep(rows, self.value)

    def having(self, bound: object) -> "Criterion":
        """Return the same with another value bound."""
        has_operator = isinstance(self.value, tuple)
        return replace(self, value=(self.value[0], bound) if has_operator else bound)


def criteria_of(parameters: Parameters) -> list[Criterion]:
    """Read the parameters that are filters.

    Raises ParameterInvalid listing every bad one.
    """
    found: list[Criterion] = []
    issues: list[Issue] = []
    for name, filter_ in FILTERS.items():
        if name not in parameters.values:
            continue
        try:
            values = filter_.field.clean(parameters.values[name])
        except forms.ValidationError as error:
            told = ((one.message, one.code == KNOWN_WORDS) for one in error.error_list)
            issues += (
                parameters.issue(
                    name,
                    "parameter-value-invalid",
                    str(words) if are_known else f"{name}: {words}",
                )
                for words, are_known in told
            )
            continue
        binds = OF_MANY_VALUES.get(name) or BOUND.get(filter_.reader)
        few = binds is None and filter_.reader in OF_FEW_VALUES
        found += (Criterion(name, filter_.apply, v, binds, few) for v in values)
    issues += _contradiction(parameters)
    data_values = parameters.below(DATA_VALUES)
    issues += _data_value_refusals(data_values, parameters)
    if issues:
        raise ParameterInvalid(issues)
    return [*found, *map(_data_value, data_values.items())]


def filtered(rows: InstanceQuerySet, parameters: Parameters) -> InstanceQuerySet:
    """Apply the parameters that are filters; raises what ``criteria_of`` does."""
    for criterion in criteria_of(parameters):
        rows = criterion.apply(rows)
    return rows


def _contradiction(parameters: Parameters) -> Iterable[Issue]:
    """Return what is wrong where both names of a filter are given, for two values."""
    if not all(name in parameters.values for name in _OF_TYPE):
        return ()
    try:
        parameters.text(*_OF_TYPE)
    except ParameterInvalid as error:
        return error.issues
    return ()


def _data_value(item: tuple[str, tuple[str, ...]]) -> Criterion:
    key, texts = item
    keep = partial(InstanceQuerySet.with_data_value, key=key)
    return Criterion(key, lambda rows, text: keep(rows, value=text), texts[0])


def _data_value_refusals(
    data_values: Mapping[str, tuple[str, ...]], parameters: Parameters
) -> Iterator[Issue]:
    if len(data_values) > _MAX_DATA_VALUES:
        detail = f"Ask for at most {_MAX_DATA_VALUES} data values at once."
        yield parameters.issue(DATA_VALUES, "parameter-count", detail)
    for key, texts in data_values.items():
        name = f"{DATA_VALUES}.{key}"
        if not 0 < len(key) <= _MAX_KEY:
            detail = f"The key of a data value has 1 to {_MAX_KEY} characters."
            yield parameters.issue(name, "parameter-value-invalid", detail)
        if len(set(texts)) > 1:
            detail = f"{name}: Give one value only: {', '.join(texts)}."
            yield parameters.issue(name, "parameter-twice", detail)
