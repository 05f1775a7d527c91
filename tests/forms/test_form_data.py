"""Form data between XML, JSON and plain values."""

import gc
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from common.errors import DomainError
from forms import json_data, xml_data
from forms.errors import FormJsonRefused, FormXmlRefused
from forms.model import ROW_ID, Model
from forms.xsd_model import read_xsd

XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:skjema" elementFormDefault="qualified" xmlns="urn:skjema">
  <xs:element name="skjema"><xs:complexType><xs:sequence>
    <xs:element name="navn" type="xs:string" minOccurs="0"/>
    <xs:element name="alder" type="xs:int" minOccurs="0" nillable="true"/>
    <xs:element name="belop" type="xs:decimal" minOccurs="0"/>
    <xs:element name="sann" type="xs:boolean" minOccurs="0"/>
    <xs:element name="koder" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="barn" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:sequence>
        <xs:element name="navn" type="xs:string" minOccurs="0"/>
      </xs:sequence>
      <xs:attribute name="nr" type="xs:int"/>
      <xs:attribute name="altinnRowId" type="xs:string"/>
    </xs:complexType></xs:element>
    <xs:element name="felt" minOccurs="0"><xs:complexType><xs:simpleContent>
      <xs:extension base="xs:decimal">
        <xs:attribute name="orid" type="xs:int" fixed="33"/>
      </xs:extension></xs:simpleContent></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
MODEL: Model = read_xsd(XSD)
SCHEMA = etree.XMLSchema(etree.fromstring(XSD))


def of_xml(body: str) -> dict[str, Any]:
    return xml_data.read(f"<skjema xmlns='urn:skjema'>{body}</skjema>".encode(), MODEL)


def test_types_lists_of_one_attributes_and_text() -> None:
    """A-109, issue: arrays of one, nillable, attributes"""
    found = of_xml(
        "<navn>Ola</navn><alder> 7 </alder><belop>1.50</belop><sann>1</sann>"
        "<koder>a</koder><barn nr='2'><navn/></barn><felt orid='33'>4</felt>"
    )
    assert found == {
        "navn": "Ola",
        "alder": 7,
        "belop": 1.5,
        "sann": True,
        "koder": ["a"],
        "barn": [{"navn": "", "nr": 2}],
        "felt": {"orid": 33, "value": 4},
    }


def test_nil_missing_and_empty_numbers_are_nothing() -> None:
    assert of_xml("") == {}
    nil = "<alder xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/>"
    assert of_xml(nil) == {"alder": None}
    assert of_xml("<alder/><belop> </belop>") == {"alder": None, "belop": None}


def test_a_nil_is_nothing_however_deep_and_one_that_is_not_true_holds_what_it_has() -> (
    None
):
    """Only forms that have one somewhere are looked through for them"""
    xsi = "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"
    found = of_xml(
        f"<barn {xsi} nr='1'><navn i:nil='1'>x</navn></barn><barn {xsi} i:nil='true'/>"
        f"<navn {xsi} i:nil='false'>Ola</navn><alder {xsi} i:nil='0'>7</alder>"
    )
    assert found == {"barn": [{"navn": None, "nr": 1}], "navn": "Ola", "alder": 7}


def test_comments_in_values_are_passed_over() -> None:
    found = of_xml(
        "<navn>O<!-- c -->la</navn><alder><!-- c -->7</alder><!-- c -->"
        "<koder><!-- c --></koder><barn><!-- c --><navn>Kari</navn></barn>"
    )
    rows = [{"navn": "Kari"}]
    assert found == {"navn": "Ola", "alder": 7, "koder": [""], "barn": rows}


@pytest.mark.parametrize("text", ["7", " 7 ", "+7", "007", "7.0", "7e0", "\u0667", "2"])
def test_digits_are_read_as_their_kind_has_them(text: str) -> None:
    """Most numbers are digits alone, and truths may be; a digit is of ASCII"""
    is_number = text != "\u0667"
    is_whole = is_number and "." not in text and "e" not in text
    for name, is_taken in (("alder", is_whole), ("belop", is_number), ("sann", False)):
        body = f"<{name}>{text}</{name}>"
        if is_taken:
            assert of_xml(body) == {name: int(float(text))}
        else:
            with pytest.raises(FormXmlRefused):
                of_xml(body)


