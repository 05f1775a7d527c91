"""Where the real application folders and test identities lie, read and never copied."""

import os
from pathlib import Path

SHARED = Path(
    os.environ.get("ALTINN_SHARED_DIR")
    or Path(__file__).resolve().parent.parent.parent / "shared"
)
APPS = SHARED / "apps"
PARTIES = SHARED / "parties"
