"""Where in a form something stands: as its path, as JSON pointer, and as XPath."""

from collections.abc import Sequence

from forms.model import Member, Model, ObjectType, Place

Path = Sequence[str | int]


def written(path: Path) -> str:
    """Return the path as clients write it: ``rows[0].name``."""
    found = ""
    for step in path:
        if isinstance(step, int):
            found += f"[{step}]"
        else:
            found += f".{step}" if found else step
    return found


def pointer(path: Path) -> str:
    """Return the path as a JSON pointer (RFC 6901)."""
    return "".join(
        f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path
    )


def xpath(path: Path, model: Model) -> str:
    """Return where the form's XML has it; what the model lacks ends the way.

    Namespaces are left out: all elements are of the model's own.
    """
    found, type_ = f"/{model.root}", model.type
    member: Member | None = None
    for step in path:
        if isinstance(step, int):
            found += f"[{step + 1}]"
            continue
        if not isinstance(type_, ObjectType) or step not in type_.members:
            break
        member = type_.members[step]
        match member.place:
            case Place.ELEMENT:
                found += f"/{member.xml_name}"
            case Place.ATTRIBUTE:
                found += f"/@{member.xml_name}"
            case Place.TEXT:
                found += "/text()"
        type_ = member.type  # type: ignore[assignment]  # a simple one ends the way
    return found


def json_path(steps: Sequence[tuple[str, int]], model: Model) -> tuple[str | int, ...]:
    """Return the path of an element in XML, its steps by local name and place.

    ``steps`` begin below the root; each place counts from 1 among those of its name.
    """
    found: list[str | int] = []
    type_: object = model.type
    for name, place in steps:
        if not isinstance(type_, ObjectType) or name not in type_.by_element:
            break
        member = type_.by_element[name]
        found.append(member.name)
        if member.repeated:
            found.append(place - 1)
        type_ = member.type
    return tuple(found)
