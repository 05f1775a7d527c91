"""What stands before Django: content types that it could not read."""

import pytest

from altinn.content_types import make_readable
from api.header_values import SENT_CONTENT_TYPE


@pytest.mark.parametrize(
    "parameter",
    ["x*=bogus''%41", "charset*=utf-8''%00", "charset=hex", "charset=latin-1"],
)
def test_a_type_that_django_cannot_read_loses_its_parameters(parameter: str) -> None:
    """Z-092; uploads still find it as it was sent"""
    environ = {"CONTENT_TYPE": f"text/plain; {parameter}"}
    make_readable(environ)
    assert environ == {
        "CONTENT_TYPE": "text/plain",
        SENT_CONTENT_TYPE: f"text/plain; {parameter}",
    }


@pytest.mark.parametrize("sent", ["", "a/b", 'a/b; c="d"; charset=UTF-8', "; ;=,"])
def test_any_other_type_stays_as_it_is(sent: str) -> None:
    """S-147"""
    environ = {"CONTENT_TYPE": sent}
    make_readable(environ)
    assert environ == {"CONTENT_TYPE": sent}
