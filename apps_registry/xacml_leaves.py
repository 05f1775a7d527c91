"""Reads the elements of a policy that hold no other elements."""

import re
from collections.abc import Mapping

from apps_registry import xacml_ast as ast
from apps_registry.xacml_elements import ElementReader, shown
from common.xml import Element

FILE = "policy.xml"

_PLACEHOLDER = re.compile(r"\[(ORG|org|APP|app)\]")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_EFFECTS = {effect.value: effect for effect in ast.Effect}


class LeafReader(ElementReader):
    """Reads values, designators, and what an attribute names."""

    def __init__(self, *, placeholders: Mapping[str, str]) -> None:
        super().__init__(file=FILE, namespace=ast.NAMESPACE)
        self._placeholders = placeholders
        self._designators: dict[tuple[object, ...], ast.Designator] = {}

    def function(self, element: Element, attribute: str) -> ast.Function | None:
        """Read which function an element names; None after a finding."""
        function = ast.FUNCTIONS.get(element.get(attribute, ""))
        if function is None and (function_id := self.attribute(element, attribute)):
            self.refuse(
                element,
                "policy-function",
                f"The function {shown(function_id)} is not evaluated; compare for "
                "equality, with one alternative for each value.",
            )
        return function

    def designator(self, element: Element) -> ast.Designator | None:
        """Read a designator, and share it with all that are spelled alike."""
        if len(element):
            self.childless(element)
        spelling = tuple(element.items())
        if (known := self._designators.get(spelling)) is not None:
            return known
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
        designator = ast.Designator(
            category,
            attribute_id,
            data_type,
            must_be_present,
            element.get("Issuer", ""),
        )
        self._designators[spelling] = designator
        return designator

    def value(self, element: Element) -> ast.AttributeValue | None:
        """Read a literal, its placeholders filled in; None after a finding."""
        text = element.text or ""
        if len(element):
            self.childless(element)
            # A comment splits the text; the pieces are one value.
            text += "".join(child.tail or "" for child in element)
        if "[" in text:
            text = _PLACEHOLDER.sub(
                lambda found: self._placeholders[found[1].lower()], text
            )
        data_type = self._data_type(element)
        if not data_type:
            return None
        try:
            if data_type != ast.STRING:
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
        if (data_type := element.get("DataType", "")) in ast.DATA_TYPES:
            return data_type
        if not self.attribute(element, "DataType"):
            return ""
        self.refuse(
            element,
            "policy-data-type",
            f"The data type {shown(data_type)} is not known; use {ast.STRING}, or "
            f"another of {', '.join(sorted(ast.DATA_TYPES - {ast.STRING}))}.",
        )
        return ""

    def effect(self, element: Element, attribute: str) -> ast.Effect:
        """Read an effect; Deny after a finding."""
        given = self.attribute(element, attribute)
        effect = _EFFECTS.get(given)
        if effect is None and given:
            self.refuse(
                element,
                "policy-value",
                f"{attribute} is {shown(given)}; write Permit or Deny.",
            )
        return effect or ast.Effect.DENY
