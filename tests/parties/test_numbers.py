"""National identity numbers and organisation numbers (Z-042, Z-046, Z-047)."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parties import numbers
from parties.choices import PartyType
from parties.synthetic import synthetic_parties

DATES = st.dates(min_value=date(1940, 1, 1), max_value=date(2039, 12, 31))
quick = settings(max_examples=100, deadline=None)


def make_ssn(
    born: date, serial: int, *, day_offset: int = 0, month_offset: int = 0
) -> str:
    """Make a number of the classic scheme whose century can be told."""
    individual = serial % 500 if born.year < 2000 else 500 + serial % 500
    first_nine = (
        f"{born.day + day_offset:02}{born.month + month_offset:02}{born.year % 100:02}"
        f"{individual:03}"
    )
    number = numbers.complete_ssn(first_nine)
    assume(number is not None)
    assert number is not None
    return number


@quick
@given(
    DATES, st.integers(0, 499), st.sampled_from([0, 40]), st.sampled_from([0, 40, 80])
)
def test_numbers_of_every_kind_are_valid_and_tell_the_birth_date(
    born: date, serial: int, day_offset: int, month_offset: int
) -> None:
    """Z-046: classic, D-number, H-number and synthetic, also combined."""
    number = make_ssn(born, serial, day_offset=day_offset, month_offset=month_offset)
    assert numbers.is_valid_ssn(number)
    assert numbers.birth_date(number) == born
    assert numbers.is_synthetic_ssn(number) == (month_offset == 80)


@quick
@given(DATES, st.integers(0, 499), st.integers(0, 10), st.integers(1, 9))
def test_no_single_wrong_digit_goes_unnoticed(
    born: date, serial: int, place: int, change: int
) -> None:
    """Z-046"""
    number = make_ssn(born, serial, month_offset=80)
    wrong = f"{number[:place]}{(int(number[place]) + change) % 10}{number[place + 1 :]}"
    assert not numbers.is_valid_ssn(wrong)


@quick
@given(DATES, st.integers(0, 999), st.integers(0, 9))
def test_the_2032_scheme_takes_four_first_check_digits(
    born: date, individual: int, k1: int
) -> None:
    """Z-046: (11, 12, 13 or 14 - r) mod 11; the second check digit is as before."""
    first_nine = f"{born:%d%m%y}{individual:03}"
    remainder = weigh(first_nine, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    k2 = -weigh(f"{first_nine}{k1}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    assume(k2 != 10)
    number = f"{first_nine}{k1}{k2}"
    assert numbers.is_valid_ssn(number) == (
        k1 in {(n - remainder) % 11 for n in (11, 12, 13, 14)}
    )
    if k1 != (11 - remainder) % 11:
        assert (
            numbers.birth_date(number) is None
        )  # the new scheme does not tell the century


def weigh(digits: str, weights: tuple[int, ...]) -> int:
    """Return the weighted sum of the digits."""
    return sum(
        int(digit) * weight for digit, weight in zip(digits, weights, strict=True)
    )


@pytest.mark.parametrize(
    ("first_nine", "century"),
    [
        ("010100000", 1900),
        ("010199499", 1900),
        ("010154500", 1800),
        ("010199749", 1800),
        ("010100500", 2000),
        ("010139999", 2000),
        ("010140900", 1900),
        ("010153500", None),  # no century goes with this pair
        ("010140899", None),
    ],
)
def test_individual_number_and_year_tell_the_century(
    first_nine: str, century: int | None
) -> None:
    """Z-046"""
    number = nearest_valid(first_nine)
    born = numbers.birth_date(number)
    assert numbers.is_valid_ssn(number)
    assert (born and born.year - born.year % 100) == century


def nearest_valid(first_nine: str) -> str:
    """Complete these digits, or a nearby day's where these have no check digits."""
    for day in range(1, 29):
        if number := numbers.complete_ssn(f"{day:02}{first_nine[2:]}"):
            return number
    raise AssertionError(first_nine)


