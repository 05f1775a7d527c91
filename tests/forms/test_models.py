"""Data models from XML and JSON schemas."""

import orjson
import pytest

from apps_registry import catalogue
from apps_registry.services import import_app
from forms.content import complete
from forms.errors import ModelUnreadable
from forms.model import Member, ObjectType, Place, Simple, members_of
from forms.models import model_of
from forms.schema_model import read_json_schema
from forms.xsd_model import read_xsd
from tests.shared import APPS

XS = "xmlns:xs='http://www.w3.org/2001/XMLSchema'"


def schema(body: str, **attributes: str) -> bytes:
    written = " ".join(f"{name}='{value}'" for name, value in attributes.items())
    return f"<xs:schema {XS} {written}>{body}</xs:schema>".encode()


def test_order_types_and_occurrence() -> None:
    """A-207, app-api.md §15.6"""
    model = read_xsd(
        schema(
            """
            <xs:element name="skjema" type="Skjema"/>
            <xs:complexType name="Skjema"><xs:sequence>
              <xs:element name="b" type="xs:int" nillable="true"/>
              <xs:choice maxOccurs="unbounded">
                <xs:element name="a" type="Kode"/></xs:choice>
              <xs:element name="sann" type="xs:boolean"/>
              <xs:element name="belop"><xs:complexType><xs:simpleContent>
                <xs:extension base="xs:decimal">
                  <xs:attribute name="orid" type="xs:positiveInteger" fixed="33"/>
                </xs:extension></xs:simpleContent></xs:complexType></xs:element>
              <xs:element name="barn" type="Skjema" minOccurs="0" maxOccurs="5"/>
            </xs:sequence>
            <xs:attribute name="versjon" type="xs:string"/></xs:complexType>
            <xs:simpleType name="Kode">
              <xs:restriction base="xs:string"/></xs:simpleType>
            """,
            targetNamespace="urn:skjema",
            elementFormDefault="qualified",
        )
    )
    assert (model.root, model.namespace) == ("skjema", "urn:skjema")
    members = model.type.members
    assert list(members) == ["b", "a", "sann", "belop", "barn", "versjon"]
    assert members["b"].type is Simple.INTEGER and members["b"].nillable
    assert members["a"].type is Simple.TEXT and members["a"].repeated
    assert members["sann"].type is Simple.TRUTH
    assert members["barn"].is_rows and members["barn"].type is model.type
    assert members["versjon"].place is Place.ATTRIBUTE
    amount = members["belop"].type
    assert isinstance(amount, ObjectType)
    assert amount.members["value"] == Member("value", Simple.NUMBER, place=Place.TEXT)
    assert amount.members["orid"].fixed == "33"


def test_extensions_groups_and_references() -> None:
    model = read_xsd(
        schema(
            """
            <xs:element name="skjema"><xs:complexType><xs:complexContent>
              <xs:extension base="Grunn"><xs:sequence>
                <xs:group ref="Mer"/><xs:element ref="kommentar"/>
              </xs:sequence></xs:extension></xs:complexContent></xs:complexType></xs:element>
            <xs:complexType name="Grunn"><xs:all>
              <xs:element name="id" type="xs:string"/></xs:all></xs:complexType>
            <xs:group name="Mer"><xs:sequence>
              <xs:element name="mer" type="xs:double"/></xs:sequence></xs:group>
            <xs:element name="kommentar" type="xs:string"/>
            """
        )
    )
    assert list(model.type.members) == ["id", "mer", "kommentar"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "no global element"),
        ("<xs:element name='a' type='xs:string'/>", "no members"),
        ("<xs:element name='a' type='B'/>", "'B' is not defined"),
        (
            "<xs:element name='a'><xs:complexType><xs:sequence><xs:element ref='b'/>"
            "</xs:sequence></xs:complexType></xs:element>",
            "'b' leads to nothing",
        ),
    ],
)
def test_schemas_without_a_model_are_refused(body: str, told: str) -> None:
    with pytest.raises(ModelUnreadable) as caught:
        read_xsd(schema(body))
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"]
)
def test_what_is_no_schema_is_refused(content: bytes) -> None:
    with pytest.raises(ModelUnreadable):
        read_xsd(content)


