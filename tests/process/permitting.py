"""The sample application with a policy that permits Sophie another action."""

from pathlib import Path
from shutil import copytree

from apps_registry.services import import_app
from authorization.services import RoleLookup
from tests.cast import SOPHIE_PRINCIPAL
from tests.factories import SAMPLES


def permitting(tmp_path: Path, action: str) -> RoleLookup:
    """Let the sample's policy permit the action in the place of writing."""
    folder = tmp_path / "app"
    copytree(SAMPLES / "nav" / "app2018", folder)
    policy = folder / "App" / "config" / "authorization" / "policy.xml"
    text = policy.read_text("utf-8").replace(">write<", f">{action}<")
    policy.write_text(text, "utf-8")
    import_app(folder)
    return RoleLookup(SOPHIE_PRINCIPAL)
