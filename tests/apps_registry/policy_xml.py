"""Policies as XML, written short for the tests."""

from collections.abc import Sequence

from apps_registry import xacml_ast as ast
from apps_registry.xacml import parse_policy
from apps_registry.xacml_ast import Semantics

DENY_OVERRIDES = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"
EQUAL = "urn:oasis:names:tc:xacml:1.0:function:string-equal"


def match(
    category: str = ast.SUBJECT,
    attribute_id: str = ast.ROLE_CODE,
    value: str = "dagl",
    *,
    function: str = EQUAL,
    data_type: str = ast.STRING,
    more: str = 'MustBePresent="false"',
) -> str:
    return (
        f'<Match MatchId="{function}"><AttributeValue DataType="{data_type}">{value}'
        f'</AttributeValue><AttributeDesignator Category="{category}" '
        f'AttributeId="{attribute_id}" DataType="{data_type}" {more}/></Match>'
    )


def any_of(*all_ofs: Sequence[str]) -> str:
    inner = "".join(f"<AllOf>{''.join(matches)}</AllOf>" for matches in all_ofs)
    return f"<AnyOf>{inner}</AnyOf>"


SUBJECT = match()
OTHER_SUBJECT = match(value="regna")
READ = match(ast.ACTION, ast.ACTION_ID, "read")
WRITE = match(ast.ACTION, ast.ACTION_ID, "write")


def rule(*any_ofs: str, body: str = "", effect: str = "Permit") -> str:
    return (
        f'<Rule RuleId="rule:[ORG]" Effect="{effect}"><Description>[ORG]</Description>'
        f"<Target>{''.join(any_ofs)}</Target>{body}</Rule>"
    )


def policy(*parts: str, algorithm: str = DENY_OVERRIDES) -> bytes:
    """The parts stand from line 3 on, each on a line of its own."""
    head = f'<Policy xmlns="{ast.NAMESPACE}" PolicyId="policy:[ORG]" Version="1.0"'
    lines = [head, f'RuleCombiningAlgId="{algorithm}">', *parts, "</Policy>"]
    return "\n".join(lines).encode()


def obligation(
    value: str = "2",
    *,
    category: str = ast.MINIMUM_LEVEL,
    data_type: str = ast.INTEGER,
    fulfill_on: str = "Permit",
) -> str:
    return (
        "<ObligationExpressions>"
        f'<ObligationExpression ObligationId="o" FulfillOn="{fulfill_on}">'
        f'<AttributeAssignmentExpression AttributeId="a" Category="{category}">'
        f'<AttributeValue DataType="{data_type}">{value}</AttributeValue>'
        "</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>"
    )


def apply(function: str, *arguments: str) -> str:
    name = f"urn:oasis:names:tc:xacml:1.0:function:{function}"
    return f'<Apply FunctionId="{name}">{"".join(arguments)}</Apply>'


def literal(value: str, data_type: str = ast.STRING) -> str:
    return f'<AttributeValue DataType="{data_type}">{value}</AttributeValue>'


DESIGNATOR = (
    f'<AttributeDesignator Category="{ast.SUBJECT}" AttributeId="{ast.ORG}" '
    f'DataType="{ast.STRING}" MustBePresent="false"/>'
)


def condition(*expressions: str) -> str:
    return f"<Condition>{''.join(expressions)}</Condition>"


def parse(content: bytes, semantics: Semantics = "standard") -> ast.Policy:
    return parse_policy(content, org="ttd", app="my-app", semantics=semantics)
