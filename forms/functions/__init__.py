"""The functions of the expression language, one module for each kind."""

from collections.abc import Mapping
from typing import Final

from forms.functions import dates, lists, logic, numbers, texts
from forms.functions.arguments import Function

FUNCTIONS: Final[Mapping[str, Function]] = {
    **logic.FUNCTIONS,
    **numbers.FUNCTIONS,
    **texts.FUNCTIONS,
    **dates.FUNCTIONS,
    **lists.FUNCTIONS,
}
