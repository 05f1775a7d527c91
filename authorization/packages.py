"""Access packages and role codes that the server itself knows (authorization.md §4).

Neither catalogue is closed: the nation's has some 235 packages and grows, and registers
add roles. What is assigned must be well formed, and only what a policy names counts.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PACKAGE_PATTERN: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_PREFIX = "urn:altinn:accesspackage:"

# What a client gives by registering its accountant, auditor or business manager.
PACKAGES_OF_CLIENT_ROLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "regn": (
            "regnskapsforer-lonn",
            "regnskapsforer-med-signeringsrettighet",
            "regnskapsforer-uten-signeringsrettighet",
        ),
        "revi": ("ansvarlig-revisor", "revisormedarbeider"),
        "ffør": ("forretningsforer-eiendom",),
    }
)

KNOWN_PACKAGES: Final = frozenset(
    [
        "a-ordning",
        "fiske",
        "hovedadministrator",
        "jordbruk",
        "klientadministrator",
        "lonn",
        "maskinporten-scopes",
        "merverdiavgift",
        "skatt-naering",
        "skogbruk",
        "tilgangsstyrer",
        *(code for codes in PACKAGES_OF_CLIENT_ROLES.values() for code in codes),
    ]
)


def package_code(text: str) -> str | None:
    """Return the code that a text names, by itself or as a URN; None for no code."""
    code = text.strip().lower().removeprefix(_PREFIX)
    return code if re.fullmatch(PACKAGE_PATTERN, code) and len(code) <= 128 else None
