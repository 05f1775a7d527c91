"""Codes that the server itself gives a meaning."""

from collections.abc import Set
from typing import Final

from django.db import models

# Whoever holds a key role acts with all rights of the organisation, and so for its
# sub-units too. Other roles are held for the one unit that they name.
KEY_ROLES: Final = frozenset(
    ["dagl", "dtpr", "dtso", "innh", "lede", "best", "bobe", "komp"]
)
KEY_ROLE_HOLDER: Final = "eckeyrole"  # held by whoever holds any key role

# The codes of registers and policies (authorization.md §4.1). No closed list: an
# assignment may have another code, and counts where a policy names it.
# fmt: off
REGISTER_ROLES: Final = KEY_ROLES | {
    "repr", "regn", "revi", "ffør", "kont", "medl", "nest", "vara", "obs", "sign",
    "pohv", "prok", "ados", "ktrf", "orgl", "opmv", "kenk", "knuf", "eikm", "hlse",
    "kdeb", "kirk", "hfor", "rfad", "fusj", "fisj", "bedr", "aafy", "pofe", "read",
    "sam", "sife", "sihv", "komk", "kemn", "hled", "esgr", "etdl", "fgrp", "kdat",
    "kgrl", "kmor", "avkl", "femv", "utbg", "vife", "mvau", "mvag", "sreva", "stft",
    "hvar", "hnst", "hmdl",
}
ALTINN_ROLES: Final = frozenset({
    "priv", "seln", "regna", "utinn", "utomr", "a0212", "a0236", "a0237", "a0238",
    "a0239", "a0240", "a0241", "a0278", "a0282", "a0286", "a0287", "a0288", "a0293",
    "a0294", "a0298", "admai", "hadm", "apiadm", "apiadmnuf", "attst", "boadm", "bobel",
    "bobes", KEY_ROLE_HOLDER, "hvask", "kladm", "komab", "loper", "pasig", "pavad",
    "priut", "revai", "signe", "siskd", "uihtl", "uiluf", "rettighetshaver",
    "appstyrt-rettighetshaver", "agent", "supplier", "hovedadministrator",
    "privatperson", "selvregistrert",
})
# fmt: on
KNOWN_ROLES: Final = REGISTER_ROLES | ALTINN_ROLES


def with_implied(codes: Set[str]) -> frozenset[str]:
    """Return the roles of a holder, and what holding any key role makes besides."""
    held = frozenset(codes)
    without_any = KEY_ROLES.isdisjoint(code.lower() for code in held)
    return held if without_any else held | {KEY_ROLE_HOLDER}


def that_imply(codes: Set[str]) -> frozenset[str]:
    """Return the roles whose holder ``with_implied`` has one of these."""
    wanted = frozenset(codes)
    return wanted | KEY_ROLES if KEY_ROLE_HOLDER in wanted else wanted


class SystemUserKind(models.TextChoices):
    """For whom a system user acts."""

    STANDARD = "standard", "Standard: for its own organisation"
    AGENT = "agent", "Agent: for chosen clients of its organisation"


class ClientRole(models.TextChoices):
    """What an organisation can be for its clients."""

    ACCOUNTANT = "regn", "Accountant (regn)"
    AUDITOR = "revi", "Auditor (revi)"
    BUSINESS_MANAGER = "ffør", "Business manager (ffør)"
