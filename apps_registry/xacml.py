"""Reads an app's ``policy.xml`` into a syntax tree.

Parses only, ``authorization`` decides. What cannot be evaluated is refused here with
all findings at once, so that a decision never meets a construct that it does not know.
"""

import re
from collections.abc import Mapping, Sequence

from apps_registry import xacml_ast as ast
from apps_registry.xacml_ast import Operation, Policy, Semantics
from apps_registry.xacml_elements import ElementReader, children, shown
from common import xml
from common.errors import Invalid, Issue
from common.xml import Element, line_of

__all__ = ["Policy", "PolicyRefused", "parse_policy"]

FILE = "policy.xml"

_PLACEHOLDER = re.compile(r"\[(ORG|org|APP|app)\]")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_LEVEL_CATEGORIES = (ast.MINIMUM_LEVEL, ast.MINIMUM_LEVEL_ORG)
_LEVELS = range(5)
_DEEPEST_APPLY = 32

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
    policy = reader.policy(xml.parse(content), semantics=semantics)
    if policy is None or reader.issues:
        raise _refused(reader.issues)
    return policy


def _refused(issues: Sequence[Issue]) -> PolicyRefused:
    first = issues[0]
    return PolicyRefused(
        issues=issues, count=len(issues), place=first.pointer, first=first.detail
    )


class _Reader(ElementReader):
    """Reads the elements of a policy into the tree."""

    def __init__(self, *, placeholders: Mapping[str, str]) -> None:
        super().__init__(file=FILE, namespace=ast.NAMESPACE)
        self._placeholders = placeholders

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
        )

    def _rule(self, element: Element, *, semantics: Semantics) -> ast.Rule:
        parts = self.parts(
            element,
            once=("Description", "Target", "Condition", "ObligationExpressions"),
        )
        rule_id = element.get("RuleId", "")
        target = self._target(parts["Target"])
        if semantics == "altinn":
            target = ast.project(target)
        elif reason := ast.ambiguity(target):
            self.refuse(
                element,
                "policy-ambiguous",
                f"Rule {shown(rule_id)} {reason} Split the rule so that both agree, or "
                'set policySemantics to "altinn" in applicationmetadata.json to keep '
                "Altinn's reading.",
            )
        return ast.Rule(
            id=rule_id,
            effect=self._effect(element, "Effect"),
            target=target,
            condition=self._condition(parts["Condition"]),
            obligations=self._obligations(parts["ObligationExpressions"]),
            line=line_of(element),
        )

    def _target(self, elements: Sequence[Element]) -> ast.Target:
        return tuple(
            ast.AnyOf(
                tuple(
                    ast.AllOf(
                        tuple(
                            match
                            for child in self.some(all_of, "Match")
                            if (match := self._match(child)) is not None
                        )
                    )
                    for all_of in self.some(any_of, "AllOf")
                )
            )
            for element in elements
            for any_of in self.parts(element, many=("AnyOf",))["AnyOf"]
        )

    def _match(self, element: Element) -> ast.Match | None:
        parts = self.parts(element, once=("AttributeValue", "AttributeDesignator"))
        function = self._function(element, "MatchId")
        literal = self.only(element, parts, "AttributeValue")
        designator = self.only(element, parts, "AttributeDesignator")
        value = None if literal is None else self._value(literal)
        bag = None if designator is None else self._designator(designator)
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
        if {value.data_type, bag.data_type} != {function.data_type}:
            self.refuse(
                element,
                "policy-data-type",
                f"{shown(function.id)} compares values of {function.data_type}; here "
                f"they are {shown(value.data_type)} and {shown(bag.data_type)}. Use "
                "the same data type in all three.",
            )
            return None
        return ast.Match(function, value, bag, line=line_of(element))

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
            value = self._value(element)
            return None if value is None else (value, ast.ValueType(value.data_type))
        if self.is_a(element, "AttributeDesignator"):
            bag = self._designator(element)
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
        function = self._function(element, "FunctionId")
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
            for child in self.some(element, "ObligationExpression")
        )

    def _obligation(self, element: Element) -> ast.Obligation:
        fulfill_on = self._effect(element, "FulfillOn")
        parts = self.parts(element, many=("AttributeAssignmentExpression",))
        assignments = []
        for child in parts["AttributeAssignmentExpression"]:
            value_parts = self.parts(child, once=("AttributeValue",))
            literal = self.only(child, value_parts, "AttributeValue")
            value = None if literal is None else self._value(literal)
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

    def _function(self, element: Element, attribute: str) -> ast.Function | None:
        function_id = self.attribute(element, attribute)
        function = ast.FUNCTIONS.get(function_id)
        if function is None and function_id:
            self.refuse(
                element,
                "policy-function",
                f"The function {shown(function_id)} is not evaluated; compare for "
                "equality, with one alternative for each value.",
            )
        return function

    def _designator(self, element: Element) -> ast.Designator | None:
        self.parts(element)
        must_be_present = _BOOLEANS.get(element.get("MustBePresent", "false"))
        if must_be_present is None:
            self.refuse(
                element,
                "policy-value",
                f"MustBePresent is {shown(element.get('MustBePresent', ''))}; write "
                "true or false.",
            )
        category = self.attribute(element, "Category")
        attribute_id = self.attribute(element, "AttributeId")
        data_type = self._data_type(element)
        if must_be_present is None or not (category and attribute_id and data_type):
            return None
        return ast.Designator(
            category,
            attribute_id,
            data_type,
            must_be_present,
            element.get("Issuer", ""),
        )

    def _value(self, element: Element) -> ast.AttributeValue | None:
        self.parts(element)
        # A comment splits the text; the pieces are one value.
        text = (element.text or "") + "".join(child.tail or "" for child in element)
        text = _PLACEHOLDER.sub(
            lambda found: self._placeholders[found[1].lower()], text
        )
        data_type = self._data_type(element)
        if not data_type:
            return None
        try:
            ast.comparable(data_type, text)
        except ValueError:
            self.refuse(
                element,
                "policy-value",
                f"The value {shown(text)} is not written as {shown(data_type)} is.",
            )
            return None
        return ast.AttributeValue(data_type, text)

    def _data_type(self, element: Element) -> str:
        data_type = self.attribute(element, "DataType")
        if data_type in ast.DATA_TYPES or not data_type:
            return data_type
        self.refuse(
            element,
            "policy-data-type",
            f"The data type {shown(data_type)} is not known; use {ast.STRING}, or "
            f"another of {', '.join(sorted(ast.DATA_TYPES - {ast.STRING}))}.",
        )
        return ""

    def _effect(self, element: Element, attribute: str) -> ast.Effect:
        given = self.attribute(element, attribute)
        try:
            return ast.Effect(given)
        except ValueError:
            if given:
                self.refuse(
                    element,
                    "policy-value",
                    f"{attribute} is {shown(given)}; write Permit or Deny.",
                )
        return ast.Effect.DENY
