"""What an XML schema finds amiss in the XML of a form, with line and place."""

import re
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from lxml import etree

from apps_registry import xml_schemas
from apps_registry.definition import AppDefinition
from common import xml
from common.errors import DomainError
from common.xml import Element
from forms.errors import ModelUnreadable

# What lxml calls the rules about values, not those about what stands where.
_OF_VALUES: Final = re.compile(
    r"SCHEMAV_CVC_(PATTERN|ENUMERATION|LENGTH|MINLENGTH|MAXLENGTH|M(IN|AX)(IN|EX)CLUSIVE"
    r"|TOTALDIGITS|FRACTIONDIGITS|FACET|DATATYPE)_VALID.*"
)
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")

Steps = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class XmlFault:
    """A fault in XML: where, and in lxml's words what.

    ``steps`` lead from below the root to the element: local names, each with its place
    among those of its name, from 1. ``is_of_value`` is whether a value breaks a facet.
    """

    reason: str
    line: int
    steps: Steps
    is_of_value: bool


class XmlSchema:
    """A compiled XML schema; what it found last is read before it looks again."""

    def __init__(self, schema: etree.XMLSchema) -> None:
        self._schema = schema
        self._lock = Lock()

    def faults(self, content: bytes, *, most: int) -> list[XmlFault]:
        """Return what is amiss, at most so much; raises what malformed XML raises."""
        root = xml.parse(content)
        with self._lock:
            if self._schema.validate(root):
                return []
            log: Any = self._schema.error_log  # the stubs lack that it can be read
            errors = list(islice(log, most))
        return [_fault(error, root) for error in errors]


_read: WeakKeyDictionary[AppDefinition, dict[str, XmlSchema]] = WeakKeyDictionary()


def read_xml_schema(app: AppDefinition, path: str) -> XmlSchema:
    """Return an XML schema of the app, compiled once; raises ModelUnreadable."""
    known = _read.setdefault(app, {})
    if path not in known:
        try:
            known[path] = XmlSchema(xml_schemas.compiled(app.files, path))
        except (DomainError, etree.XMLSchemaParseError) as error:
            raise ModelUnreadable(str(error)) from None
    return known[path]


def _fault(error: etree._LogEntry, root: Element) -> XmlFault:
    found = root.getroottree().xpath(error.path) if error.path else None
    at = found[0] if isinstance(found, list) and found else root
    return XmlFault(
        reason=_NAMESPACE.sub("", error.message),
        line=error.line,
        steps=_steps_to(at) if isinstance(at, Element) else (),
        is_of_value=bool(_OF_VALUES.fullmatch(error.type_name)),
    )


def _steps_to(element: Element) -> Steps:
    steps = []
    while (above := element.getparent()) is not None:
        place = sum(1 for _ in element.itersiblings(element.tag, preceding=True)) + 1
        steps.append((etree.QName(element).localname, place))
        element = above
    return tuple(reversed(steps))
