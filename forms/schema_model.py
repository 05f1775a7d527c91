"""Reads a data model from a JSON schema, as the form designer writes them."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote

import orjson

from common.pointers import referred_to, steps_of
from forms.errors import ModelUnreadable
from forms.model import Member, Model, ObjectType, Place, Simple

Node = Mapping[str, Any]
_Shape = TypeVar("_Shape", bound=list[Any] | dict[str, Any])

_SIMPLE = {
    "string": Simple.TEXT,
    "number": Simple.NUMBER,
    "integer": Simple.INTEGER,
    "boolean": Simple.TRUTH,
}
_MOST_TYPES = 20_000
_MOST_REFERENCES = 100  # one after the other, before a type


def read_json_schema(content: bytes) -> Model:
    """Return the model of a JSON schema; raises ModelUnreadable."""
    try:
        schema = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise ModelUnreadable(str(error)) from None
    if not isinstance(schema, Mapping):
        raise ModelUnreadable("the schema is no object")
    try:
        return _Reader(schema).model()
    except RecursionError:
        raise ModelUnreadable("the schema is nested too deeply") from None


def root_of(schema: Node) -> tuple[str, Node]:
    """Return name and node of a form's root; raises ModelUnreadable."""
    return _Reader(schema).root()


class _Reader:
    """Follows the schema's references, each once."""

    def __init__(self, schema: Node) -> None:
        self._schema = schema
        self._types: dict[str, ObjectType] = {}
        self._inner = 0

    def model(self) -> Model:
        name, node = self.root()
        type_ = self._type_of(node)
        if not isinstance(type_, ObjectType):
            raise ModelUnreadable("the root of the schema has no members")
        namespaces = self._schema.get("@xsdNamespaces")
        return Model(root=name, namespace=_target(namespaces), type=type_)

    def root(self) -> tuple[str, Node]:
        """Return name and node of the root; newer and older designers differ."""
        name = self._schema.get("@xsdRootElement")
        properties = self._schema.get("properties")
        if not isinstance(name, str):
            info = self._schema.get("info")
            pointed = info.get("rootNode") if isinstance(info, Mapping) else ""
            if isinstance(pointed, str) and pointed.startswith("#"):
                node = self._pointed(pointed)
                return steps_of(unquote(pointed))[-1], node
            if isinstance(properties, Mapping) and len(properties) == 1:
                (only,) = properties.items()
                # A field is no form: such a schema is of a form with one field.
                if isinstance(only[1], Mapping) and (
                    only[1].get("type", "object") == "object"
                ):
                    return str(only[0]), only[1]
        return str(name or "melding"), self._schema

    def _type_of(self, node: Node) -> ObjectType | Simple:
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference)
        for member in ("oneOf", "anyOf"):
            chosen = _of_something(node.get(member))
            if chosen is not None:
                return self._type_of(chosen)
        if "properties" in node or "allOf" in node or _type_name(node) == "object":
            return self._fill(node, ObjectType())
        return _SIMPLE.get(_type_name(node), Simple.TEXT)

    def _referred(self, reference: str) -> ObjectType | Simple:
        if reference in self._types:
            return self._types[reference]
        node = self._pointed(reference)
        for _ in range(_MOST_REFERENCES):
            if not isinstance(node.get("$ref"), str):
                break
            node = self._pointed(node["$ref"])
        else:
            raise ModelUnreadable(f"the reference {reference!r:.100} leads in a circle")
        if not ("properties" in node or "allOf" in node):
            return self._type_of(node)
        made = ObjectType()
        self._types[reference] = made  # before it is filled: it may contain itself
        return self._fill(node, made)

    def _fill(self, node: Node, made: ObjectType) -> ObjectType:
        self._inner += 1
        if self._inner > _MOST_TYPES:
            raise ModelUnreadable(f"the schema has more than {_MOST_TYPES} types")
        for part in _shaped(node, "allOf", list):
            if isinstance(part, Mapping):
                type_ = self._type_of(part)
                if isinstance(type_, ObjectType):
                    for member in type_.members.values():
                        made.add(member)
        for name, declared in _shaped(node, "properties", dict).items():
            if isinstance(declared, Mapping):
                made.add(self._member(str(name), declared))
        return made

    def _member(self, name: str, node: Node) -> Member:
        repeated = _type_name(node) == "array"
        items = node.get("items") if repeated else node
        type_ = self._type_of(items if isinstance(items, Mapping) else {})
        fixed = node.get("const")
        return Member(
            name=name.removeprefix("@"),
            type=type_,
            xml_name=name.removeprefix("@"),
            place=_place(node),
            repeated=repeated,
            nillable=_is_nillable(node),
            fixed=str(fixed) if isinstance(fixed, str | int) else None,
        )

    def _pointed(self, reference: str) -> Node:
        if not reference.startswith("#/"):
            raise ModelUnreadable(f"the reference {reference!r:.100} leads elsewhere")
        try:
            found = referred_to(self._schema, reference)
        except LookupError:
            found = None
        if not isinstance(found, Mapping):
            raise ModelUnreadable(f"the reference {reference!r:.100} leads to nothing")
        return found


def _shaped(node: Node, keyword: str, shape: type[_Shape]) -> _Shape:
    """Return what stands under a keyword, empty where nothing does."""
    found = node.get(keyword)
    if found is not None and not isinstance(found, shape):
        raise ModelUnreadable(f"{keyword!r} is {found!r:.100}, which it cannot be")
    return found or shape()


def _type_name(node: Node) -> str:
    """Return the type beside null."""
    return next(_type_names(node.get("type")), "")


def _type_names(given: object) -> Iterator[str]:
    names = given if isinstance(given, list) else [given]
    return (name for name in names if isinstance(name, str) and name != "null")


def _of_something(choices: object) -> Node | None:
    """Return the one choice that is not null."""
    if not isinstance(choices, list):
        return None
    real = [c for c in choices if isinstance(c, Mapping) and c.get("type") != "null"]
    return real[0] if len(real) == 1 else None


def _is_nillable(node: Node) -> bool:
    given = node.get("type")
    return "null" in given if isinstance(given, list) else bool(node.get("nillable"))


def _place(node: Node) -> Place:
    match node.get("@xsdType"):
        case "XmlAttribute" | "XsdAttribute":
            return Place.ATTRIBUTE
        case "XmlText" | "XsdText" | "XmlSimpleContentExtension":
            return Place.TEXT
        case _:
            return Place.ELEMENT


def _target(namespaces: object) -> str:
    if isinstance(namespaces, Mapping):
        found = namespaces.get("")
        return found if isinstance(found, str) else ""
    return ""
