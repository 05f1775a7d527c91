"""Reads an app's ``policy.xml`` into a syntax tree.

Parses only, ``authorization`` decides. What cannot be evaluated is refused here with
all findings at once, so that a decision never meets a construct that it does not know.
"""

from collections.abc import Mapping, Sequence

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Operation, Policy, Semantics
from apps_registry.xacml_elements import children, shown
from apps_registry.xacml_leaves import LeafReader
from common import xml
from common.errors import Invalid, Issue
from common.xml import Element, line_of

__all__ = ["Policy", "PolicyRefused", "parse_policy"]

_LEVEL_CATEGORIES = (ast.MINIMUM_LEVEL, ast.MINIMUM_LEVEL_ORG)
_LEVELS = range(5)
_DEEPEST_APPLY = 32
_ANY_OF = f"{{{ast.NAMESPACE}}}AnyOf"
_ALL_OF = f"{{{ast.NAMESPACE}}}AllOf"
_MATCH = f"{{{ast.NAMESPACE}}}Match"
_OBLIGATION = f"{{{ast.NAMESPACE}}}ObligationExpression"
_VALUE = f"{{{ast.NAMESPACE}}}AttributeValue"
_DESIGNATOR = f"{{{ast.NAMESPACE}}}AttributeDesignator"

_Typed = tuple[ast.Expression, ast.ValueType]


class PolicyRefused(Invalid):
    """The policy holds something that this server cannot evaluate, so it is not used.

    Mend each finding as it says, at its line, and deploy again; until then the policy
    in force stays in force.
    """

    code = "policy-refused"
    detail = (
        "The policy was refused with {count} finding(s); the first, at {place}: {first}"
    )


def parse_policy(
    content: bytes, *, org: str, app: str, semantics: Semantics = "standard"
) -> Policy:
    """Return the policy of the app ``org``/``app``.

    Raises PolicyRefused with every finding, and what ``xml.parse`` raises. ``[ORG]``,
    ``[org]``, ``[APP]`` and ``[app]`` are filled in inside attribute values alone. A
    policy that Altinn's engine and the standard read differently is refused unless
    ``semantics`` is ``altinn``, which keeps Altinn's reading.
    """
    reader = _Reader(placeholders={"org": org, "app": app})
    root = xml.parse(content, keep_layout=False)
    policy = reader.policy(root, semantics=semantics)
    if policy is None or reader.issues:
        raise _refused(reader.issues)
    return policy


def _refused(issues: Sequence[Issue]) -> PolicyRefused:
    first = issues[0]
    return PolicyRefused(
        issues=issues, count=len(issues), place=first.pointer, first=first.detail
    )


