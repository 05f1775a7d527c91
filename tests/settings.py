"""Settings of the test suite: the house's own, in a sandbox with temporary folders."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.gettempdir()) / f"altinn-tests-{os.getuid()}"
os.environ.setdefault("ALTINN_ENVIRONMENT", "test")
os.environ.setdefault("ALTINN_SANDBOX", "true")
os.environ.setdefault(
    "ALTINN_SECRET_KEY", "tests-only-and-never-anything-else-0123456789"
)
os.environ.setdefault("ALTINN_BASE_URL", "http://altinn.test:8000")
os.environ.setdefault("ALTINN_DATA_DIR", str(_folder))
os.environ.setdefault("ALTINN_EXTRA_HOSTS", "testserver")
os.environ.setdefault("ALTINN_LOG_LEVEL", "WARNING")

from altinn.settings import *  # noqa: E402, F403

if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A file, as in service: threads of a test share no in-memory cache and its locks.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}  # noqa: F405
_folder.mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = True  # else each test client would read every static file
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
