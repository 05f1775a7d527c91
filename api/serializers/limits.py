"""How much of each kind of text a document may bring into the database."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

NAME = 255
REFERENCE = 128
TEXT = 4000
MOST = 100


def stated(length: int, *, source: str | None = None) -> serializers.CharField:
    """Return a text that may also be left out, null or empty, as clients do."""
    return serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=length,
        source=source,
    )


class TextsField(serializers.DictField):
    """Texts by name: up to 100, names of up to 255 characters, texts of up to 4,000."""

    child = serializers.CharField(
        allow_blank=True, max_length=TEXT, trim_whitespace=False
    )

    def run_child_validation(self, data: Mapping[str, Any]) -> dict[Any, Any]:
        """Read them; raises ValidationError for too many, or a name too long."""
        if len(data) > MOST:
            raise serializers.ValidationError(
                f"There may be {MOST} texts; these are {len(data)}.", "max_length"
            )
        if long := next((name for name in data if len(name) > NAME), None):
            raise serializers.ValidationError(
                f"A name may have {NAME} characters; {long[:40]!r}… has {len(long)}.",
                "max_length",
            )
        return super().run_child_validation(data)


class TextChangesField(TextsField):
    """The same; a text that is null or empty takes the one of its name away."""

    child = serializers.CharField(
        allow_blank=True, allow_null=True, max_length=TEXT, trim_whitespace=False
    )
