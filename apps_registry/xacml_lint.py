"""What is allowed in a policy but hardly meant: warnings at import."""

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Policy
from apps_registry.xacml_elements import shown
from apps_registry.xacml_leaves import FILE
from common.errors import Issue


def lint_policy(policy: Policy, *, org: str, app: str) -> list[Issue]:
    """Return what is allowed in the policy of ``org``/``app`` but hardly meant.

    A rule may name another app and will never grant anything there, nor here.
    """
    warnings = []
    if not policy.rules:
        detail = "The policy has no rule: nobody may do anything."
        warnings.append(Issue(f"{FILE}:1", "policy-without-rules", detail))
    if policy.target:
        detail = (
            "The policy has a target of its own, which Altinn's engine ignores and "
            "this server evaluates; move its conditions into the rules."
        )
        pointer = f"{FILE}:{policy.target_line}"
        warnings.append(Issue(pointer, "policy-target", detail))
    constants = ast.app_attributes(org, app)
    for rule in policy.rules:
        placed: dict[ast.Match, int] = {}
        for match, line in zip(ast.matches(rule.written), rule.lines, strict=True):
            placed.setdefault(match, line)  # once a rule, where it stands first
        for match, line in placed.items():
            pointer = f"{FILE}:{line}"
            designated, value = match.designator, match.literal.value
            own = constants.get(designated.attribute_id)
            if designated.category == ast.RESOURCE and own and not _names(match, own):
                detail = (
                    f"Rule {shown(rule.id)} names {designated.attribute_id} "
                    f"{shown(value)}, and this is {own}: what it says there is never "
                    "granted. Correct the value, or write [ORG] and [APP]."
                )
                warnings.append(Issue(pointer, "policy-names-other-app", detail))
            elif value != value.strip():
                detail = (
                    f"Rule {shown(rule.id)} compares {designated.attribute_id} with "
                    f"{shown(value)}, white space included; remove it."
                )
                warnings.append(Issue(pointer, "policy-white-space", detail))
    return warnings


def _names(match: ast.Match, own: str) -> bool:
    value = match.literal.value
    return ast.fold(value) == ast.fold(own) if match.ignore_case else value == own