@pytest.mark.parametrize(
    "first_nine",
    [
        "320101100",
        "000101100",
        "010001100",
        "011301100",
        "290201100",
        "310401100",
        "720101100",
        "015301100",
        "018001100",
        "019301100",
        "016601100",
    ],
)
def test_a_date_that_no_year_has_is_refused(first_nine: str) -> None:
    """Z-046: right check digits do not help.

    Other conventions' month + 65 is no date.
    """
    candidates = [
        numbers.complete_ssn(f"{first_nine[:6]}{n:03}") for n in range(100, 110)
    ]
    completed = [number for number in candidates if number]
    assert completed
    assert not any(numbers.is_valid_ssn(number) for number in completed)


def test_leap_day_of_a_century_that_may_be_the_right_one_is_valid() -> None:
    """Z-046: 29 February 1900 never was.

    With the century unknown it may be that of 2000.
    """
    number = next(n for i in range(100) if (n := numbers.complete_ssn(f"290200{i:03}")))
    assert numbers.is_valid_ssn(number)
    assert numbers.birth_date(number) is None


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("01899699552", True),
        ("17858296439", True),
        ("08829698278", True),
        ("01039012345", False),
        ("01017512345", False),
        ("", False),
        ("0189969955", False),
        ("018996995520", False),
        ("0189969955x", False),
        ("\u0660\u0661899699552"[:11], False),
        (" 1899699552", False),
        ("-1899699552", False),
    ],
)
def test_well_known_numbers_and_malformed_ones(number: str, valid: bool) -> None:
    """Z-046: some seeded test numbers are wrong on purpose."""
    assert numbers.is_valid_ssn(number) is valid
    assert numbers.is_synthetic_ssn(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("910423185", True),
        ("950474084", True),
        ("405003309", True),
        ("897069650", False),
        ("897069631", False),
        ("900000001", False),
        ("", False),
        ("91042318", False),
        ("9104231850", False),
        ("91042318\u0665", False),
        ("91042318x", False),
    ],
)
def test_organisation_numbers(number: str, valid: bool) -> None:
    """Z-047"""
    assert numbers.is_valid_org_number(number) is valid


@quick
@given(st.integers(0, 10**8 - 1))
def test_completed_organisation_number_is_valid_with_that_digit_alone(
    first: int,
) -> None:
    """Z-047: eight digits in eleven have no check digit at all."""
    completed = numbers.complete_org_number(f"{first:08}")
    valid = [n for d in range(10) if numbers.is_valid_org_number(n := f"{first:08}{d}")]
    assert valid == ([completed] if completed else [])


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("01899699552", "018996*****"),
        ("", ""),
        ("0189969955", "**********"),
        ("123", "***"),
    ],
)
def test_mask_keeps_six_digits_of_a_whole_number(number: str, masked: str) -> None:
    """Z-042"""
    assert numbers.mask_ssn(number) == masked


@quick
@given(st.integers(0, 10**8 - 1), st.integers(0, 8), st.integers(1, 9))
def test_no_single_wrong_digit_of_an_organisation_goes_unnoticed(
    first: int, place: int, change: int
) -> None:
    """Z-047"""
    number = numbers.complete_org_number(f"{first:08}")
    assume(number is not None)
    assert number is not None
    wrong = f"{number[:place]}{(int(number[place]) + change) % 10}{number[place + 1 :]}"
    assert numbers.is_valid_org_number(number)
    assert not numbers.is_valid_org_number(wrong)


@quick
@given(st.integers(0, 2**32), st.integers(0, 10), st.integers(1, 9))
def test_made_up_numbers_are_valid_and_one_digit_off_are_not(
    seed: int, place: int, change: int
) -> None:
    """Z-046, Z-047"""
    for party in synthetic_parties(count=10, seed=seed):
        number = party.number
        is_person = party.type == PartyType.PERSON
        valid = numbers.is_valid_ssn if is_person else numbers.is_valid_org_number
        at = place % len(number)
        wrong = f"{number[:at]}{(int(number[at]) + change) % 10}{number[at + 1 :]}"
        assert valid(number)
        assert not valid(wrong)
