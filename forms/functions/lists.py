"""Lists, objects, and searches in them."""

from collections.abc import Mapping
from typing import Final

from forms.errors import ExpressionFailed
from forms.functions.arguments import Function, between, exactly
from forms.values import Value

_LONGEST_QUERY = 10_000


def _object(*arguments: Value) -> Value:
    if len(arguments) % 2:
        raise ExpressionFailed("Expected an even number of arguments, names and values")
    made: dict[str, Value] = {}
    for name, value in zip(arguments[::2], arguments[1::2], strict=True):
        if not isinstance(name, str):
            raise ExpressionFailed("Expected each name of an object to be a text")
        if name in made:
            raise ExpressionFailed(f"The name {name!r:.60} is given twice")
        made[name] = value
    return made


def _search(data: Value, query: Value) -> Value:
    if not isinstance(query, str) or len(query) > _LONGEST_QUERY:
        raise ExpressionFailed("Expected the query to be a text")
    # Here, so that only those pay for the memory whose forms search.
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        found: Value = jmespath.search(query, data)
    except (JMESPathError, RecursionError) as error:
        raise ExpressionFailed(f"The query cannot be run: {error!s:.200}") from None
    return found


FUNCTIONS: Final[Mapping[str, Function]] = {
    "list": between(0, None, lambda *arguments: list(arguments)),
    "object": between(0, None, _object),
    "jmespath": exactly(2, _search),
}
