"""Expressions held to simple oracles, with arguments that nobody thought of."""

import math
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps_registry.expressions import FUNCTION_NAMES, read_expression
from forms.errors import ExpressionFailed
from forms.expressions import evaluate, holds
from forms.form_scope import Around, FormScope, Place
from forms.scope import BareScope
from forms.texts import Texts
from forms.values import Value
from tests.forms.layout_app import Documents, app_with, page

# A busy machine is no reason to fail.
QUICK = settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

TEXTS = st.text(max_size=12)
BASIC = st.text(
    st.characters(max_codepoint=0xD7FF), max_size=12
)  # one UTF-16 unit each
DECIMALS = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4
)
ODD_TEXTS = st.sampled_from(
    [
        "",
        "true",
        "NULL",
        "1",
        "-0.5e3",
        "2024-02-30",
        "2024-02-28T10:00Z",
        "a.b",
        "a[1].c",
    ]
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    ODD_TEXTS,
)
NAMES = st.one_of(st.sampled_from(sorted(FUNCTION_NAMES)), TEXTS)
EXPRESSIONS = st.recursive(
    PLAIN,
    lambda inner: st.builds(
        lambda name, arguments: [name, *arguments], NAMES, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)
APP = app_with({"a": page()})
FORM: Value = {
    "a": [{"b": 1, "c": "x"}, {"b": None, "c": [1, 2]}, None],
    "d": {"e": True},
}


def scope(language: str = "nb") -> FormScope:
    """Return a place in the second row of a form."""
    around = Around(Documents(APP, default=FORM), BareScope(), Texts(APP, language))
    return FormScope(around, Place("default", "default", (1,)), arguments=["a[1].c"])


def result(*expression: object) -> Value:
    """Return what an expression comes to."""
    return evaluate(read_expression(list(expression)), scope())


@QUICK
@given(EXPRESSIONS, st.sampled_from(["nb", "nn", "en", "se", "xx-yy", ""]))
def test_an_expression_has_a_value_or_says_why_not(
    expression: object, language: str
) -> None:
    """A-251: whatever it is, nothing else is raised"""
    read = read_expression(expression)
    for what in (evaluate, holds):
        try:
            what(read, scope(language))
        except ExpressionFailed as error:
            assert str(error)


def form_of(value: Value) -> str | float | None:
    """Return what equality compares: texts by their letters, numbers by their size."""
    if isinstance(value, str) and value.lower() in ("null", "true", "false"):
        return None if value.lower() == "null" else value.lower()
    if isinstance(value, bool):
        return str(value).lower()
    return float(value) if isinstance(value, int) else value  # type: ignore[return-value]  # no list


@QUICK
@given(PLAIN, PLAIN)
def test_equality_is_of_string_forms(one: Any, other: Any) -> None:
    """A-252, A-253"""
    same = result("equals", one, other)
    left, right = form_of(one), form_of(other)
    if isinstance(left, float) is isinstance(right, float):
        assert same is (left == right)
    assert same is result("equals", other, one)
    assert result("notEquals", one, other) is not same
    assert result("compare", one, "not", "equals", other) is not same
    assert result("equals", one, ["concat", one]) is (left is not None)


@QUICK
@given(DECIMALS, DECIMALS)
def test_numbers_are_ordered_as_numbers(one: Decimal, other: Decimal) -> None:
    """A-253, A-254: written as numbers or as texts"""
    for left, right in ((float(one), float(other)), (str(one), float(other))):
        assert result("greaterThan", left, right) is (one > other)
        assert result("greaterThanEq", left, right) is (one >= other)
        assert result("lessThan", left, right) is (one < other)
        assert result("compare", left, "lessThanEq", right) is (one <= other)
        assert result("compare", left, "not", "lessThanEq", right) is (one > other)


@QUICK
@given(st.lists(st.one_of(DECIMALS, st.none()), min_size=1, max_size=6))
def test_sums_are_exact(numbers: list[Decimal | None]) -> None:
    """A-256: null counts as nothing"""
    given_ = [None if one is None else float(one) for one in numbers]
    exact = sum((Fraction(one or 0) for one in numbers), Fraction(0))
    assert result("plus", *given_) == float(exact)
    assert result("sum", ["list", *given_]) == float(exact)
    mean = result("average", ["list", *given_], None)
    assert isinstance(mean, float)
    assert math.isclose(mean, float(exact / len(numbers)), rel_tol=1e-12, abs_tol=1e-12)


@QUICK
@given(DECIMALS, DECIMALS)
def test_differences_products_and_quotients(one: Decimal, other: Decimal) -> None:
    """A-256"""
    left, right = float(one), float(other)
    assert result("minus", left, right) == float(Fraction(one) - Fraction(other))
    product = result("multiply", left, right)
    assert isinstance(product, float)
    assert math.isclose(product, float(Fraction(one) * Fraction(other)), rel_tol=1e-12)
    assume(other)
    quotient = result("divide", left, right)
    assert isinstance(quotient, float)
    assert math.isclose(quotient, float(Fraction(one) / Fraction(other)), rel_tol=1e-12)


@QUICK
@given(DECIMALS, st.integers(0, 6))
def test_rounding(number: Decimal, digits: int) -> None:
    """A-257: half away from zero, commas between thousands"""
    shown = result("round", float(number), digits)
    assert isinstance(shown, str)
    scaled = abs(number).scaleb(digits).to_integral_value(ROUND_HALF_UP)
    written = str(int(scaled)).rjust(digits + 1, "0")
    whole, fraction = (
        (written[:-digits], written[-digits:]) if digits else (written, "")
    )
    groups: list[str] = []
    while whole:
        whole, group = whole[:-3], whole[-3:]
        groups.insert(0, group)
    sign = "-" if number < 0 and scaled else ""
    assert shown == sign + ",".join(groups) + ("." + fraction if fraction else "")


@QUICK
@given(BASIC, BASIC)
def test_searches_in_texts(text: str, wanted: str) -> None:
    """A-258"""
    assume(not {text.lower(), wanted.lower()} & {"null", "true", "false"})
    assert result("contains", text, wanted) is (wanted in text)
    assert result("notContains", text, wanted) is (wanted not in text)
    assert result("startsWith", text, wanted) is text.startswith(wanted)
    assert result("endsWith", text, wanted) is text.endswith(wanted)
    assert result("contains", text + wanted + text, wanted) is True
    at = text.find(wanted)
    assert result("stringIndexOf", text, wanted) == (None if at < 0 else at)
    assert result("stringLength", text) == len(text)
    if text and wanted:
        assert result("stringReplace", text, wanted, "x") == text.replace(wanted, "x")


@QUICK
@given(BASIC, st.integers(-20, 20), st.integers(-20, 20))
def test_slices(text: str, start: int, end: int) -> None:
    """A-258: clamped, from the end where negative"""
    assume(text.lower() not in {"null", "true", "false"})
    assert result("stringSlice", text, start) == text[start:]
    places = [
        max(n + len(text), 0) if n < 0 else min(n, len(text)) for n in (start, end)
    ]
    if places[0] <= places[1]:
        assert result("stringSlice", text, start, end) == text[places[0] : places[1]]
    else:
        try:
            result("stringSlice", text, start, end)
        except ExpressionFailed:
            return
        raise AssertionError((text, start, end))


@QUICK
@given(st.lists(st.booleans(), min_size=1, max_size=5), TEXTS, TEXTS)
def test_truth(truths: list[bool], one: str, other: str) -> None:
    """A-255"""
    assert result("and", *truths) is all(truths)
    assert result("or", *truths) is any(truths)
    assert result("not", ["and", *truths]) is (not all(truths))
    assert result("not", ["or", *truths]) is result(
        "and", *[["not", t] for t in truths]
    )
    assert result("if", truths[0], one, "else", other) == (one if truths[0] else other)


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001  local
ZONES = st.integers(-14 * 60, 14 * 60)


@QUICK
@given(MOMENTS, MOMENTS, ZONES, ZONES)
def test_times_are_ordered_as_times(
    one: datetime, other: datetime, here: int, there: int
) -> None:
    """A-254: local ones as they stand, zoned ones by the moment"""

    def zoned(moment: datetime, minutes: int) -> tuple[str, datetime]:
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        text = f"{moment.isoformat()}{sign}{hours:02}:{rest:02}"
        return text, moment.replace(tzinfo=UTC) - timedelta(minutes=minutes)

    (first, a), (second, b) = zoned(one, here), zoned(other, there)
    assert result("compare", first, "isBefore", second) is (a < b)
    assert result("compare", first, "isAfterEq", second) is (a >= b)
    left, right = one.isoformat(" "), other.isoformat()
    assert result("compare", left, "isAfter", right) is (one > other)
    assert result("compare", left, "isBeforeEq", right) is (one <= other)
    assert result("compare", left, "isSameDay", right) is (one.date() == other.date())


ROWS = st.lists(st.integers(0, 9), max_size=3)
ITEMS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-99, 99), BASIC),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(BASIC, inner, max_size=3)
    ),
    max_leaves=8,
)


