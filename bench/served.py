"""The application as production installs it: without the packages of development.

Some libraries load others that they find beside them, for colours in a log or for
tests; a worker would be measured with megabytes that no server of an agency has.
"""

import re
import sys
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

_REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"


class _Absent:
    """Answers for modules that are not to be found."""

    def __init__(self, modules: frozenset[str]) -> None:
        self._modules = modules

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> None:
        """Find nothing, so that another finder is asked; or raise."""
        if fullname.partition(".")[0] in self._modules:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


def _for_development() -> frozenset[str]:
    """Return the modules of which no distribution stands in ``requirements.txt``."""
    # Not by the library that reads such lines, which the server would hold besides.
    pinned = re.findall(r"^[\w.-]+", _REQUIREMENTS.read_text(), re.MULTILINE)
    kept = set(map(_canonical, pinned))
    return frozenset(
        module
        for module, distributions in packages_distributions().items()
        if kept.isdisjoint(map(_canonical, distributions))
    )


def _canonical(name: str) -> str:
    """Return the name of a package as it compares (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


sys.meta_path.insert(0, _Absent(_for_development()))

from altinn.wsgi import application  # the server looks for it here

__all__ = ["application"]