class _Reader(LeafReader):
    """Reads the elements of a policy into the tree.

    A policy repeats a few matches in rule after rule. What was read without a finding
    is known by its spelling, and shared where it is spelled so again.
    """

    def __init__(self, *, placeholders: Mapping[str, str]) -> None:
        super().__init__(placeholders=placeholders)
        self._matches: dict[tuple[object, ...], ast.Match] = {}
        self._lines: list[int] = []

    def policy(self, root: Element, *, semantics: Semantics) -> Policy | None:
        if not self.is_a(root, "Policy"):
            self.refuse(
                root,
                "policy-root",
                f"The document is {shown(root.tag)}; a policy is the element Policy in "
                f"the namespace {ast.NAMESPACE}.",
            )
            return None
        parts = self.parts(
            root,
            once=("Description", "PolicyDefaults", "Target", "ObligationExpressions"),
            many=("Rule",),
        )
        algorithm_id = self.attribute(root, "RuleCombiningAlgId")
        algorithm = ast.ALGORITHMS.get(algorithm_id)
        if algorithm is None and algorithm_id:
            self.refuse(
                root,
                "policy-algorithm",
                f"The combining algorithm {shown(algorithm_id)} is unknown; use "
                "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides, "
                "or another that XACML 3.0 defines for rules.",
            )
        target = self._target(parts["Target"])
        rules = tuple(
            self._rule(element, semantics=semantics) for element in parts["Rule"]
        )
        obligations = self._obligations(parts["ObligationExpressions"])
        if algorithm is None:
            return None
        return Policy(
            id=root.get("PolicyId", ""),
            algorithm=algorithm,
            rules=rules,
            # Altinn's engine does not look at a policy's own target.
            target=target if semantics == "standard" else (),
            obligations=obligations,
            semantics=semantics,
            target_line=line_of(parts["Target"][0]) if target else 0,
        )

    def _rule(self, element: Element, *, semantics: Semantics) -> ast.Rule:
        parts = self.parts(
            element,
            once=("Description", "Target", "Condition", "ObligationExpressions"),
        )
        rule_id = element.get("RuleId", "")
        self._lines = []
        written = self._target(parts["Target"])
        target = ast.project(written) if semantics == "altinn" else written
        if semantics == "standard" and (reason := ast.ambiguity(target)):
            self.refuse(
                element,
                "policy-ambiguous",
                f"Rule {shown(rule_id)} {reason} Split the rule so that both agree, or "
                'set policySemantics to "altinn" in applicationmetadata.json to keep '
                "Altinn's reading.",
            )
        return ast.Rule(
            id=rule_id,
            effect=self.effect(element, "Effect"),
            target=target,
            condition=self._condition(parts["Condition"]),
            obligations=self._obligations(parts["ObligationExpressions"]),
            written=written,
            lines=tuple(self._lines),
        )

    def _target(self, elements: Sequence[Element]) -> ast.Target:
        return tuple(
            [
                tuple([self._all_of(held) for held in self.some(any_of, _ALL_OF)])
                for element in elements
                for any_of in self.every(element, _ANY_OF)
            ]
        )

    def _all_of(self, element: Element) -> ast.AllOf:
        matches = []
        for held in self.some(element, _MATCH):
            self._lines.append(line_of(held))
            match = self._match(held)
            if match is not None:
                matches.append(match)
        return tuple(matches)

    def _match(self, element: Element) -> ast.Match | None:
        held: list[Element] = element[:]  # type: ignore[index, assignment]
        if len(held) != 2:
            return self._unusual_match(element)
        literal, designator = held
        if literal.tag != _VALUE or designator.tag != _DESIGNATOR or len(literal):
            return self._unusual_match(element)
        bag = self.designator(designator)
        spelling = (
            element.get("MatchId"),
            literal.get("DataType"),
            literal.text,
            id(bag),
        )
        match = self._matches.get(spelling)
        if match is None:
            match = self._comparison(element, literal, bag)
            if match is not None:
                self._matches[spelling] = match
        return match

    def _unusual_match(self, element: Element) -> ast.Match | None:
        """Read a match in another order, with a comment in it, or with findings."""
        parts = self.parts(element, once=("AttributeValue", "AttributeDesignator"))
        literal = self.only(element, parts, "AttributeValue")
        designator = self.only(element, parts, "AttributeDesignator")
        bag = None if designator is None else self.designator(designator)
        return self._comparison(element, literal, bag)

    def _comparison(
        self, element: Element, literal: Element | None, bag: ast.Designator | None
    ) -> ast.Match | None:
        function = self.function(element, "MatchId")
        value = None if literal is None else self.value(literal)
        if function is None or value is None or bag is None:
            return None
        if function.operation is Operation.ONE_AND_ONLY:
            self.refuse(
                element,
                "policy-function",
                f"MatchId {shown(function.id)} does not compare two values; use an "
                "equality function.",
            )
            return None
        if not value.data_type == bag.data_type == function.data_type:
            self.refuse(
                element,
                "policy-data-type",
                f"{shown(function.id)} compares values of {function.data_type}; here "
                f"they are {shown(value.data_type)} and {shown(bag.data_type)}. Use "
                "the same data type in all three.",
            )
            return None
        return ast.Match(function, value, bag)

    def _condition(self, elements: Sequence[Element]) -> ast.Condition | None:
        for element in elements:
            held = children(element)
            typed = self._expression(held[0]) if len(held) == 1 else None
            if len(held) != 1:
                self.refuse(
                    element,
                    "policy-condition",
                    f"The Condition holds {len(held)} expressions; give it exactly "
                    "one.",
                )
            elif typed is not None and typed[1] == ast.ValueType(ast.BOOLEAN):
                return ast.Condition(typed[0])
            elif typed is not None:
                self.refuse(
                    held[0],
                    "policy-condition",
                    f"The Condition gives {typed[1]} where a single Boolean is needed; "
                    "compare two values with an equality function.",
                )
        return None

    def _expression(self, element: Element, *, depth: int = 1) -> _Typed | None:
        if self.is_a(element, "AttributeValue"):
            value = self.value(element)
            return None if value is None else (value, ast.ValueType(value.data_type))
        if self.is_a(element, "AttributeDesignator"):
            bag = self.designator(element)
            return (
                None
                if bag is None
                else (bag, ast.ValueType(bag.data_type, is_bag=True))
            )
        if self.is_a(element, "Apply") and depth <= _DEEPEST_APPLY:
            return self._apply(element, depth=depth)
        self.refuse(
            element,
            "policy-element",
            f"{shown(element.tag)} is not evaluated in a Condition, or is nested too "
            "deep; use Apply, AttributeValue and AttributeDesignator.",
        )
        return None

    def _apply(self, element: Element, *, depth: int) -> _Typed | None:
        function = self.function(element, "FunctionId")
        held = [
            child for child in children(element) if not self.is_a(child, "Description")
        ]
        read = [self._expression(child, depth=depth + 1) for child in held]
        arguments = [argument for argument in read if argument is not None]
        if function is None or len(arguments) != len(held):
            return None
        if tuple(kind for _, kind in arguments) != function.takes:
            given = ", ".join(str(kind) for _, kind in arguments) or "nothing"
            self.refuse(
                element,
                "policy-data-type",
                f"{shown(function.id)} takes {', '.join(map(str, function.takes))}; it "
                f"is given {given}. A designator gives a bag: wrap it in the data "
                "type's one-and-only function for a single value.",
            )
            return None
        return ast.Apply(
            function, tuple(value for value, _ in arguments)
        ), function.gives

    def _obligations(self, elements: Sequence[Element]) -> tuple[ast.Obligation, ...]:
        return tuple(
            self._obligation(child)
            for element in elements
            for child in self.some(element, _OBLIGATION)
        )

    def _obligation(self, element: Element) -> ast.Obligation:
        fulfill_on = self.effect(element, "FulfillOn")
        parts = self.parts(element, many=("AttributeAssignmentExpression",))
        assignments = []
        for child in parts["AttributeAssignmentExpression"]:
            value_parts = self.parts(child, once=("AttributeValue",))
            literal = self.only(child, value_parts, "AttributeValue")
            value = None if literal is None else self.value(literal)
            category = child.get("Category", "")
            if value is not None:
                assignments.append(
                    ast.Assignment(child.get("AttributeId", ""), category, value)
                )
                if fulfill_on is ast.Effect.PERMIT:
                    self._check_level(child, category, value)
        if not children(element) and fulfill_on is ast.Effect.PERMIT:
            self._refuse_obligation(element, "nothing")
        return ast.Obligation(
            element.get("ObligationId", ""), fulfill_on, tuple(assignments)
        )

    def _check_level(
        self, element: Element, category: str, value: ast.AttributeValue
    ) -> None:
        if category not in _LEVEL_CATEGORIES:
            self._refuse_obligation(element, f"the category {shown(category)}")
        elif value.data_type != ast.INTEGER or int(value.value) not in _LEVELS:
            self.refuse(
                element,
                "policy-obligation",
                f"The authentication level {shown(value.value)} of type "
                f"{shown(value.data_type)} is not an integer from 0 to {_LEVELS[-1]}.",
            )

    def _refuse_obligation(self, element: Element, what: str) -> None:
        self.refuse(
            element,
            "policy-obligation",
            f"The obligation assigns {what}, which this server cannot fulfil, and a "
            "permit whose obligation is not fulfilled must be refused. Known "
            f"categories: {' and '.join(_LEVEL_CATEGORIES)}.",
        )
