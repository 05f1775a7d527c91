"""The sample application with other settings and files, imported under its name."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copytree
from typing import Any

from apps_registry import catalogue
from apps_registry.definition import AppDefinition
from apps_registry.services import import_app
from tests.factories import SAMPLES, sample_app

Change = Callable[[dict[str, Any]], object]


def folder_of(
    tmp_path: Path, change: Change = lambda _: None, files: Mapping[str, object] = {}
) -> Path:
    """Return a copy of the sample's folder with its metadata changed, and files added.

    A file is bytes, or a JSON document.
    """
    folder = tmp_path / "changed"
    copytree(SAMPLES / "nav" / "app2018" / "App", folder / "App", dirs_exist_ok=True)
    path = folder / "App" / "config" / "applicationmetadata.json"
    metadata = json.loads(path.read_bytes())
    change(metadata)
    path.write_text(json.dumps(metadata), "utf-8")
    for name, content in files.items():
        target = folder / "App" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        target.write_bytes(data)
    return folder


def deploy(
    tmp_path: Path, change: Change = lambda _: None, files: Mapping[str, object] = {}
) -> AppDefinition:
    """Import the sample as ``folder_of`` changes it; return what is served now."""
    import_app(folder_of(tmp_path, change, files))
    catalogue.forget()
    return sample_app()


def form_type(metadata: dict[str, Any]) -> dict[str, Any]:
    """Return the sample's form among its data types."""
    found: dict[str, Any] = metadata["dataTypes"][0]
    return found


def with_auto_create(metadata: dict[str, Any]) -> None:
    """Let the server make the form."""
    form_type(metadata)["appLogic"]["autoCreate"] = True
