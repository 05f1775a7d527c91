"""Code of applications that goes wrong, each class in its own way."""

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db import DatabaseError, transaction

from authorization.services import RoleLookup
from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent
from process import services
from process.hooks import (
    ActionResult,
    ActionView,
    AppHooks,
    ClientAction,
    DataWrite,
    HookIssue,
    HookRefused,
    InstanceChanges,
    NewInstanceView,
    RefusalKind,
    Severity,
    TaskView,
)
from tests.cast import SOPHIE_PRINCIPAL
from tests.factories import sample_app

SECRET = "3141-must-not-leak"


class Boom(Exception):
    """What no hook should raise."""


def _boom(self: AppHooks, argument: object) -> None:
    raise Boom(SECRET)


def _write_and_boom(self: AppHooks, argument: object) -> None:
    Instance.objects.update(end_event="written by a hook")
    raise Boom(SECRET)


def _leave(self: AppHooks, argument: object) -> None:
    raise SystemExit(SECRET)


def _refuse(self: AppHooks, argument: object) -> None:
    raise HookRefused("not-today", "Not today: {braces} stay.", [_ISSUE])


def _nonsense(self: AppHooks, argument: object) -> object:
    return 42


_ISSUE = HookIssue("closed", "The office is closed.", "from")
HOOKS = (
    "validate_instantiation",
    "prefill_instance",
    "validate_copy",
    "on_data_write",
    "on_data_changes",
    "check_data_read",
    "check_data_delete",
    "may_perform",
    "validate_task",
    "choose_flow",
    "on_task_end",
    "on_task_abandon",
    "on_task_start",
    "on_process_end",
    "perform_action",
)


def _classes(prefix: str, method: Any) -> dict[str, type[AppHooks]]:
    members: dict[str, Any] = {"user_actions": ("confirm", "write")}
    return {
        f"{prefix}_{hook}": type(
            f"{prefix}_{hook}", (AppHooks,), members | {hook: method}
        )
        for hook in HOOKS
    }


globals().update(_classes("Fails", _boom))
globals().update(_classes("Writes", _write_and_boom))
globals().update(_classes("Leaves", _leave))
globals().update(_classes("Refuses", _refuse))
globals().update(_classes("Babbles", _nonsense))


class NoHooks:
    """A class of something else."""


class NeedsArguments(AppHooks):
    """A class that cannot be made without arguments."""

    def __init__(self, needed: str) -> None:
        self.needed = needed


class OneAction(AppHooks):
    """Names its actions as no collection."""

    user_actions = "write"


class BadResult(AppHooks):
    """Returns a client action that cannot be told."""

    user_actions = ("write",)

    def perform_action(self, action: ActionView) -> ActionResult:
        """Return a number where a text belongs."""
        odd: Any = 7
        return ActionResult(client_actions=[ClientAction("nextPage", {"page": odd})])


class BadIssue(AppHooks):
    """Finds something of no known severity."""

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Return what cannot be made."""
        odd: Any = 99
        return [HookIssue("odd", "Odd.", severity=odd)]


class Counts(AppHooks):
    """Notes in a row how often it was called, with all else of the transaction."""

    def on_task_end(self, task: TaskView) -> InstanceChanges:
        """Add one to what is stored."""
        row = Instance.objects.get(pk=task.instance.id)
        before = int((row.data_values or {}).get("ended", "0"))
        return InstanceChanges(data_values={"ended": str(before + 1)})


class Waits(AppHooks):
    """Finds nothing amiss, once the test lets it go on."""

    begun: ClassVar[threading.Event] = threading.Event()
    go_on: ClassVar[threading.Event] = threading.Event()
    calls: ClassVar[int] = 0

    @classmethod
    def reset(cls) -> None:
        """Forget the test before."""
        cls.begun.clear()
        cls.go_on.clear()
        cls.calls = 0

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Wait for the test."""
        Waits.calls += 1
        self.begun.set()
        self.go_on.wait(timeout=60)
        return ()


class Tampers(AppHooks):
    """Returns bytes that the data may not be."""

    answer: ClassVar[bytes] = b"<not-closed>"

    def on_data_write(self, write: DataWrite) -> bytes:
        """Return what is no XML."""
        return self.answer


class Rewrites(Tampers):
    """Returns other bytes of the same format."""

    answer = b"<sykmelding><tilrettelegging>Ny</tilrettelegging></sykmelding>"


class Corrects(AppHooks):
    """Corrects a form: one field is set, and a group taken away."""

    def on_data_write(self, write: DataWrite) -> bytes:
        """Return the form as it should be."""
        with write.content.open() as stream:
            content = stream.read()
        content = re.sub(b"<diagnose>.*</diagnose>", b"", content, flags=re.DOTALL)
        return re.sub(
            b"<tilrettelegging>.*</tilrettelegging>",
            b"<tilrettelegging>Rettet</tilrettelegging>",
            content,
        )


