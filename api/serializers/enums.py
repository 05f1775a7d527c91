"""Enumerations as Altinn's serializers read them: a name in any case, or its number."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers


class EnumField(serializers.ChoiceField):
    """One of some names, which are numbered from 0 in their order."""

    def __init__(self, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(choices=list(names), **kwargs)
        self.names = list(names)

    def to_internal_value(self, data: Any) -> str:
        """Return the name; raises ValidationError for what is none of them."""
        named = {name.lower(): name for name in self.names}
        found = None
        if isinstance(data, str):
            found = named.get(data.lower())
        elif isinstance(data, int) and not isinstance(data, bool):
            found = dict(enumerate(self.names)).get(data)
        if found is None:
            self.fail("invalid_choice", input=data)
        return found
