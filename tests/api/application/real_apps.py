"""The real applications, imported, and where each of their files is served."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps_registry import lenient_json
from apps_registry.services import import_app
from tests.client import DOMAIN, Api
from tests.shared import APPS

FOLDERS = sorted(path.parent.name for path in APPS.glob("*/App"))
# Read by the server alone: nobody is told how a form is filled in beforehand.
_NOT_SERVED = (".prefill.json", ".metadata.json")


@dataclass(frozen=True)
class RealApp:
    """An imported application and its files as they lie in the folder."""

    app_id: str
    folder: Path

    @property
    def base(self) -> str:
        """Where it is served on its host."""
        return f"/{self.app_id}"

    def api(self, **headers: str) -> Api:
        """Return nobody on the host of the application's owner."""
        org = self.app_id.partition("/")[0]
        return Api(f"{org}.apps.{DOMAIN}", headers=headers)

    @property
    def files(self) -> dict[str, bytes]:
        """Every file that is not the server's alone, by path below ``App``."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.endswith(_NOT_SERVED)
        }


def bring_in(folder: str) -> RealApp:
    """Import one of the folders; the template's placeholders are filled."""
    report = import_app(APPS / folder, org="ttd", app=folder.replace("_", "-"))
    return RealApp(report.app_id, APPS / folder / "App")


def address_of(path: str) -> tuple[str, str]:
    """Return where a file is served below the app, and its media type."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    json = "application/json"
    exact = {
        "config/applicationmetadata.json": ("/api/v1/applicationmetadata", json),
        "config/process/process.bpmn": ("/api/v1/meta/process", "text/xml"),
        "config/authorization/policy.xml": (
            "/api/v1/meta/authorizationpolicy",
            "text/xml",
        ),
        "ui/footer.json": ("/api/v1/footer", json),
        "ui/layout-sets.json": ("/api/layoutsets", json),
        "ui/Settings.json": ("/api/layoutsettings", json),
    }
    if path in exact:
        return exact[path]
    if folder == "config/texts":
        return f"/api/v1/texts/{name.split('.')[1]}", json
    if folder == "options":
        return f"/api/options/{stem}", json
    if folder == "models":
        kind, media = {
            "schema.json": ("jsonschema", json),
            "xsd": ("xsdschema", "application/xml"),
            "validation.json": ("validationconfig", json),
        }[name.partition(".")[2]]
        return f"/api/{kind}/{stem}", media
    layout_set = path.split("/")[1]
    if folder.endswith("/layouts"):
        return f"/api/layouts/{layout_set}", json
    assert name == "Settings.json", path
    return f"/api/layoutsettings/{layout_set}", json


def parsed(content: bytes) -> Any:  # as JSON has it
    """Return a config file's document."""
    return lenient_json.parse(content, file="")
