"""The two spellings of one document (decisions D-21)."""

import enum
from collections.abc import Mapping


class Spelling(enum.Enum):
    """How nulls and the read status are written."""

    STORAGE = "nulls left out, names"
    APPLICATION = "nulls written, numbers"

    __hash__ = object.__hash__  # a member is looked up for every document

    def apply(self, members: Mapping[str, object]) -> dict[str, object]:
        """Return the members as this spelling writes them."""
        if self is Spelling.APPLICATION:
            return dict(members)
        return {name: value for name, value in members.items() if value is not None}
