"""Applications of a policy of one's own, for the tests: the sample's folder with it."""

from pathlib import Path
from shutil import copytree

from apps_registry import xacml_ast as ast
from apps_registry.services import import_app
from tests.apps_registry import policy_xml
from tests.factories import SAMPLES


def import_with_policy(folder: Path, *rules: str, app_id: str, level: int = 2) -> None:
    """Import the sample application under another id and with these rules."""
    copytree(SAMPLES / "nav" / "app2018", folder)
    config = folder / "App" / "config"
    metadata = config / "applicationmetadata.json"
    text = metadata.read_text("utf-8").replace("nav/app2018", app_id)
    metadata.write_text(text, "utf-8")
    policy = policy_xml.policy(*rules, policy_xml.obligation(str(level)))
    (config / "authorization" / "policy.xml").write_bytes(policy)
    import_app(folder)


def permit(*actions: str, to: str, task: str = "", app: str = "[app]") -> str:
    """Return a rule that permits the actions to a role, or to ``package:`` a package.

    Several, joined by ``+``, must all be held. ``app:`` is the app that delegates.
    """
    kinds = {
        "package": ast.ACCESS_PACKAGE,
        "app": ast.DELEGATING_RESOURCE,
        "org": ast.ORG,
    }
    subjects = []
    for part in to.split("+"):
        kind, _, value = part.rpartition(":")
        name = kinds.get(kind, ast.ROLE_CODE)
        subjects.append(policy_xml.match(ast.SUBJECT, name, value))
    place = [
        policy_xml.match(ast.RESOURCE, ast.ORG, "[org]"),
        policy_xml.match(ast.RESOURCE, ast.APP, app),
    ]
    if task:
        place.append(policy_xml.match(ast.RESOURCE, ast.TASK, task))
    return policy_xml.rule(
        policy_xml.any_of(subjects),
        policy_xml.any_of(place),
        policy_xml.any_of(
            *([policy_xml.match(ast.ACTION, ast.ACTION_ID, a)] for a in actions)
        ),
    )
