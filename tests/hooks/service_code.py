"""Code of an application with a service task, that does what a test tells it to."""

from collections.abc import Callable
from typing import ClassVar

from process.hooks import (
    AppHooks,
    HookRefused,
    InstanceChanges,
    NewContent,
    ServiceTaskResult,
    ServiceTaskView,
)

RECEIPT = b"%PDF-1.7 registered"


class Boom(Exception):
    """What no hook should raise."""


class Register(AppHooks):
    """A service task; ``script`` says what each attempt does, then all succeed."""

    service_tasks = ("Register",)
    script: ClassVar[list[Callable[[], ServiceTaskResult | None]]] = []
    seen: ClassVar[list[ServiceTaskView]] = []

    def run_service_task(self, work: ServiceTaskView) -> ServiceTaskResult | None:
        """Do what the next line of the script says."""
        self.seen.append(work)
        return self.script.pop(0)() if self.script else None


class Scenario(AppHooks):
    """What the service tasks of the real applications at hand need to succeed."""

    service_tasks = ("scenario", "fail")


class Scripted(Scenario):
    """The same, whose attempts do what the script says until it ends."""

    script: ClassVar[list[Callable[[], ServiceTaskResult | None]]] = []

    def run_service_task(self, work: ServiceTaskView) -> ServiceTaskResult | None:
        """Do what the next line of the script says."""
        return self.script.pop(0)() if self.script else None


def refuse() -> None:
    """Refuse, as code does whose register is closed."""
    raise HookRefused("register-closed", "The register is closed at night.")


def boom() -> None:
    """Fail, with something that nobody may read."""
    raise Boom("3141-must-not-leak")


def reject() -> ServiceTaskResult:
    """Send the instance back."""
    return ServiceTaskResult(action="reject")


def receipt() -> ServiceTaskResult:
    """Leave a receipt and a data value."""
    return ServiceTaskResult(
        changes=InstanceChanges(data_values={"number": "42"}),
        contents=[
            NewContent("vedlegg", RECEIPT, "application/pdf", "kvittering.pdf"),
        ],
    )
