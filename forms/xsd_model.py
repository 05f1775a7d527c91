"""Reads a data model from an XML schema.

What matters for data is read: elements and attributes with their order, types,
occurrence, nillable and fixed values. Facets are for validation, which uses the schema
itself.
"""

from collections.abc import Iterator

from common import xml
from common.errors import DomainError
from common.xml import Element
from forms.errors import ModelUnreadable
from forms.model import TEXT_MEMBER, Member, Model, ObjectType, Place, Simple

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NUMBERS = frozenset({"decimal", "double", "float"})
_INTEGERS = frozenset(
    {
        "integer",
        *("int", "long", "short", "byte"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
        *("nonNegativeInteger", "positiveInteger"),
        *("negativeInteger", "nonPositiveInteger"),
    }
)
_MOST_TYPES = 20_000


def read_xsd(content: bytes) -> Model:
    """Return the model of the schema's first global element; raises ModelUnreadable."""
    try:
        schema = xml.parse(content)
    except DomainError as error:
        raise ModelUnreadable(str(error)) from None
    if schema.tag != f"{_XS}schema":
        raise ModelUnreadable("the root is no XML schema")
    return _Reader(schema).model()


class _Reader:
    """Follows the schema's references, each named type once."""

    def __init__(self, schema: Element) -> None:
        self._schema = schema
        self._named = {
            (child.tag, child.get("name")): child
            for child in schema
            if child.get("name")
        }
        self._types: dict[str, ObjectType | Simple] = {}
        self._inner = 0
        self._qualified = schema.get("elementFormDefault") == "qualified"

    def model(self) -> Model:
        root = next(iter(self._schema.iterchildren(f"{_XS}element")), None)
        if root is None:
            raise ModelUnreadable("the schema has no global element")
        type_ = self._type_of(root)
        if not isinstance(type_, ObjectType):
            raise ModelUnreadable("the root element has no members")
        namespace = self._schema.get("targetNamespace") or ""
        return Model(root=root.get("name") or "", namespace=namespace, type=type_)

    def _type_of(self, declared: Element) -> ObjectType | Simple:
        """Return the type of an element or attribute, named or written inside."""
        name = declared.get("type")
        if name is not None:
            return self._by_name(name)
        inner = declared.find(f"{_XS}complexType")
        if inner is not None:
            return self._complex(inner, ObjectType())
        simple = declared.find(f"{_XS}simpleType")
        return Simple.TEXT if simple is None else self._simple(simple)

    def _by_name(self, qname: str) -> ObjectType | Simple:
        prefix, _, local = qname.rpartition(":")
        if self._schema.nsmap.get(prefix or None) == _XS[1:-1]:
            return _built_in(local)
        if local in self._types:
            return self._types[local]
        complex_type = self._named.get((f"{_XS}complexType", local))
        if complex_type is not None:
            made = ObjectType()
            self._types[local] = made  # before it is read: it may contain itself
            return self._complex(complex_type, made)
        simple = self._named.get((f"{_XS}simpleType", local))
        if simple is None:
            raise ModelUnreadable(f"the type {qname!r:.100} is not defined")
        self._types[local] = Simple.TEXT  # against a type that restricts itself
        self._types[local] = self._simple(simple)
        return self._types[local]

    def _simple(self, simple: Element) -> Simple:
        restriction = simple.find(f"{_XS}restriction")
        if restriction is None:
            return Simple.TEXT  # a list or a union
        base = restriction.get("base")
        if base is None:
            inner = restriction.find(f"{_XS}simpleType")
            return Simple.TEXT if inner is None else self._simple(inner)
        found = self._by_name(base)
        return found if isinstance(found, Simple) else Simple.TEXT

    def _complex(self, node: Element, made: ObjectType) -> ObjectType:
        self._inner += 1
        if self._inner > _MOST_TYPES:
            raise ModelUnreadable(f"the schema has more than {_MOST_TYPES} types")
        for child in _elements(node):
            match child.tag.removeprefix(_XS):
                case "simpleContent":
                    self._with_text(child, made)
                case "complexContent":
                    self._derived(child, made)
        self._add_all(node, made, repeated=False)
        return made

    def _with_text(self, node: Element, made: ObjectType) -> None:
        for derivation in _elements(node):
            base = self._by_name(derivation.get("base") or "")
            if isinstance(base, ObjectType):
                _inherit(base, made)
            else:
                made.add(Member(TEXT_MEMBER, base, place=Place.TEXT))
            self._add_all(derivation, made, repeated=False)

    def _derived(self, node: Element, made: ObjectType) -> None:
        for derivation in _elements(node):
            base = self._by_name(derivation.get("base") or "")
            if isinstance(base, ObjectType) and derivation.tag == f"{_XS}extension":
                _inherit(base, made)
            self._add_all(derivation, made, repeated=False)

    def _add_all(self, node: Element, made: ObjectType, *, repeated: bool) -> None:
        """Add what a group of any kind has, in document order."""
        for child in _elements(node):
            many = repeated or _is_many(child)
            match child.tag.removeprefix(_XS):
                case "sequence" | "choice" | "all":
                    self._add_all(child, made, repeated=many)
                case "element":
                    made.add(self._element(child, repeated=many))
                case "attribute" if child.get("use") != "prohibited":
                    made.add(self._attribute(child))
                case "group" | "attributeGroup" if child.get("ref"):
                    self._add_all(self._global(child), made, repeated=many)
                case "any":
                    made.any = True

    def _element(self, node: Element, *, repeated: bool) -> Member:
        declared = self._global(node) if node.get("ref") else node
        form = node.get("form")
        qualified = self._qualified if form is None else form == "qualified"
        name = declared.get("name") or ""
        return Member(
            name=name,
            type=self._element_type(declared),
            xml_name=name,
            repeated=repeated,
            nillable=declared.get("nillable") in ("true", "1"),
            required=node.get("minOccurs") != "0",
            fixed=declared.get("fixed"),
            qualified=qualified or declared is not node,
        )

    def _element_type(self, declared: Element) -> ObjectType | Simple:
        """Return the type of an element; global ones are read once, they may recur."""
        if declared.getparent() is not self._schema or declared.get("type"):
            return self._type_of(declared)
        key = f"element {declared.get('name')}"
        if key not in self._types:
            inner = declared.find(f"{_XS}complexType")
            if inner is None:
                return self._type_of(declared)
            made = ObjectType()
            self._types[key] = made
            self._complex(inner, made)
        return self._types[key]

    def _attribute(self, node: Element) -> Member:
        declared = self._global(node) if node.get("ref") else node
        type_ = self._type_of(declared)
        name = declared.get("name") or ""
        return Member(
            name=name,
            type=type_ if isinstance(type_, Simple) else Simple.TEXT,
            xml_name=name,
            place=Place.ATTRIBUTE,
            fixed=node.get("fixed") or declared.get("fixed"),
        )

    def _global(self, node: Element) -> Element:
        """Return what a reference leads to."""
        name = (node.get("ref") or "").rpartition(":")[2]
        found = self._named.get((node.tag, name))
        if found is None:
            raise ModelUnreadable(f"the reference {name!r:.100} leads to nothing")
        return found


def _elements(node: Element) -> Iterator[Element]:
    return (child for child in node if isinstance(child.tag, str))


def _is_many(node: Element) -> bool:
    return node.get("maxOccurs", "1") not in ("0", "1")


def _inherit(base: ObjectType, made: ObjectType) -> None:
    for member in base.members.values():
        made.add(member)
    made.any = made.any or base.any


def _built_in(name: str) -> Simple:
    if name == "boolean":
        return Simple.TRUTH
    if name in _INTEGERS:
        return Simple.INTEGER
    return Simple.NUMBER if name in _NUMBERS else Simple.TEXT