def test_reading_a_row_more_calls_few_functions() -> None:
    """A form of 50 kB has some thousand values, all of which are read in each step"""
    row = "<barn><navn>Ola</navn></barn><koder>a</koder><alder>7</alder>"

    def calls(rows: int) -> int:
        content = f"<skjema>{row * rows}</skjema>".encode()
        count = 0

        def called(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        gc.disable()  # its call-backs, of other tests' tools, would count too
        sys.setprofile(called)
        try:
            xml_data.read(content, MODEL)
        finally:
            sys.setprofile(None)
            gc.enable()
        return count

    calls(1)
    assert (calls(300) - calls(100)) / 200 <= 22


def test_what_the_model_lacks_is_left_out_and_namespaces_are_not_looked_at() -> None:
    """§5.10"""
    content = b"<skjema><ukjent>1</ukjent><navn x='1'>Kari</navn><!-- c --></skjema>"
    assert xml_data.read(content, MODEL) == {"navn": "Kari"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<alder>ti</alder>", "<alder> is 'ti', where a whole number is expected"),
        ("<alder>1.5</alder>", "a whole number"),
        ("<belop>1,5</belop>", "a number"),
        ("<belop>NaN</belop>", "a number"),
        ("<sann>ja</sann>", "true or false"),
        ("<navn><fornavn/></navn>", "holds elements"),
        ("<barn nr='x'/>", "a whole number"),
    ],
)
def test_wrong_values_are_refused_with_their_line(body: str, told: str) -> None:
    with pytest.raises(FormXmlRefused) as caught:
        of_xml(body)
    assert told in caught.value.detail
    assert "Line 1" in caught.value.detail


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<annet/>",
        b"<skjema>",
        b"<!DOCTYPE skjema [<!ENTITY a 'b'>]><skjema>&a;</skjema>",
        b"<skjema>" + b"<a>" * 100 + b"</a>" * 100 + b"</skjema>",
    ],
)
def test_hostile_and_foreign_xml_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        xml_data.read(content, MODEL)


_TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cc"])
)
_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "navn": _TEXT,
        "alder": st.integers(-(2**31), 2**31 - 1),
        "belop": st.decimals(-10_000, 10_000, places=2).map(
            lambda d: int(d) if d == int(d) else float(d)
        ),
        "sann": st.booleans(),
        "koder": st.lists(_TEXT, min_size=1, max_size=4),
        "barn": st.lists(
            st.fixed_dictionaries(
                {"navn": _TEXT},
                optional={
                    "nr": st.integers(-9, 9),
                    ROW_ID: st.uuids(version=4).map(str),
                },
            ),
            min_size=1,
            max_size=4,
        ),
        "felt": st.fixed_dictionaries(
            {"orid": st.just(33), "value": st.integers(0, 9)}
        ),
    },
)


@given(_DOCUMENTS)
def test_what_is_written_fits_the_schema_and_is_read_as_it_was(
    document: dict[str, Any],
) -> None:
    """A-250: members in the schema's order, whatever order they came in"""
    backwards = dict(reversed(document.items()))
    written = xml_data.write(backwards, MODEL)
    assert written.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    SCHEMA.assertValid(etree.fromstring(written))
    assert xml_data.read(written, MODEL) == document
    assert json_data.read(json_data.write(document), MODEL) == document


def test_what_xml_cannot_hold_is_replaced() -> None:
    """A-250, §18.7"""
    written = xml_data.write({"navn": "a\x00b\x85c\ufeff\ud800"}, MODEL)
    assert xml_data.read(written, MODEL) == {"navn": "a\ufffdb\ufffdc\ufffd\ufffd"}


def test_fixed_attributes_are_written_and_nulls_are_not() -> None:
    written = xml_data.write({"navn": None, "felt": {"value": 3}}, MODEL)
    assert b'orid="33"' in written
    assert b"navn" not in written


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Line 1"),
        (b"[]", "/ is [], where an object is expected"),
        (b'{"alder": 1.5}', "/alder is 1.5, where a whole number"),
        (b'{"alder": true}', "/alder is true, where a whole number"),
        (b'{"navn": 1}', "/navn is 1, where a text"),
        (b'{"sann": "true"}', "/sann"),
        (b'{"koder": "a"}', "where a list"),
        (b'{"barn": [{"nr": "x"}]}', "/barn/0/nr"),
        (b'{"belop": "1,5"}', "/belop"),
        (b'{"belop": 1e999}', "Line 1"),
        (b'{"navn": ' + b"[" * 1000 + b"]" * 1000 + b"}", "/navn is deeply nested"),
    ],
)
def test_wrong_json_is_refused_with_its_place(content: bytes, told: str) -> None:
    """§5.10"""
    with pytest.raises(FormJsonRefused) as caught:
        json_data.read(content, MODEL)
    assert told in caught.value.detail


def test_json_members_in_any_case_and_numbers_in_texts() -> None:
    content = b'\xef\xbb\xbf{"NAVN": "Ola", "alder": "7", "belop": "1.5", "x": [1]}'
    assert json_data.read(content, MODEL) == {"navn": "Ola", "alder": 7, "belop": 1.5}
