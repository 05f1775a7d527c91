"""The sample applications of end users' journeys, on a real server."""

import subprocess
import sys

from tests.servers import ROOT, LiveServer

_APPS = ("nav/mvamelding", "nav/aarsregnskap")


def bring_in(server: LiveServer) -> None:
    """Import them, as `make prepare` does."""
    for app in _APPS:
        subprocess.run(
            [sys.executable, "manage.py", "import_app", f"samples/{app}"],
            cwd=ROOT,
            env=server.environment,
            check=True,
            capture_output=True,
        )
