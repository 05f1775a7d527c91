"""National identity numbers, organisation numbers and ids (authorization.md §3.7).

The rules hold for what users type and look up. Seed data and verified tokens are never
judged by them: some well-known test identities have wrong check digits.
"""

from datetime import date

LARGEST_ID = 2**31 - 1  # of a party or a user
SSN_LENGTH = 11
ORG_NUMBER_LENGTH = 9
_MAX_DIGITS = 10
_K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_ORG_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
_VISIBLE_DIGITS = 6
# From 2032 the first check digit may be any of the four that leave a remainder of 0 to
# 3.
_REMAINDERS_2032 = range(4)
_D_NUMBER_OFFSET = 40
_H_NUMBER_OFFSET = 40
_SYNTHETIC_OFFSET = 80


def whole_number(text: str) -> int | None:
    """Return the number that a text is, None for any above ``LARGEST_ID`` or other."""
    digits = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    return int(text) if digits and int(text) <= LARGEST_ID else None


def is_valid_ssn(number: str) -> bool:
    """Whether ``number`` is a national identity number, D-number or H-number.

    Numbers of the classic scheme and of the one from 2032 count, synthetic ones too.
    The century decides nothing, because the scheme from 2032 no longer tells it.
    """
    if not has_digits(number, SSN_LENGTH) or _day_and_month(number) is None:
        return False
    remainder = (_weigh(number, _K1_WEIGHTS) + int(number[9])) % 11
    return remainder in _REMAINDERS_2032 and int(number[10]) == _check_digit(
        number, _K2_WEIGHTS
    )


def is_synthetic_ssn(number: str) -> bool:
    """Whether ``number`` is valid and in the range of no real person (month + 80)."""
    return is_valid_ssn(number) and int(number[2:4]) > _SYNTHETIC_OFFSET


def birth_date(number: str) -> date | None:
    """Return the date of birth in a valid number.

    None when its century cannot be told.
    """
    if not is_valid_ssn(number) or int(number[9]) != _check_digit(number, _K1_WEIGHTS):
        return None
    day_and_month = _day_and_month(number)
    century = _century(individual=int(number[6:9]), year=int(number[4:6]))
    if day_and_month is None or century is None:
        return None
    day, month = day_and_month
    try:
        return date(century + int(number[4:6]), month, day)
    except (
        ValueError
    ):  # 29 February of a year that had none: a number of the newer scheme
        return None


def is_valid_org_number(number: str) -> bool:
    """Whether ``number`` has nine digits, the last of which is the check digit."""
    return has_digits(number, ORG_NUMBER_LENGTH) and int(number[8]) == _check_digit(
        number, _ORG_WEIGHTS
    )


def mask_ssn(number: str) -> str:
    """Keep the first six digits and hide the rest.

    Anything but eleven characters is hidden.
    """
    if len(number) != SSN_LENGTH:
        return "*" * len(number)
    return number[:_VISIBLE_DIGITS] + "*" * (SSN_LENGTH - _VISIBLE_DIGITS)


def complete_ssn(first_nine: str) -> str | None:
    """Append the classic check digits.

    None when there are none for these nine digits.
    """
    k1 = _check_digit(first_nine, _K1_WEIGHTS)
    if k1 is None:
        return None
    k2 = _check_digit(f"{first_nine}{k1}", _K2_WEIGHTS)
    return None if k2 is None else f"{first_nine}{k1}{k2}"


def complete_org_number(first_eight: str) -> str | None:
    """Append the check digit; None when there is none for these eight digits."""
    digit = _check_digit(first_eight, _ORG_WEIGHTS)
    return None if digit is None else f"{first_eight}{digit}"


def has_digits(number: str, length: int) -> bool:
    """Whether a text is so many of the digits 0 to 9."""
    return len(number) == length and number.isascii() and number.isdigit()


def _weigh(number: str, weights: tuple[int, ...]) -> int:
    # The number is longer than the weights when its own check digit is at its end.
    return sum(
        int(digit) * weight for digit, weight in zip(number, weights, strict=False)
    )


def _check_digit(number: str, weights: tuple[int, ...]) -> int | None:
    digit = -_weigh(number, weights) % 11
    return None if digit == 10 else digit


def _day_and_month(number: str) -> tuple[int, int] | None:
    """Return the date part without its offsets; None when no year has such a date."""
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    day -= _D_NUMBER_OFFSET if day > _D_NUMBER_OFFSET else 0
    if month > _SYNTHETIC_OFFSET:
        month -= _SYNTHETIC_OFFSET
    elif month > _H_NUMBER_OFFSET:
        month -= _H_NUMBER_OFFSET
    try:
        date(
            2000 + year, month, day
        )  # 2000 was a leap year: no century allows more dates
    except ValueError:
        return None
    return day, month


def _century(*, individual: int, year: int) -> int | None:
    if individual < 500:
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    if year < 40:
        return 2000
    return 1900 if individual >= 900 else None
