"""The data model of each data type, derived once per deployment in each process.

An XML schema says names, order and namespace; the JSON schema says types where both
have a member; without an XML schema the JSON schema says all.
"""

from dataclasses import replace
from weakref import WeakKeyDictionary

from apps_registry.definition import AppDefinition, DataType
from apps_registry.public_files import JSON_SCHEMA, XML_SCHEMA, HasFiles, Kind
from forms.constraints import Constraints, read_constraints
from forms.errors import ModelUnreadable
from forms.model import Member, Model, ObjectType, Simple
from forms.schema_model import read_json_schema
from forms.xml_schema import XmlSchema, read_xml_schema
from forms.xsd_model import read_xsd

_derived: WeakKeyDictionary[AppDefinition, dict[str, Model | None]] = (
    WeakKeyDictionary()
)


def model_of(app: AppDefinition, data_type: DataType) -> Model | None:
    """Return the model of a data type; None where the app has no schema for it.

    Raises ModelUnreadable.
    """
    models = _derived.setdefault(app, {})
    if data_type.id not in models:
        models[data_type.id] = derive(app, data_type)
    return models[data_type.id]


def constraints_of(app: AppDefinition, data_type: DataType) -> Constraints | None:
    """Return what the JSON schema of a data type demands; None where it has none.

    Raises ModelUnreadable.
    """
    content = _file(app, JSON_SCHEMA, data_type)
    return None if content is None else read_constraints(content)


def xml_schema_of(app: AppDefinition, data_type: DataType) -> XmlSchema | None:
    """Return the XML schema of a data type; None where it has none.

    Raises ModelUnreadable.
    """
    path = path_of(app, XML_SCHEMA, data_type)
    return None if path is None else read_xml_schema(app, path)


def derive(app: HasFiles, data_type: DataType) -> Model | None:
    """Return the model that the files say, anew; raises ModelUnreadable."""
    xsd = _file(app, XML_SCHEMA, data_type)
    schema = _file(app, JSON_SCHEMA, data_type)
    if xsd is None:
        return None if schema is None else read_json_schema(schema)
    model = read_xsd(xsd)
    if schema is None:
        return model
    try:
        typed = read_json_schema(schema)
    except ModelUnreadable:
        return model
    _take_types(model.type, typed.type, seen=set())
    return model


def _take_types(ours: ObjectType, theirs: ObjectType, *, seen: set[int]) -> None:
    """Let the JSON schema say which kind a simple member is of."""
    if id(ours) in seen:
        return
    seen.add(id(ours))
    for name, member in list(ours.members.items()):
        other = theirs.members.get(name)
        if other is None:
            continue
        match member.type, other.type:
            case ObjectType() as inner, ObjectType() as their_inner:
                _take_types(inner, their_inner, seen=seen)
            case Simple(), Simple() as kind if kind is not member.type:
                _put(ours, replace(member, type=kind))


def _put(type_: ObjectType, member: Member) -> None:
    type_.members[member.name] = member
    for index in (type_.by_element, type_.by_attribute):
        if member.xml_name in index:
            index[member.xml_name] = member
    if type_.text is not None and type_.text.name == member.name:
        type_.text = member


def _file(app: HasFiles, kind: Kind, data_type: DataType) -> bytes | None:
    path = path_of(app, kind, data_type)
    return None if path is None else app.files[path]


def path_of(app: HasFiles, kind: Kind, data_type: DataType) -> str | None:
    """Return the file that is named as the type is, or as the last part of its class.

    The class names the model (§15.6), the type's own id is the older habit.
    """
    for name in (data_type.class_ref.rpartition(".")[2], data_type.id):
        if kind.find(app, name) is not None:
            return kind.path(name)
    return None
