"""What an expression can ask about where it stands."""

from collections.abc import Sequence
from typing import Protocol

from forms.errors import ExpressionFailed
from forms.values import Value


class Scope(Protocol):
    """The surroundings of an expression; each method may raise ExpressionFailed."""

    @property
    def action(self) -> str | None:
        """The action that moves the process on, None where none does."""

    @property
    def language(self) -> str:
        """The language of texts and dates."""

    @property
    def arguments(self) -> Sequence[Value]:
        """What ``argv`` counts."""

    def field(self, path: str, data_type: str | None) -> Value:
        """Return what form data have at a path."""

    def component(self, component_id: str) -> Value:
        """Return the value of a component's simple binding."""

    def count_of(self, data_type: str) -> int:
        """Return how many elements of a type the instance has."""

    def about_instance(self, key: str) -> Value:
        """Return a fact about the instance."""

    def setting(self, key: str) -> Value:
        """Return a setting of the front end."""

    def text(self, key: str) -> str:
        """Return a text resource, or its key where there is none."""


class BareScope:
    """Surroundings that have nothing; what knows more is derived from it."""

    action: str | None = None
    language: str = "nb"
    arguments: Sequence[Value] = ()

    def field(self, path: str, data_type: str | None) -> Value:
        """Refuse: there are no form data here."""
        raise ExpressionFailed("There are no form data here")

    def component(self, component_id: str) -> Value:
        """Refuse: there is no layout here."""
        raise ExpressionFailed(f"There is no component {component_id!r} here")

    def count_of(self, data_type: str) -> int:
        """Refuse: there is no instance here."""
        raise ExpressionFailed("There is no instance here")

    def about_instance(self, key: str) -> Value:
        """Refuse: there is no instance here."""
        raise ExpressionFailed("There is no instance here")

    def setting(self, key: str) -> Value:
        """Return nothing: there are no settings here."""
        return None

    def text(self, key: str) -> str:
        """Return the key: there are no texts here."""
        return key
