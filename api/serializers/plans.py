"""A plan: the steps that an instance would take, and what stands in their way."""

from collections.abc import Iterable, Mapping

from rest_framework import serializers

from api.serializers.issues import ValidationIssueSerializer
from process.plans import Outcome, PlannedStep
from process.validation.issues import document


class PlannedStepSerializer(serializers.Serializer[object]):
    """A task that would be left."""

    taskId = serializers.CharField()
    taskType = serializers.CharField()
    action = serializers.CharField(
        allow_null=True, help_text="What it would be left with."
    )
    outcome = serializers.ChoiceField(
        [one.value for one in Outcome],
        help_text="`later`: the server does the work of a service task when it is due."
        " `loops`: the process comes back to a task that it was in.",
    )
    leadsTo = serializers.CharField(
        allow_null=True,
        help_text="What would be entered, also where the step is refused.",
    )
    validationIssues = ValidationIssueSerializer(many=True)
    problem = serializers.DictField(
        allow_null=True, help_text="The problem that the step would be answered with."
    )


class PlanSerializer(serializers.Serializer[object]):
    """What would come of it; nothing of it is stored."""

    dryRun = serializers.BooleanField()
    succeeds = serializers.BooleanField(
        help_text="Whether the caller could take every step to the end now."
    )
    reachesEnd = serializers.BooleanField(
        help_text="Whether the steps lead to the end, were none refused."
    )
    steps = PlannedStepSerializer(many=True)


def plan_document(
    steps: Iterable[PlannedStep],
    problems: Iterable[Mapping[str, object] | None],
    *,
    reaches_end: bool,
) -> dict[str, object]:
    """Return the document of a plan; ``problems`` are those of the steps."""
    told = [
        {
            "taskId": step.task.id,
            "taskType": step.task.task_type,
            "action": step.action,
            "outcome": step.outcome.value,
            "leadsTo": step.leads_to or None,
            "validationIssues": [document(issue) for issue in step.issues],
            "problem": problem,
        }
        for step, problem in zip(steps, problems, strict=True)
    ]
    passes = all(one["outcome"] == Outcome.PASSES.value for one in told)
    return {
        "dryRun": True,
        "succeeds": passes and reaches_end,
        "reachesEnd": reaches_end,
        "steps": told,
    }
