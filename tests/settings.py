"""Settings of the test suite: the house's own, in a sandbox with temporary folders."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "ALTINN_DATA_DIR" not in os.environ:
    # One folder a run: parallel workers inherit the name, another run gets its own.
    os.environ["ALTINN_DATA_DIR"] = tempfile.mkdtemp(prefix="altinn-tests-")
    atexit.register(shutil.rmtree, os.environ["ALTINN_DATA_DIR"], ignore_errors=True)
os.environ.setdefault("ALTINN_ENVIRONMENT", "test")
os.environ.setdefault("ALTINN_SANDBOX", "true")
os.environ.setdefault(
    "ALTINN_SECRET_KEY", "tests-only-and-never-anything-else-0123456789"
)
os.environ.setdefault("ALTINN_BASE_URL", "http://altinn.test:8000")
os.environ.setdefault("ALTINN_EXTRA_HOSTS", "testserver")
os.environ.setdefault("ALTINN_LOG_LEVEL", "WARNING")

from altinn.settings import *  # noqa: F403  all but what follows
from altinn.settings import DATABASES

if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, as in service: threads of a test share no in-memory cache and its locks.
    folder = Path(os.environ["ALTINN_DATA_DIR"])
    DATABASES["default"]["TEST"] = {"NAME": str(folder / "test.sqlite3")}
WHITENOISE_AUTOREFRESH = True  # else each test client would read every static file
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
