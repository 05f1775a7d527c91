"""Role codes that the server itself gives a meaning."""

from typing import Final

# Whoever holds a key role acts with all rights of the organisation, and so for its
# sub-units too. Other roles are held for the one unit that they name.
KEY_ROLES: Final = frozenset(
    ["dagl", "dtpr", "dtso", "innh", "lede", "best", "bobe", "komp"]
)
