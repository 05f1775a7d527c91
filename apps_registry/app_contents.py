"""An application's folder, parsed as far as it can be: what the checks look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps_registry.bpmn import EndEvent, ProcessDefinition, Task
from apps_registry.findings import Findings
from apps_registry.metadata import Metadata
from apps_registry.xacml_ast import Policy


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder holds.

    ``metadata``, ``process`` and ``policy`` are None where they cannot be read: nothing
    is said then about what names their parts. ``documents`` are the JSON files by path,
    without those that cannot be read.
    """

    files: Mapping[str, bytes]
    documents: Mapping[str, object]
    metadata: Metadata | None
    process: ProcessDefinition | None
    policy: Policy | None = None
    findings: Findings = field(default_factory=Findings)

    @property
    def tasks(self) -> frozenset[str] | None:
        """Ids of the tasks, None where the process cannot be read."""
        return self._elements(Task)

    @property
    def end_events(self) -> frozenset[str] | None:
        """Ids of the end events, None where the process cannot be read."""
        return self._elements(EndEvent)

    def require_data_type(self, pointer: str, type_id: object) -> None:
        """Note an id that stands for no declared data type; an absent one is none."""
        if not isinstance(type_id, str) or not type_id or self.metadata is None:
            return
        if type_id not in self.metadata.data_types:
            detail = f"The metadata declares no data type {type_id!r:.90}."
            self.findings.error(pointer, "data-type-unknown", detail)

    def expect_task(self, pointer: str, task_id: object, *, where: str) -> None:
        """Warn of an id that stands for no task; an absent one is none."""
        tasks = self.tasks
        if not isinstance(task_id, str) or not task_id or tasks is None:
            return
        if task_id not in tasks:
            detail = f"{where} names {task_id!r:.90}, which is no task of the process."
            self.findings.warn(pointer, "task-unknown", detail)

    def _elements(self, kind: type[Task] | type[EndEvent]) -> frozenset[str] | None:
        if self.process is None:
            return None
        elements = self.process.elements.values()
        return frozenset(e.id for e in elements if isinstance(e, kind))