def built(value: Any) -> Any:
    """Return the expression that makes a value."""
    if isinstance(value, list):
        return ["list", *map(built, value)]
    if isinstance(value, dict):
        return ["object", *(part for k, v in value.items() for part in (k, built(v)))]
    return value


@QUICK
@given(ITEMS)
def test_lists_and_objects_are_what_they_are_made_of(value: Any) -> None:
    """A-260"""
    expression = built(value)
    if isinstance(expression, list):
        assert result(*expression) == value
        assert result("jmespath", expression, "@") == value


@QUICK
@given(
    st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=3), st.data()
)
def test_rows_are_filled_in_from_outside(table: list[list[int]], data: Any) -> None:
    """A-262: in a row of a row, its own; by an explicit index no more"""
    every: Value = [{"s": [{"x": cell} for cell in row]} for row in table]
    form: Value = {"r": every}
    outer = data.draw(st.integers(0, len(table) - 1))
    assume(table[outer])
    inner = data.draw(st.integers(0, len(table[outer]) - 1))
    around = Around(Documents(APP, default=form), BareScope(), Texts(APP, "nb"))
    here = FormScope(around, Place("default", "default", (outer, inner)))

    def asked(path: str) -> Value:
        return evaluate(read_expression(["dataModel", path]), here)

    assert asked("r.s.x") == table[outer][inner]
    assert asked("r.s") == [{"x": cell} for cell in table[outer]]
    assert asked("r") == every
    assert asked(f"r[{outer}].s.x") is None
    assert asked(f"r[{outer}].s[{inner}].x") == table[outer][inner]
    assert asked(f"r[{len(table)}].s[0].x") is None
