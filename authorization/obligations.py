"""What a permit obliges to: an authentication level (authorization.md §5.10)."""

from collections.abc import Iterable

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Effect


def minimum_levels(obligations: Iterable[ast.Obligation]) -> tuple[int, int | None]:
    """Return the levels that a permit demands: of anyone, and of a service owner.

    An obligation is known by the category of its assignments alone; its ids are free
    text. Of several the highest counts, for each must be fulfilled.
    """
    levels: dict[str, int] = {}
    for obligation in obligations:
        for assignment in obligation.assignments:
            if obligation.fulfill_on is Effect.PERMIT:
                level = int(assignment.value.value)
                levels[assignment.category] = max(
                    level, levels.get(assignment.category, level)
                )
    return levels.get(ast.MINIMUM_LEVEL, 0), levels.get(ast.MINIMUM_LEVEL_ORG)
