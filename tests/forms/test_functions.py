"""Functions of the expression language, one by one."""

from time import process_time

import pytest

from apps_registry.expressions import FUNCTION_NAMES, read_expression
from forms.errors import ExpressionFailed
from forms.expressions import MAX_DEPTH, evaluate, holds
from forms.functions import FUNCTIONS
from forms.functions.surroundings import ASKING
from forms.scope import BareScope
from forms.values import Value

HERE = BareScope()


def result(expression: object, language: str = "nb") -> Value:
    scope = BareScope()
    scope.language = language
    return evaluate(read_expression(expression), scope)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (3.0, "3"),
        (1.5, "1.5"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (0.00001, "0.00001"),
        (0.0000012, "1.2E-06"),
        (999999999999999, "999999999999999"),
        (1e15, "1E+15"),
        (1.25e20, "1.25E+20"),
        (1e100, "1E+100"),
        (True, "true"),
        ("TRUE", "true"),
        ("Null", ""),
        ("Ola", "Ola"),
        (None, ""),
        (["list", 1.0, "a", None], '[1,"a",null]'),
        (["object", "a", 2.5], '{"a":2.5}'),
    ],
)
def test_the_string_form(written: object, expected: str) -> None:
    """A-252"""
    assert result(["concat", written]) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["compare", 1, "equals", "1"], True),
        (["compare", 1, "not", "equals", 2], True),
        (["compare", None, "equals", "null"], True),
        (["compare", 2, "greaterThan", 1], True),
        (["compare", None, "greaterThan", 1], False),
        (["compare", None, "not", "greaterThan", 1], True),
        (["compare", "2024-01-31", "isBefore", "2024-02-01"], True),
        (["compare", "2024-01-31T23:00", "isAfter", "2024-02-01"], False),
        (["compare", "2024-01-31", "isBeforeEq", "2024-01-31"], True),
        (["compare", "2024-01-31", "isAfterEq", "2024-02-01"], False),
        (["compare", "2024-01-31 10:00", "isSameDay", "2024-01-31T23:59:59"], True),
        (["compare", "2024-01-31T23:00Z", "isSameDay", "2024-01-31T01:00Z"], True),
        (["compare", "2024-01-31T23:00-02:00", "isAfter", "2024-02-01T00:59Z"], True),
        (["compare", None, "isSameDay", "2024-01-31"], False),
        (["compare", "", "not", "isSameDay", "2024-01-31"], True),
    ],
)
def test_compare(given: object, expected: bool) -> None:
    """A-254"""
    assert result(given) is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["plus", 0.1, 0.2], 0.3),
        (["plus", None, "2"], 2.0),
        (["minus", 1, None], 1.0),
        (["multiply", 3, "1.1"], 3.3),
        (["divide", 1, 4], 0.25),
        (["sum", ["list"]], 0.0),
        (["sum", ["list", 1, None, "2.5"]], 3.5),
        (["average", ["list"], "ingen"], "ingen"),
        (["average", ["list", 3, None], 0], 1.5),
        (["round", 2.5], "3"),
        (["round", -2.5], "-3"),
        (["round", 1234567.891, 2], "1,234,567.89"),
        (["round", "1.005", 2], "1.01"),
        (["round", None], "0"),
        (["round", -0.001, 1], "0.0"),
        (["round", 1e300], f"{10**300:,}"),
    ],
)
def test_reckoning_is_in_decimals(given: object, expected: Value) -> None:
    """A-256, A-257"""
    assert result(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["upperCase", "æøå"], "ÆØÅ"),
        (["lowerCase", None], None),
        (["upperCaseFirst", "ola nordmann"], "Ola nordmann"),
        (["lowerCaseFirst", ""], ""),
        (["contains", "abc", "b"], True),
        (["contains", "abc", "B"], False),
        (["contains", "abc", ""], True),
        (["contains", None, ""], False),
        (["notContains", None, "a"], True),
        (["startsWith", "abc", "ab"], True),
        (["endsWith", "abc", None], False),
        (["commaContains", "a, b ,c", "b"], True),
        (["commaContains", "ab,c", "a"], False),
        (["stringLength", "a😀"], 3),
        (["stringLength", None], 0),
        (["stringIndexOf", "😀b", "b"], 2),
        (["stringIndexOf", "abc", "x"], None),
        (["stringReplace", "a-b-c", "-", "+"], "a+b+c"),
        (["stringReplace", "a-b", "-", None], "ab"),
        (["stringReplace", "", "-", "+"], None),
        (["stringReplace", "abc", "", "+"], None),
        (["stringSlice", "abcdef", 1], "bcdef"),
        (["stringSlice", "abcdef", -2], "ef"),
        (["stringSlice", "abcdef", 1, -1], "bcde"),
        (["stringSlice", "abc", 0, 99], "abc"),
        (["stringSlice", "abc", 99], ""),
        (["stringSlice", None, 1], None),
        (["concat"], ""),
        (["concat", "a", None, 1.0, True], "a1true"),
    ],
)
def test_texts(given: object, expected: Value) -> None:
    """A-258"""
    assert result(given) == expected