class RewritesAndFails(Rewrites):
    """The same, and fails when the first task starts."""

    def on_task_start(self, task: TaskView) -> InstanceChanges:
        """Read what was rewritten, and fail."""
        with task.data[0].open() as stream:
            assert stream.read() == self.answer
        raise Boom(SECRET)


class Huge(Tampers):
    """Returns more than the data type takes."""

    answer = b"<a>" + b" " * (6 * 2**20) + b"</a>"


class Reenters(AppHooks):
    """Moves the process on while it is moving."""

    def on_task_start(self, task: TaskView) -> None:
        """Advance the same instance."""
        if task.task != "confirm":
            return
        instance = Instance.objects.get(pk=task.instance.id)
        services.advance(
            RoleLookup(SOPHIE_PRINCIPAL),
            instance=instance,
            definition=sample_app(),
            elements=list(DataElement.objects.of([instance.pk])),
            action="confirm",
        )


class Swallows(AppHooks):
    """Catches the failure of a statement of its own and goes on."""

    def on_task_end(self, task: TaskView) -> InstanceChanges:
        """Fail in the database, in a savepoint as Django asks."""
        with contextlib.suppress(DatabaseError), transaction.atomic():
            InstanceEvent.objects.create(id=None, instance_id=None)  # type: ignore[misc]  # wrong on purpose
        return InstanceChanges(data_values={"after": "the failure"})


class LateGenerator(AppHooks):
    """Fails when its findings are read."""

    def validate_task(self, task: TaskView) -> Iterator[HookIssue]:
        """Find one thing and fail."""
        yield _ISSUE
        raise Boom(SECRET)


class Warns(AppHooks):
    """Finds nothing that keeps anybody."""

    def validate_task(self, task: TaskView) -> Iterable[HookIssue]:
        """Warn."""
        return [HookIssue("odd", "This is odd.", severity=Severity.WARNING)]


class FailsOnReject(AppHooks):
    """Would perform ``reject``, if it were asked."""

    user_actions = ("reject",)

    def perform_action(self, action: ActionView) -> ActionResult:
        """Fail."""
        raise Boom(SECRET)


class Shouts(AppHooks):
    """Names its action in capitals, and says by which name it was called."""

    user_actions = ("WRITE",)

    def perform_action(self, action: ActionView) -> ActionResult:
        """Say it."""
        return ActionResult(client_actions=(ClientAction(action.action),))


class Forbids(AppHooks):
    """Lets nobody do anything."""

    user_actions = ("write",)

    def may_perform(self, action: ActionView) -> bool:
        """Refuse."""
        return False


class Removes(AppHooks):
    """Takes back a data value that the caller gave."""

    def prefill_instance(self, new: NewInstanceView) -> InstanceChanges:
        """Remove one and set another."""
        values = {"given": None, "own": "value"}
        return InstanceChanges(data_values=values)


class Acts(AppHooks):
    """Performs the action ``write``, as its button says."""

    user_actions = ("write",)

    def perform_action(self, action: ActionView) -> ActionResult:
        """Refuse with the kind in the metadata, or note which button was pressed."""
        if kind := action.metadata.get("refuse"):
            raise HookRefused("not-so", "Not so.", kind=RefusalKind(kind))
        Instance.objects.filter(pk=action.instance.id).update(end_event="noted")
        return ActionResult(
            changes=InstanceChanges({"button": action.button_id or "none"}),
            client_actions=[ClientAction("navigateToPage", {"page": "2"})],
            redirect_url="https://nav.example/done",
        )


class FillsIn(AppHooks):
    """Writes into forms what a button asks for, as ``how`` in the metadata says."""

    user_actions = ("write",)
    how = ""

    def perform_action(self, action: ActionView) -> ActionResult:
        """Read the form, change the copy, and leave it."""
        form = next(one for one in action.data if one.is_form)
        assert form.id is not None
        copy = action.read_form(form.id)
        assert copy is not None
        document: dict[str, Any] = dict(copy)
        how = action.metadata.get("how", self.how)
        if how == "file":
            other = next(one for one in action.data if not one.is_form)
            assert other.id is not None
            assert action.read_form(other.id) is None
            return ActionResult(forms={other.id: document})
        if how == "foreign":
            document["nobody"] = "knows this"
        elif how == "empty":
            document["arbeidstaker"]["navn"] = None
        elif how == "large":
            document["tilrettelegging"] = "x" * (6 * 2**20)
        elif how != "same":
            document["arbeidsgiver"]["stillingsprosent"] = 55
            document["periode"].append(
                {"fom": "2018-11-01", "tom": "2018-11-02", "grad": 20}
            )
        return ActionResult(forms={form.id: document})


class Empties(FillsIn):
    """Takes out of the form what must be there, also in a step."""

    how = "empty"
