"""Another caller who comes between two statements of a call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def rival(
    *, beside: str, before: Callable[[], object], after: Callable[[], object]
) -> Iterator[None]:
    """Let a rival act before and after each reading statement that has some text.

    What the rival sends itself is let through.
    """
    acting, has_acted = False, False

    def act(deed: Callable[[], object]) -> None:
        nonlocal acting, has_acted
        acting = has_acted = True
        try:
            deed()
        finally:
            acting = False

    def pass_on(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
        if acting or not text.startswith("SELECT") or beside not in text:
            return execute(text, values, many, context)
        act(before)
        answer = execute(text, values, many, context)
        act(after)
        return answer

    with connection.execute_wrapper(pass_on):
        yield
    assert has_acted, f"no statement has {beside!r}"
