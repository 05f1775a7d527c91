"""What the tests of looking up share: addresses and numbers."""

from typing import Any

from parties.models import LookUpAttempt, Party, Profile

REGISTER = "/register/api/v1"
PARTIES = f"{REGISTER}/parties"
SSN, NAME, ORG_NUMBER = "13838441100", "Tindlund", "353801961"
UUID = "1471feb7-5b6a-4ee4-8dfe-df15f133577d"
NOBODY_SSN, NOBODY_ORG = "17858296439", "974760673"  # valid, and not in the sandbox


def tables() -> list[list[Any]]:
    """Return every row that a look-up could write or change."""
    return [
        list(table.objects.order_by("pk").values())  # type: ignore[attr-defined]  # each has it
        for table in (Party, Profile, LookUpAttempt)
    ]
