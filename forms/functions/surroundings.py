"""Functions that ask about where the expression stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from forms.errors import ExpressionFailed
from forms.scope import Scope
from forms.values import Value, number_of, text_of

# Which arguments are written out, and not the result of another function.
Literal: TypeAlias = Sequence[bool]
Asking: TypeAlias = Callable[[Scope, Sequence[Value], Literal], Value]


def _data_model(scope: Scope, arguments: Sequence[Value], literal: Literal) -> Value:
    if not 1 <= len(arguments) <= 2:
        raise ExpressionFailed(f"Expected 1 to 2 argument(s), got {len(arguments)}")
    path, *rest = arguments
    if not isinstance(path, str):
        raise ExpressionFailed("Cannot lookup dataModel null")
    if not rest or rest[0] is None:
        return scope.field(path, None)
    if not literal[1] or not isinstance(rest[0], str):
        raise ExpressionFailed("The data type of dataModel must be a plain text")
    return scope.field(path, rest[0])


def _asked(ask: Callable[[Scope, str], Value], what: str) -> Asking:
    """Make a function of one text."""

    def asked(scope: Scope, arguments: Sequence[Value], literal: Literal) -> Value:
        key = _only(arguments)
        if key is None:
            raise ExpressionFailed(f"Expected {what}, got null")
        return ask(scope, text_of(key) or "")

    return asked


def _text(scope: Scope, arguments: Sequence[Value], literal: Literal) -> Value:
    key = text_of(_only(arguments))
    return None if key is None else scope.text(key)


def _argv(scope: Scope, arguments: Sequence[Value], literal: Literal) -> Value:
    place = number_of(_only(arguments))
    if place is None or not place.is_integer() or place < 0:
        raise ExpressionFailed("Expected a whole number to argv")
    if place >= len(scope.arguments):
        raise ExpressionFailed(
            f"argv[{int(place)}] is not given: there are {len(scope.arguments)}"
        )
    return scope.arguments[int(place)]


def _nothing(ask: Callable[[Scope], Value]) -> Asking:
    """Make a function of no argument."""

    def asked(scope: Scope, arguments: Sequence[Value], literal: Literal) -> Value:
        if arguments:
            raise ExpressionFailed(f"Expected 0 argument(s), got {len(arguments)}")
        return ask(scope)

    return asked


def _only(arguments: Sequence[Value]) -> Value:
    if len(arguments) != 1:
        raise ExpressionFailed(f"Expected 1 argument(s), got {len(arguments)}")
    return arguments[0]


ASKING: Final[Mapping[str, Asking]] = {
    "dataModel": _data_model,
    "component": _asked(lambda scope, key: scope.component(key), "a component"),
    "countDataElements": _asked(lambda scope, key: scope.count_of(key), "a data type"),
    "instanceContext": _asked(lambda scope, key: scope.about_instance(key), "a key"),
    "frontendSettings": _asked(lambda scope, key: scope.setting(key), "a key"),
    "text": _text,
    "argv": _argv,
    "gatewayAction": _nothing(lambda scope: scope.action),
    "language": _nothing(lambda scope: scope.language),
}
