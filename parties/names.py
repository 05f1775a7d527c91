"""Comparing last names as the register does (authorization.md §3.3)."""

import unicodedata

_COMPARED = 4
# Letters whose stroke is no mark that can be taken off by decomposing them.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "ŧ": "t"})


def is_same_last_name(stated: str, registered: str) -> bool:
    """Whether the first four letters are the same, whatever their case and marks.

    Of a shorter name all letters are compared. An empty name is nobody's.
    """
    wanted = _beginning(stated)
    return bool(wanted) and wanted == _beginning(registered)


def _beginning(name: str) -> str:
    letters = unicodedata.normalize("NFC", name.strip())[:_COMPARED]
    bare = unicodedata.normalize("NFD", letters.casefold().translate(_STROKES))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
