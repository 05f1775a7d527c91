"""Code of an application that takes long, as long as a file is there."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from process.hooks import (
    AppHooks,
    HookIssue,
    NewContent,
    ServiceTaskResult,
    ServiceTaskView,
    TaskView,
)

VARIABLE = "SLOW_STEP_FILE"


class Slow(AppHooks):
    """Says that it has begun, and finds nothing amiss in the end."""

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Wait until the file is gone."""
        _wait("begun")
        return ()


class SlowService(AppHooks):
    """A service task that says which work it has begun, and leaves a receipt."""

    service_tasks = ("register",)

    def run_service_task(self, work: ServiceTaskView) -> ServiceTaskResult:
        """Wait until the file is gone."""
        _wait(f"{work.key} {work.attempt}")
        return ServiceTaskResult(
            contents=[NewContent("vedlegg", b"%PDF-1.7", "application/pdf")]
        )


def _wait(word: str) -> None:
    slow = Path(os.environ[VARIABLE])
    if slow.exists():
        slow.write_text(word)
    while slow.exists():
        time.sleep(0.05)
