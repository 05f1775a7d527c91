"""Plans: what would come of an instance, step by step, with nothing of it stored."""

from rest_framework.response import Response

from api import problems
from api.application.base import AppViewSet
from api.explanations import explain_refusal
from api.languages import language_of
from api.serializers.plans import plan_document
from common.errors import DomainError
from instances.models import Instance
from process.plans import PlannedStep, steps_to_the_end
from process.services import NotAuthorizedForTask

DRY_RUN = "dryRun"


class PlannedViewSet(AppViewSet):
    """A view whose calls can be tried: the parameter ``dryRun`` leaves no trace."""

    def is_dry_run(self) -> bool:
        """Whether the caller wants to know what would happen, and no more."""
        return bool(self.query.flag(DRY_RUN))

    def needs_key(self) -> bool:
        """Whether the call leaves anything that a second one could leave again."""
        return not self.is_dry_run()

    def plan(
        self,
        instance: Instance,
        *,
        action: str | None = None,
        on_behalf_of: str | None = None,
    ) -> Response:
        """Answer with every step to the end, inside of a rehearsal."""
        steps = list(
            steps_to_the_end(
                self.roles,
                instance=instance,
                definition=self.app,
                action=action,
                on_behalf_of=on_behalf_of,
                language=language_of(self.request, self.app),
            )
        )
        told = [self._problem(one) for one in steps]
        ends = instance.process_ended is not None
        return Response(plan_document(steps, told, reaches_end=ends))

    def _problem(self, step: PlannedStep) -> dict[str, object] | None:
        """Return the problem document that the step would be answered with."""
        if step.problem is None:
            return None
        error: DomainError = step.problem
        if isinstance(error, NotAuthorizedForTask):
            error.members["explanation"] = explain_refusal(
                self.roles,
                resource=step.resource,
                action=str(error.context["wanted"]),
                app_stated=True,
            )
        return problems.document(error, self.request._request)
