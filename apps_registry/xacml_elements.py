"""Takes the elements of an XML document apart and notes what is wrong, by line."""

from collections.abc import Mapping, Sequence

from common.errors import Issue
from common.xml import Element, line_of

_SHOWN = 120


def shown(text: str) -> str:
    """Return ``text`` quoted, and shortened if it is long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def name_of(element: Element) -> str:
    """Return the element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element) -> list[Element]:
    """Return the child elements; comments and processing instructions say nothing."""
    return [child for child in element if isinstance(child.tag, str)]


class _Names(dict[str, str]):
    """The names of the tags of one namespace, each taken apart once.

    Empty for a tag of any other.
    """

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, tag: str) -> str:
        name = tag.removeprefix(self._prefix)
        self[tag] = name if name != tag else ""
        return self[tag]


class ElementReader:
    """Reads elements of one namespace, and goes on after a finding to find the others.

    A method returns None, or leaves the part out, only after it has noted a finding.
    """

    def __init__(self, *, file: str, namespace: str) -> None:
        self.issues: list[Issue] = []
        self._file = file
        self._prefix = f"{{{namespace}}}"
        self._names = _Names(self._prefix)

    def is_a(self, element: Element, name: str) -> bool:
        """Tell whether this is the element ``name`` of the namespace."""
        return bool(element.tag == self._prefix + name)

    def attribute(self, element: Element, name: str) -> str:
        """Return the value of an attribute that must be there.

        Empty after a finding.
        """
        given = element.get(name, "")
        if not given:
            self.refuse(
                element,
                "policy-attribute",
                f"{shown(element.tag)} lacks the attribute {name}; add it.",
            )
        return given

    def parts(
        self, element: Element, *, once: Sequence[str] = (), many: Sequence[str] = ()
    ) -> dict[str, list[Element]]:
        """Sort the child elements by name.

        Any other, and a second of ``once``, is a finding.
        """
        parts: dict[str, list[Element]] = {name: [] for name in (*once, *many)}
        for child in children(element):
            name = self._names[str(child.tag)]
            if name not in parts:
                known = ", ".join(parts) or "text alone"
                self.refuse(
                    child,
                    "policy-element",
                    f"{shown(child.tag)} is not evaluated inside {name_of(element)}; "
                    f"it may hold {known}. Remove it.",
                )
            elif name in once and parts[name]:
                self.refuse(
                    child,
                    "policy-element",
                    f"{name_of(element)} holds a second {name}; keep one.",
                )
            else:
                parts[name].append(child)
        return parts

    def childless(self, element: Element) -> None:
        """Refuse each child element; the most elements hold text alone."""
        self.parts(element)

    def every(self, element: Element, tag: str) -> list[Element]:
        """Return the child elements, which all have the tag; any other is a finding."""
        # A slice is quicker than list(); lxml's types leave it out.
        held: list[Element] = element[:]  # type: ignore[index, assignment]
        for child in held:
            if child.tag != tag:
                name = self._names[tag]
                return self.parts(element, many=(name,))[name]
        return held

    def some(self, element: Element, tag: str) -> list[Element]:
        """Return the child elements, which all have the tag; none is a finding, too.

        In a policy an empty AllOf would hold for every request.
        """
        found = self.every(element, tag)
        if not found and not children(element):
            self.refuse(
                element,
                "policy-element",
                f"{name_of(element)} is empty; give it at least one "
                f"{self._names[tag]}.",
            )
        return found

    def only(
        self, element: Element, parts: Mapping[str, Sequence[Element]], name: str
    ) -> Element | None:
        """Return the one element ``name`` of ``parts``, which must be there."""
        if parts[name]:
            return parts[name][0]
        self.refuse(
            element, "policy-element", f"{name_of(element)} lacks {name}; add one."
        )
        return None

    def refuse(self, element: Element, code: str, detail: str) -> None:
        """Note a finding at the element's line."""
        self.issues.append(Issue(f"{self._file}:{line_of(element)}", code, detail))
