"""Whether the two schemas of a data model say the same.

Where they differ, the XML schema decides names, order and namespace, and the JSON
schema types and constraints; whoever wrote them ought to know.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from apps_registry.app_contents import Contents
from apps_registry.definition import DataType
from apps_registry.public_files import JSON_SCHEMA, XML_SCHEMA
from forms.constraints import read_constraints
from forms.errors import ModelUnreadable
from forms.model import Member, Model, ObjectType, Simple
from forms.models import path_of
from forms.schema_model import read_json_schema
from forms.xsd_model import read_xsd

_MOST_TOLD: Final = 5
_KINDS: Final = {
    Simple.TEXT: "a text",
    Simple.NUMBER: "a number",
    Simple.INTEGER: "a whole number",
    Simple.TRUTH: "true or false",
}


def check_schemas(contents: Contents, data_type: DataType) -> None:
    """Warn of a schema that forms cannot be held to, and of what two say differently.

    The differences are one finding.
    """
    xsd = path_of(contents, XML_SCHEMA, data_type)
    schema = path_of(contents, JSON_SCHEMA, data_type)
    if schema is not None:
        _check_constraints(contents, schema)
    if xsd is None or schema is None:
        return
    try:
        ours = read_xsd(contents.files[xsd])
        theirs = read_json_schema(contents.files[schema])
    except ModelUnreadable:  # that is noted elsewhere
        return
    found = _differences(ours, theirs)
    told = list(islice(found, _MOST_TOLD))
    if told:
        more = " There is more." if next(found, None) else ""
        detail = f"{schema} differs from {xsd}: {'; '.join(told)}.{more}"
        contents.findings.warn(schema, "schemas-differ", detail)


def _check_constraints(contents: Contents, schema: str) -> None:
    try:
        read_json_schema(contents.files[schema])
    except ModelUnreadable:  # that is noted elsewhere
        return
    try:
        read_constraints(contents.files[schema])
    except ModelUnreadable as error:
        detail = f"Forms are not held to the schema: {error!s:.200}"
        contents.findings.warn(schema, "schema-not-validated", detail)


def _differences(xsd: Model, schema: Model) -> Iterator[str]:
    if xsd.namespace != schema.namespace and schema.namespace:
        yield f"the namespace is {xsd.namespace!r:.90} in the XML schema"
    yield from _in_type(xsd.type, schema.type, "", set())


def _in_type(
    xsd: ObjectType, schema: ObjectType, path: str, seen: set[tuple[int, int]]
) -> Iterator[str]:
    if (id(xsd), id(schema)) in seen:
        return
    seen.add((id(xsd), id(schema)))
    for name in sorted(xsd.members.keys() - schema.members.keys()):
        yield f"{path}{name} is in the XML schema alone"
    for name in sorted(schema.members.keys() - xsd.members.keys()):
        if not xsd.any:
            yield f"{path}{name} is in the JSON schema alone"
    both = [name for name in xsd.members if name in schema.members]
    if both != [name for name in schema.members if name in xsd.members]:
        yield f"the order of {path.rstrip('.') or 'the members'} differs"
    for name in both:
        yield from _in_member(
            xsd.members[name], schema.members[name], f"{path}{name}", seen
        )


def _in_member(
    xsd: Member, schema: Member, path: str, seen: set[tuple[int, int]]
) -> Iterator[str]:
    if xsd.repeated is not schema.repeated:
        where = "XML" if xsd.repeated else "JSON"
        yield f"{path} is a list in the {where} schema alone"
    match xsd.type, schema.type:
        case ObjectType() as ours, ObjectType() as theirs:
            yield from _in_type(ours, theirs, f"{path}.", seen)
        case Simple() as one, Simple() as other:
            if one is not other:
                yield f"{path} is {_KINDS[one]} in XML and {_KINDS[other]} in JSON"
        case _:
            yield f"{path} has members in one of the schemas alone"