@pytest.mark.parametrize(
    ("given", "language", "expected"),
    [
        (["formatDate", "2024-02-03"], "nb", "03.02.2024"),
        (["formatDate", "2024-02-03"], "nn", "03.02.2024"),
        (["formatDate", "2024-02-03"], "en", "2/3/24"),
        (["formatDate", None], "nb", None),
        (["formatDate", "  "], "nb", None),
        (
            ["formatDate", "2024-02-03", "EEEE d. MMMM y"],
            "nb",
            "lørdag 3. februar 2024",
        ),
        (
            ["formatDate", "2024-02-03", "EEEE d. MMMM y"],
            "nn",
            "laurdag 3. februar 2024",
        ),
        (["formatDate", "2024-02-03", "EEE MMM yy"], "en", "Sat Feb 24"),
        (
            ["formatDate", "2024-02-03T04:05:06.789", "HH:mm:ss SSS"],
            "nb",
            "04:05:06 789",
        ),
        (["formatDate", "2024-02-03T13:05Z", "h a"], "en", "1 PM"),
        (["formatDate", "2024-02-03T12:05", "h a"], "nb", "12 p.m."),
        (
            ["formatDate", "2024-02-03T13:05", "dd.MM.yyyy kl. HH:mm"],
            "nb",
            "03.02.2024 kl. 13:05",
        ),
        (["formatDate", "2024-02-03", "'i' yyyy, Qkw"], "nb", "'i' 2024, Qkw"),
        (["formatDate", "2024-02-03T23:30-05:00", "dd HH"], "nb", "03 23"),
    ],
)
def test_dates_are_written_in_the_language(
    given: object, language: str, expected: Value
) -> None:
    """A-259, D-24: letters that ask for nothing stand for themselves"""
    assert result(given, language) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["list"], []),
        (["object", "a", ["list", 1, None]], {"a": [1, None]}),
        (["jmespath", ["object", "a", ["list", 1, 2]], "a[1]"], 2),
        (["jmespath", ["list", ["object", "n", 3]], "[?n > `2`].n"], [3]),
        (["jmespath", None, "a.b"], None),
    ],
)
def test_lists_and_objects(given: object, expected: Value) -> None:
    """A-260"""
    assert result(given) == expected


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["nothing"], "'nothing' is not known"),
        (["if", True], "Expected 2 to 4"),
        (["if", True, 1, 2], "else"),
        (["if", True, 1, "otherwise", 2], "else"),
        (["and"], "at least 1"),
        (["not", "kanskje"], 'Expected boolean, got value "kanskje"'),
        (["not", 2], "Expected boolean, got value 2"),
        (["greaterThan", "ti", 1], 'Expected number, got value "ti"'),
        (["greaterThan", True, 1], 'Expected number, got value "true"'),
        (["greaterThan", ["list"], 1], "Expected number"),
        (["compare", 1, "is", 2], 'Invalid operator "is"'),
        (["compare", 1, "isnt", "equals", 2], '"not"'),
        (["compare", "i går", "isBefore", "2024-01-01"], "Unknown format"),
        (["compare", "2024-02-30", "isBefore", "2024-01-01"], "is invalid"),
        (["compare", "2024-02-03T10:00Z", "isBefore", "2024-01-01"], "time zone"),
        (
            ["compare", "2024-02-03T10:00Z", "isSameDay", "2024-02-03T10:00+01:00"],
            "time zones",
        ),
        (["compare", 20240203, "isBefore", "2024-01-01"], "Expected a date"),
        (["divide", 1, 0], "The second argument is 0, cannot divide by 0"),
        (["multiply", 1e200, 1e200], "too large"),
        (["sum", 1], "Expected a list"),
        (["round", 1, -1], "0 to 28 decimals"),
        (["formatDate", 1], "Expected a date"),
        (["formatDate", "2024-02-03", "y" * 300], "more than 200"),
        (["stringSlice", "abc", None], "whole number"),
        (["stringSlice", "abc", 2, 1], "ends before"),
        (["object", "a"], "even number"),
        (["object", "a", 1, "a", 2], "given twice"),
        (["object", 1, 2], "to be a text"),
        (["jmespath", None, "a["], "cannot be run"),
        (["jmespath", None, 1], "to be a text"),
        (["dataModel", None], "Cannot lookup dataModel null"),
        (["dataModel", "a", ["concat", "b"]], "plain text"),
        (["argv", 0], "argv[0]"),
        (["component", "navn"], "'navn'"),
        (["frontendSettings", None], "null"),
        (["language", "nb"], "Expected 0"),
    ],
)
def test_wrong_arguments_are_told(given: object, told: str) -> None:
    """A-251, A-254, A-255, A-256, A-258, A-259, A-260, A-261"""
    with pytest.raises(ExpressionFailed) as caught:
        result(given)
    assert told in str(caught.value)


