"""The sample application with a service task in the place of its confirmation."""

from pathlib import Path
from shutil import copytree

from apps_registry.services import import_app
from tests.factories import SAMPLES

TYPE = "register"
_GATEWAY = "Flow_decision_formfilling"


def import_service_app(
    tmp_path: Path,
    *,
    task_type: str = TYPE,
    extension: str = "",
    rejected_to: str = "formfilling",
) -> None:
    """Import it; ``confirm`` is the task, and whoever confirmed may have it retried."""
    import_app(
        write_service_app(
            tmp_path,
            task_type=task_type,
            extension=extension,
            rejected_to=rejected_to,
        )
    )


def write_service_app(
    tmp_path: Path,
    *,
    task_type: str = TYPE,
    extension: str = "",
    rejected_to: str = "formfilling",
) -> Path:
    """Write its folder below a folder, and return it."""
    folder = tmp_path / "app"
    copytree(SAMPLES / "nav" / "app2018", folder)
    config = folder / "App" / "config"
    process = config / "process" / "process.bpmn"
    text = process.read_text("utf-8")
    start = text.index('<bpmn:task id="confirm"')
    end = text.index("</bpmn:task>", start)
    text = (
        text[:start]
        + text[start:end].replace("<bpmn:task", "<bpmn:serviceTask")
        + "</bpmn:serviceTask>"
        + text[end + len("</bpmn:task>") :]
    )
    text = text.replace(
        "<altinn:taskType>confirmation</altinn:taskType>",
        f"<altinn:taskType>{task_type}</altinn:taskType>{extension}",
    )
    flow = f'id="{_GATEWAY}" name="Nei" sourceRef="Gateway_decision" targetRef='
    text = text.replace(f'{flow}"formfilling"', f'{flow}"{rejected_to}"')
    process.write_text(text, "utf-8")
    policy = config / "authorization" / "policy.xml"
    before, _, after = policy.read_text("utf-8").rpartition(">confirm<")
    policy.write_text(f"{before}>{task_type}<{after}", "utf-8")
    return folder
