"""What a form consists of: its members in their order, with types and XML names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

ROW_ID = "altinnRowId"
TEXT_MEMBER = "value"  # what an element with attributes calls its own text


class Simple(Enum):
    """The kinds of simple values."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    TRUTH = "truth"


class Place(Enum):
    """Where in XML a member stands."""

    ELEMENT = "element"
    ATTRIBUTE = "attribute"
    TEXT = "text"


@dataclass(slots=True)
class ObjectType:
    """A type with members, in the order that XML wants them in.

    It is filled in after it is known, so that a type may contain itself. ``any`` takes
    members that are not declared, as they are.
    """

    members: dict[str, "Member"] = field(default_factory=dict)
    any: bool = False
    by_lower_case: dict[str, "Member"] = field(default_factory=dict, repr=False)
    by_element: dict[str, "Member"] = field(default_factory=dict, repr=False)
    by_attribute: dict[str, "Member"] = field(default_factory=dict, repr=False)
    text: "Member | None" = field(default=None, repr=False)
    objects: list["Member"] = field(default_factory=list, repr=False)

    def add(self, member: "Member") -> None:
        """Add a member after those that there are; the first of a name stays."""
        if member.name in self.members:
            return
        self.members[member.name] = member
        self.by_lower_case.setdefault(member.name.lower(), member)
        if isinstance(member.type, ObjectType):
            self.objects.append(member)
        match member.place:
            case Place.ELEMENT:
                self.by_element[member.xml_name] = member
            case Place.ATTRIBUTE:
                self.by_attribute[member.xml_name] = member
            case Place.TEXT:
                self.text = member


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. ``name`` is what JSON calls it, ``xml_name`` what XML.

    ``required`` is whether XML has the element always, ``nillable`` whether it may then
    say that it holds nothing.
    """

    name: str
    type: ObjectType | Simple
    xml_name: str = ""
    place: Place = Place.ELEMENT
    repeated: bool = False
    nillable: bool = False
    required: bool = False
    fixed: str | None = None
    qualified: bool = True

    @property
    def is_rows(self) -> bool:
        """Whether it is a list of objects, each of which has a row id."""
        return self.repeated and isinstance(self.type, ObjectType)


@dataclass(frozen=True, slots=True)
class Model:
    """A data model: the name of its root element, its namespace, and its type."""

    root: str
    namespace: str
    type: ObjectType

    def member_at(self, path: str) -> Member | None:
        """Return the member at a path without indexes, None when there is none."""
        found: Member | None = None
        current: ObjectType | Simple = self.type
        for name in path.split("."):
            if not isinstance(current, ObjectType) or name not in current.members:
                return None
            found = current.members[name]
            current = found.type
        return found


def members_of(type_: ObjectType | Simple) -> Iterator[Member]:
    """Yield the members of a type, none of a simple one."""
    if isinstance(type_, ObjectType):
        yield from type_.members.values()
