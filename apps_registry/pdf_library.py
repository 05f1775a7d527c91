"""Whether this server can draw PDF, found out without loading what draws it."""

from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec


@cache
def what_is_missing() -> str:
    """Return the name of what must be installed to draw PDF, empty for nothing."""
    if find_spec("weasyprint") is None:
        return "WeasyPrint (requirements-pdf.txt)"
    if find_library("pango-1.0") is None:
        return "Pango, a library of the system"
    return ""
