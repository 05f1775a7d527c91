"""What the policy's constructs give through the decision endpoint (§5.6, §5.10)."""

import pytest

from apps_registry import xacml_ast as ast
from authorization.evaluator import Status
from tests.api.platform.decision_requests import ask, request
from tests.api.platform.test_policies import replace
from tests.apps_registry import policy_xml

pytestmark = pytest.mark.usefixtures("sandbox")

FIRST_APPLICABLE = (
    "urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable"
)
_DENY_UNLESS = (
    "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit"
)
ANYBODY_READS = policy_xml.rule(policy_xml.any_of([policy_xml.READ]))
NAV = policy_xml.match(attribute_id=ast.ORG, value="nav")
DENY_NAV = policy_xml.rule(policy_xml.any_of([NAV]), effect="Deny")
PRESENT = policy_xml.match(attribute_id="urn:x:needed", more='MustBePresent="true"')
NEEDS = policy_xml.rule(policy_xml.any_of([PRESENT]), effect="Deny")
BROKEN = policy_xml.rule(
    policy_xml.any_of([policy_xml.READ]),
    body=policy_xml.condition(
        policy_xml.apply(
            "string-equal",
            policy_xml.apply("string-one-and-only", policy_xml.DESIGNATOR),
            policy_xml.literal("nav"),
        )
    ),
)
ON_PERMIT = policy_xml.obligation("4")
ON_DENY = policy_xml.obligation("1", category="urn:x:told", fulfill_on="Deny")
ORG_LEVEL = policy_xml.obligation("3", category=ast.MINIMUM_LEVEL_ORG)

OK = Status.OK.value
MISSING = Status.MISSING_ATTRIBUTE.value
PROCESSING = Status.PROCESSING_ERROR.value
OWNER = {"org": "nav"}
STRANGER = {"userid": "1004"}
LEVEL = (ast.MINIMUM_LEVEL, "4")


@pytest.mark.parametrize(
    ("parts", "algorithm", "subject", "expected"),
    [
        ((ANYBODY_READS, DENY_NAV), None, OWNER, ("Deny", OK)),
        ((ANYBODY_READS, DENY_NAV), None, STRANGER, ("Permit", OK)),
        ((ANYBODY_READS, DENY_NAV), FIRST_APPLICABLE, OWNER, ("Permit", OK)),
        ((DENY_NAV,), None, STRANGER, ("NotApplicable", OK)),
        ((DENY_NAV,), _DENY_UNLESS, STRANGER, ("Deny", OK)),
        ((ANYBODY_READS, NEEDS), None, STRANGER, ("Indeterminate", MISSING)),
        ((ANYBODY_READS, NEEDS), FIRST_APPLICABLE, STRANGER, ("Permit", OK)),
        ((BROKEN,), None, STRANGER, ("Indeterminate", PROCESSING)),
        ((BROKEN,), None, OWNER, ("Permit", OK)),
        ((BROKEN, ANYBODY_READS), None, STRANGER, ("Permit", OK)),
    ],
)
def test_rules_combine_as_the_algorithm_says(
    parts: tuple[str, ...],
    algorithm: str | None,
    subject: dict[str, object],
    expected: tuple[str, str],
) -> None:
    """Z-060, Z-061, Z-062: Deny and the Indeterminates, by the slow path"""
    more = {"algorithm": algorithm} if algorithm else {}
    assert replace(policy_xml.policy(*parts, **more)).status_code == 200
    (result,) = ask(request(subject=subject))
    assert (result["Decision"], result["Status"]["StatusCode"]["Value"]) == expected


@pytest.mark.parametrize(
    ("parts", "subject", "expected"),
    [
        ((ANYBODY_READS, ON_PERMIT), STRANGER, [LEVEL]),
        ((ANYBODY_READS, DENY_NAV, ON_PERMIT), OWNER, []),
        ((ANYBODY_READS, DENY_NAV, ON_DENY), OWNER, [("urn:x:told", "1")]),
        ((ANYBODY_READS, ORG_LEVEL), STRANGER, [(ast.MINIMUM_LEVEL_ORG, "3")]),
        (
            (policy_xml.rule(policy_xml.any_of([policy_xml.READ]), body=ON_PERMIT),),
            STRANGER, [LEVEL],
        ),
        ((BROKEN, ON_PERMIT), STRANGER, []),
        ((DENY_NAV, ON_PERMIT), STRANGER, []),
    ],
)  # fmt: skip
def test_obligations_go_with_the_effect_that_they_are_for(
    parts: tuple[str, ...],
    subject: dict[str, object],
    expected: list[tuple[str, str]],
) -> None:
    """Z-070: of the policy and of its rules; none with what is no decision"""
    assert replace(policy_xml.policy(*parts)).status_code == 200
    (result,) = ask(request(subject=subject))
    assigned = [
        (assignment["Category"], assignment["Value"])
        for obligation in result["Obligations"] or []
        for assignment in obligation["AttributeAssignment"]
    ]
    assert assigned == expected
