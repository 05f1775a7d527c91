"""The task to sign in: who is asked, the action ``sign``, and what its end takes back.

Asking itself, by message, is left to whoever subscribes to the event of each signee:
this server has no correspondence (docs/conformance.md).
"""

from dataclasses import replace

from apps_registry.bpmn import Task
from events import services as events
from events.cloudevents import SIGNATURE_REQUESTED
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal
from process import hook_calls
from process.announcements import envelope
from process.hook_refusals import StepRefusedByApp
from process.hook_views import step_view
from process.hooks import ActionResult
from process.signing_hooks import SigneeQuery
from process.task_types import Step, TaskType
from signing import tasks
from signing.config import needed_config
from signing.errors import SigningMisconfigured
from signing.signees import Signee, Wanted

SIGN = "sign"


class SigningTask(TaskType):
    """A task in which data is signed, by those who may or by those who are asked."""

    actions = frozenset({SIGN})

    def start(self, step: Step) -> None:
        """Ask those whom the app's code names, and let them read and sign."""
        config = needed_config(step.definition, step.task)
        entry = HistoryEntry(InstanceEventType.SENT_TO_SIGN)
        record(step.principal, instance=step.instance, entries=[entry], now=step.now)
        if not config.signee_provider:
            return
        asked = tasks.ask(
            step.principal,
            instance=step.instance,
            definition=step.definition,
            task=step.task,
            wanted=_wanted(step, provider=config.signee_provider),
            now=step.now,
        )
        _announce(step, asked)

    def permits(
        self, principal: Principal, *, instance: Instance, task: Task, action: str
    ) -> bool:
        """Refuse who signed already where the process wants another to have signed."""
        return action.lower() != SIGN or not tasks.has_signed_elsewhere(
            principal, instance=instance, task=task
        )

    def perform(
        self, step: Step, *, action: str, on_behalf_of: str | None
    ) -> ActionResult:
        """Sign the data that the process names, in the caller's own name or another."""
        tasks.sign(
            step.principal,
            instance=step.instance,
            definition=step.definition,
            task=step.task,
            on_behalf_of=on_behalf_of or "",
        )
        return ActionResult()

    def end(self, step: Step) -> None:
        """Take back what the signees were given; nobody signs any more."""
        tasks.close(instance=step.instance, task=step.task)

    def abandon(self, step: Step) -> None:
        """Take all back: rights, signatures, and who was asked."""
        tasks.withdraw(
            step.principal, instance=step.instance, task=step.task, now=step.now
        )


def _wanted(step: Step, *, provider: str) -> list[Wanted]:
    """Return whom the app's code names; raises SigningMisconfigured without code."""
    named = hook_calls.call(
        step.definition,
        "provide_signees",
        lambda: SigneeQuery(
            provider,
            step_view(step),
        ),
        refusal=StepRefusedByApp,
        accept=hook_calls.signees,
    )
    if named is None:
        raise SigningMisconfigured(
            app_id=step.definition.app_id,
            task=step.task.id,
            reason=f"no code of the application provides the signees {provider}",
        )
    return [Wanted(one.person_number, one.organisation_number) for one in named]


def _announce(step: Step, asked: list[Signee]) -> None:
    """Tell of each who is asked, in the outbox: whoever subscribes calls them."""
    general = envelope(step.instance, SIGNATURE_REQUESTED, step.now)
    events.publish(
        [
            replace(
                general,
                subject=f"/party/{one.party_id}",
                alternative_subject=_alternative_subject(one),
            )
            for one in asked
            if one.is_delegated
        ]
    )


def _alternative_subject(signee: Signee) -> str:
    if signee.organisation_number:
        return f"/org/{signee.organisation_number}"
    return f"/person/{signee.person_number}"
