"""A policy beside the process: whether the tasks and end events it names exist."""

from collections.abc import Iterable

from apps_registry import xacml_ast as ast
from apps_registry.app_contents import Contents
from apps_registry.app_folder import POLICY
from apps_registry.xacml_ast import Match, Policy, Rule


def check_policy(contents: Contents, policy: Policy) -> None:
    """Warn of rules that can never hold, for where they ask to be nothing is."""
    tasks, ends = contents.tasks, contents.end_events
    if tasks is None or ends is None:
        return
    for rule in policy.rules:
        for match, line in _with_lines(rule):
            attribute, value = match.designator.attribute_id, match.literal.value
            if match.designator.category != ast.RESOURCE:
                continue
            if attribute == ast.TASK and not _names(value, tasks):
                what, code = "task", "policy-task-unknown"
            elif attribute == ast.END_EVENT and not _names(value, ends):
                what, code = "end event", "policy-end-event-unknown"
            else:
                continue
            detail = (
                f"Rule {rule.id!r:.90} names the {what} {value!r:.90}, which the"
                " process does not have."
            )
            contents.findings.warn(f"{POLICY}:{line}", code, detail)


def _with_lines(rule: Rule) -> Iterable[tuple[Match, int]]:
    """Return the matches of a rule, each with the first line that it stands on."""
    lines: dict[Match, int] = {}
    for match, line in zip(ast.matches(rule.written), rule.lines, strict=True):
        lines.setdefault(match, line)
    return lines.items()


def _names(value: str, known: Iterable[str]) -> bool:
    return value.lower() in {one.lower() for one in known}
