"""The way of an instance to its end, tried for real and taken back.

Each step is what it would be: the policy, the validators, the application's own code
and every write. What refuses a step is noted, and the step is taken all the same, so
that one rehearsal tells of everything that stands in the way.
"""

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization.resources import Resource
from authorization.services import RoleLookup
from common import transactions
from common.errors import DomainError
from common.transactions import atomic
from data_elements import blobs
from instances import services as instances
from instances.models import Instance
from process import engine, moving, services, transitions
from process.engine import REJECT
from process.positions import state_of
from process.task_registry import service_of
from process.task_types import Step
from process.validation.issues import Issue
from process.validation.run import validate
from process.validation.subjects import subject_of
from process.validation.validators import DEFAULT_LANGUAGE

_MOST_STEPS: Final = 100


class Outcome(enum.Enum):
    """What would come of a step."""

    PASSES = "passes"
    REFUSED = "refused"
    LATER = "later"  # the server does the work of a service task when it is due
    LOOPS = "loops"  # the process comes back to where it was


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A task that is left, or would be; ``leads_to`` is what is entered, or nothing.

    ``resource`` is what the policy was asked about; ``problem`` what refuses the step,
    or keeps it from being taken even so.
    """

    task: Task
    action: str | None
    outcome: Outcome
    resource: Resource
    leads_to: str = ""
    problem: DomainError | None = None
    issues: tuple[Issue, ...] = ()


class _Over(Exception):
    """The rehearsal is over: everything is taken back."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Let services write for the length of a block, and take everything back.

    Rows, history and outbox go with the transaction, contents with it; what waits for
    the commit never happens.
    """
    try:
        with blobs.on_trial(), transactions.together() as held:
            held.begin()
            yield
            raise _Over
    except _Over:
        pass


def steps_to_the_end(
    roles: RoleLookup,
    *,
    instance: Instance,
    definition: AppDefinition,
    action: str | None = None,
    on_behalf_of: str | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> Iterator[PlannedStep]:
    """Take every step to the end of the process, inside of a rehearsal.

    ``action`` is what the first task is left with, the later ones are left as
    ``completeProcess`` does. Raises the engine's conflicts of an instance that is in no
    task.
    """
    seen: set[str] = set()
    while True:
        task = engine.current_task(definition.process, state_of(instance))
        if task.id in seen or len(seen) == _MOST_STEPS:
            yield PlannedStep(task, None, Outcome.LOOPS, instance.resource)
            return
        wanted = services.action_completing(task) if seen else action
        seen.add(task.id)
        step = _Rehearsed(roles, instance, definition, task, wanted, language)
        planned = step.take(on_behalf_of if len(seen) == 1 else None)
        yield planned
        if not planned.leads_to or instance.process_ended is not None:
            return


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """One step, as far as it is known before it is taken."""

    roles: RoleLookup
    instance: Instance
    definition: AppDefinition
    task: Task
    action: str | None
    language: str

    def take(self, on_behalf_of: str | None) -> PlannedStep:
        resource = self.instance.resource
        if self._is_service():
            blocked = self._tried(self._force)
            return self._told(Outcome.LATER, resource, blocked)
        issues: tuple[Issue, ...] = ()
        if self.action != REJECT:
            issues = self._issues()
        refused = self._tried(
            lambda: services.advance(
                self.roles,
                instance=self.instance,
                definition=self.definition,
                elements=moving.elements_of(self.instance),
                action=self.action,
                on_behalf_of=on_behalf_of,
                language=self.language,
            )
        )
        if refused is None:
            return self._told(Outcome.PASSES, resource, None, issues)
        self._tried(self._force)
        return self._told(Outcome.REFUSED, resource, refused, issues)

    def _told(
        self,
        outcome: Outcome,
        resource: Resource,
        problem: DomainError | None,
        issues: tuple[Issue, ...] = (),
    ) -> PlannedStep:
        reached = self.instance.current_task or self.instance.end_event or ""
        leads_to = "" if reached == self.task.id else reached
        return PlannedStep(
            self.task, self.action, outcome, resource, leads_to, problem, issues
        )

    def _issues(self) -> tuple[Issue, ...]:
        """Return what is amiss; what validation fails at, taking the step tells."""
        subject = subject_of(
            self.roles,
            definition=self.definition,
            instance=self.instance,
            task=self.task,
            elements=moving.elements_of(self.instance),
            action=self.action,
            language=self.language,
        )
        try:
            with transaction.atomic():
                return tuple(validate(subject))
        except DomainError:
            return ()

    def _tried(self, act: Callable[[], object]) -> DomainError | None:
        """Act, and return what it is refused with: then nothing of it stays."""
        try:
            with transaction.atomic():
                act()
        except DomainError as error:
            self.instance.refresh_from_db()
            return error
        return None

    @atomic()
    def _force(self) -> None:
        """Take the step without asking whether it may be taken."""
        step = Step(
            self.roles.principal,
            self.definition,
            self.instance,
            self.task,
            lambda: moving.elements_of(self.instance),
            timezone.now(),
        )
        if self._is_service():
            instances.hold_unchanged(step.principal, instance=self.instance)
            transitions.end(self.instance)
        moving.write(
            self.roles,
            instance=self.instance,
            definition=self.definition,
            move=moving.next_move(step, action=self.action),
            elements=step.elements,
            now=step.now,
        )

    def _is_service(self) -> bool:
        return service_of(self.definition, self.task) is not None
