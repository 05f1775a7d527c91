"""The sample application, served with files of a test's own."""

import json

from apps_registry import catalogue
from apps_registry.app_folder import AppFolder, read_folder
from apps_registry.services import deploy
from tests.factories import SAMPLES

METADATA = "config/applicationmetadata.json"
SETTINGS = "appsettings.json"
FILES = dict(read_folder(SAMPLES / "nav" / "app2018").files)


def redeploy(files: dict[str, object]) -> None:
    """Serve the sample with these files by their paths; None takes one away.

    They are bytes or JSON documents.
    """
    kept = {path: one for path, one in FILES.items() if path not in files}
    written = {
        path: one if isinstance(one, bytes) else json.dumps(one).encode()
        for path, one in files.items()
        if one is not None
    }
    deploy(AppFolder({**kept, **written}), org="nav", app="app2018")
    catalogue.forget()


def switched_on(*names: str) -> dict[str, object]:
    """Return settings that switch something on."""
    return {SETTINGS: {"AppSettings": dict.fromkeys(names, True)}}
