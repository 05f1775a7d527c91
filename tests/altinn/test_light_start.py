"""What a server does not load before somebody asks for it: memory of every worker."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

# Signing in to the admin, writing OpenAPI documents, forms, expressions and pages.
_SELDOM = (
    "authlib api.schema api.operations drf_spectacular.openapi drf_spectacular.plumbing"
    " django.test jsonschema jsonschema_rs jmespath babel prometheus_client"
)
_SERVE = """
import sys
import altinn.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
seldom = sys.argv[1].split()
loaded = sorted(set(seldom) & set(sys.modules))
from importlib.util import find_spec
assert all(map(find_spec, seldom)), seldom
print(*loaded)
"""


def test_what_few_calls_need_is_not_loaded_at_the_start(tmp_path: Path) -> None:
    """performance.md: together they are a tenth of a worker's memory"""
    seldom = _SELDOM + (" sqlite3" if connection.vendor != "sqlite" else "")
    done = subprocess.run(
        [sys.executable, "-c", _SERVE, seldom],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "altinn.settings",
            "ALTINN_ENVIRONMENT": "test",
            "ALTINN_SECRET_KEY": "of a server that says nothing to anybody, never",
            "ALTINN_EMBEDDED_WORKER": "false",
            "ALTINN_DATA_DIR": str(tmp_path),
        },
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ""
