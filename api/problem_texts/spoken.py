"""A text in the two written forms of Norwegian; its English stands where it is used."""

from typing import NamedTuple


class Spoken(NamedTuple):
    """One text; words in braces stand for the values that the English has."""

    nb: str
    nn: str
