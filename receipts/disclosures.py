"""What a receipt does not tell everybody: committed to in it, and told beside it.

The hash of a content that can be guessed tells the content. Of an element whose type
takes a right of its own to read, a receipt has a commitment in place of that: the
SHA-256 of a disclosure, which is the members that are left out and a random salt, in
canonical form. Whoever has the disclosure can check it; whoever has not learns nothing,
however few contents there may be.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Final

from receipts.canonical import canonical

# Versions of a manifest: one with commitments is of the second, any other of the first.
PLAIN: Final = 1
COMMITTING: Final = 2

COMMITMENT: Final = "commitment"
SALT: Final = "salt"
_SALT_BYTES: Final = 32

Members = Mapping[str, str | int | None]


def commitment(disclosure: Mapping[str, object]) -> str:
    """Return what a receipt says in place of it; raises ValueError for what is none."""
    if not all(isinstance(one, str | int | None) for one in disclosure.values()):
        raise ValueError("a disclosure has texts and whole numbers")
    return hashlib.sha256(canonical(disclosure)).hexdigest()


class Withheld:
    """Gathers what a receipt leaves out, each with the types whose rights open it.

    ``closed`` are the data types that take a right of their own to read.
    """

    def __init__(self, closed: Collection[str]) -> None:
        self._closed = frozenset(closed)
        self.kept: list[dict[str, object]] = []

    def told(self, data_type: str | None, members: Members) -> Members:
        """Return the members, or a commitment to them where the type is closed.

        None is the type of an element that is not there any more: it may have been any.
        """
        asked = self._closed if data_type is None else self._closed & {data_type}
        if not asked:
            return members
        disclosure = {SALT: secrets.token_urlsafe(_SALT_BYTES), **members}
        self.kept.append({"dataTypes": sorted(asked), "disclosure": disclosure})
        return {COMMITMENT: commitment(disclosure)}