def test_an_error_in_the_branch_that_is_not_taken_is_an_error() -> None:
    """A-251: all arguments are evaluated"""
    with pytest.raises(ExpressionFailed, match="divide"):
        result(["if", True, 1, "else", ["divide", 1, 0]])
    with pytest.raises(ExpressionFailed, match="divide"):
        result(["or", True, ["divide", 1, 0]])


def test_nesting_has_an_end() -> None:
    nested: object = True
    for _ in range(MAX_DEPTH + 1):
        nested = ["not", nested]
    with pytest.raises(ExpressionFailed, match="nested"):
        result(nested)


def test_what_is_no_truth_counts_as_false_where_rules_ask() -> None:
    """§19.3"""
    assert holds("true", HERE)
    assert holds(1, HERE)
    assert not holds("kanskje", HERE)
    assert not holds(None, HERE)
    with pytest.raises(ExpressionFailed):
        holds(read_expression(["divide", 1, 0]), HERE)


def test_surroundings_that_have_nothing() -> None:
    """A-261"""
    assert result(["text", "app.title"]) == "app.title"
    assert result(["text", None]) is None
    assert result(["language"]) == "nb"
    assert result(["gatewayAction"]) is None
    assert result(["frontendSettings", "key"]) is None


def test_functions_are_known_by_name_where_files_are_checked() -> None:
    """A-251: a warning at import names those that there are not"""
    assert {*FUNCTIONS, *ASKING} == FUNCTION_NAMES


@pytest.mark.parametrize("end", ["x", ".", ".1.", "e"])
def test_a_text_of_digits_is_no_number_at_once(end: str) -> None:
    """What somebody writes into a form takes no time that grows with its square"""
    written = "1" * 60_000 + end
    begun = process_time()
    with pytest.raises(ExpressionFailed, match="Expected number"):
        result(["greaterThan", written, 1])
    with pytest.raises(ExpressionFailed, match="Expected boolean"):
        result(["not", written])
    assert process_time() - begun < 10


@pytest.mark.parametrize("text", ["1", "-1.5", "+.5", "007", "1e2", "1.5E-3"])
def test_what_reads_as_a_number_is_one(text: str) -> None:
    """A-251: with or without a whole part, and with an exponent"""
    assert result(["equals", ["plus", text, 0], float(text)]) is True


@pytest.mark.parametrize("text", ["1.", ".", "", "-", "1e", "e1", " 1", "1 ", "1.5.5"])
def test_what_does_not_is_none(text: str) -> None:
    """A-251"""
    with pytest.raises(ExpressionFailed, match="Expected number"):
        result(["plus", text, 0])