def test_a_json_schema_of_the_designer() -> None:
    """A-207, app-api.md §15.6"""
    model = read_json_schema(
        b"""{"@xsdRootElement": "data", "properties": {
            "form": {"$ref": "#/$defs/form"},
            "tall": {"type": ["integer", "null"]},
            "orid": {"type": "string", "const": "33", "@xsdType": "XsdAttribute"}},
          "$defs": {"form": {"type": "object", "properties": {
            "rader": {"type": "array", "items": {"$ref": "#/$defs/form"}},
            "navn": {"oneOf": [{"type": "null"}, {"type": "string"}]},
            "sann": {"type": "boolean"}}}}}"""
    )
    assert model.root == "data"
    form = model.type.members["form"].type
    assert isinstance(form, ObjectType)
    assert form.members["rader"].is_rows and form.members["rader"].type is form
    assert form.members["navn"].type is Simple.TEXT
    assert model.type.members["tall"].nillable
    assert model.type.members["orid"].place is Place.ATTRIBUTE


@pytest.mark.parametrize(
    "reference", ["#/$defs/s%C3%B8knad~1del", "#/$defs/s\u00f8knad~1del", "#/allOf/0"]
)
def test_references_are_read_as_json_pointers(reference: str) -> None:
    """RFC 6901: percent-encoded, escaped, and into a list"""
    part = {"type": "object", "properties": {"navn": {"type": "string"}}}
    schema = {
        "properties": {"form": {"$ref": reference}, "tall": {"type": "integer"}},
        "$defs": {"søknad/del": part},
        "allOf": [part],
    }
    form = read_json_schema(orjson.dumps(schema)).type.members["form"].type
    assert isinstance(form, ObjectType) and list(form.members) == ["navn"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"type": "string"}',
        b'{"properties": {"a": {"$ref": "#/$defs/b"}}}',
        b'{"properties": {"a": {"$ref": "http://elsewhere/b"}}}',
        b'{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},'
        b' "properties": {"a": {"$ref": "#/$defs/a"}}}',
    ],
)
def test_json_schemas_without_a_model_are_refused(content: bytes) -> None:
    with pytest.raises(ModelUnreadable):
        read_json_schema(content)


@pytest.mark.django_db
@pytest.mark.skipif(not APPS.is_dir(), reason="the real applications are not at hand")
@pytest.mark.parametrize("folder", sorted(p.name for p in APPS.glob("*") if p.is_dir()))
def test_every_form_of_a_real_application_has_a_model(folder: str) -> None:
    """A-207: an XML schema says the order; both schemas name the same members"""
    app_id = import_app(APPS / folder, org="ttd", app="template").app_id
    definition = catalogue.definition_of(*app_id.split("/"))
    for data_type in definition.data_types.values():
        if data_type.is_form and any(
            path.startswith("models/") and path.endswith((".xsd", ".schema.json"))
            for path in definition.files
        ):
            model = model_of(definition, data_type)
            assert model is not None, data_type.id
            assert list(members_of(model.type))
            assert model_of(definition, data_type) is model


def test_a_fixed_attribute_has_its_value_in_the_whole_view() -> None:
    """A-207: as the generated classes have it, of the kind that it is declared to be"""
    model = read_xsd(
        schema(
            """
            <xs:element name="skjema"><xs:complexType><xs:sequence>
              <xs:element name="belop"><xs:complexType><xs:simpleContent>
                <xs:extension base="xs:decimal">
                  <xs:attribute name="orid" type="xs:positiveInteger" fixed="33"/>
                  <xs:attribute name="feil" type="xs:integer" fixed="x"/>
                </xs:extension></xs:simpleContent></xs:complexType></xs:element>
              <xs:element name="navn" type="xs:string"/>
            </xs:sequence></xs:complexType></xs:element>
            """
        )
    )
    whole = complete({"belop": {"value": 5}}, model.type)
    assert whole == {"belop": {"value": 5, "orid": 33, "feil": None}, "navn": None}
    assert complete({}, model.type) == {"belop": None, "navn": None}
