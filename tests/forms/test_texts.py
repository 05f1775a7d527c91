"""Texts of the application, with variables, and those of the server's own."""

from dataclasses import replace
from typing import Any

import pytest

from forms import texts
from forms.backend_texts import APP_NAME, PDF_NAME, PDF_PREVIEW, REQUIRED, XSD
from forms.errors import ExpressionFailed
from forms.form_scope import FormScope, Place
from forms.scope import BareScope
from forms.texts import Texts
from forms.values import Value
from tests.forms.layout_app import app_with, around, page

FILE = "config/texts/resource.nb.json"


class _Scope(BareScope):
    """Knows one fact of each kind, and refuses to say another."""

    def about_instance(self, key: str) -> Value:
        """Return a fact."""
        if key != "appId":
            raise ExpressionFailed(key)
        return "nav/app2018"

    def setting(self, key: str) -> Value:
        """Return a setting."""
        return {"farge": "blå"}.get(key)


def said(
    value: str,
    *variables: dict[str, str],
    form: Value = None,
    rows: tuple[int, ...] = (),
    more: tuple[dict[str, Any], ...] = (),
    parameters: dict[str, str] | None = None,
) -> str | None:
    """Return what a text says at a place in a form."""
    entry = {"id": "a", "value": value, "variables": list(variables)}
    file = {"language": "nb", "resources": [entry, *more]}
    app = app_with({"s": page()}, files={FILE: file})
    here = around(app, default=form)
    here = type(here)(here.forms, _Scope(), here.texts)
    scope = FormScope(here, Place("default", "default", rows))
    return here.texts.text("a", scope, parameters)


def variable(source: str, key: str, **more: str) -> dict[str, str]:
    """Return a variable."""
    return {"key": key, "dataSource": source, **more}


@pytest.mark.parametrize(
    ("source", "key", "expected"),
    [
        ("dataModel.default", "navn", "Ola"),
        ("dataModel.default", "folk[{0}].navn", "Per"),
        ("dataModel.default", "folk.navn", "Per"),
        ("dataModel.default", "borte", "borte"),
        ("dataModel.default", "a..b", "a..b"),
        ("dataModel.vedlegg", "navn", "navn"),
        ("dataModel.ukjent", "navn", "navn"),
        ("instanceContext", "appId", "nav/app2018"),
        ("instanceContext", "ukjent", "ukjent"),
        ("applicationSettings", "farge", "blå"),
        ("applicationSettings", "ukjent", "ukjent"),
        ("customTextParameters", "felt", "gitt"),
        ("customTextParameters", "ukjent", "ukjent"),
        ("text", "b", "annen tekst"),
        ("text", "ukjent", "ukjent"),
        ("text", "a", "a"),
        ("noe annet", "navn", "navn"),
    ],
)
def test_a_variable_has_its_value_or_its_key(
    source: str, key: str, expected: str
) -> None:
    """A-204: each source; what cannot be read is as what is not there"""
    found = said(
        "-{0}-{0}-",
        variable(source, key),
        form={"navn": "Ola", "folk": [{"navn": "Eva"}, {"navn": "Per"}]},
        rows=(1,),
        more=({"id": "b", "value": "annen tekst"},),
        parameters={"felt": "gitt"},
    )
    assert found == f"-{expected}-{expected}-"


def test_a_default_stands_before_the_key() -> None:
    """A-204: value, default, key; in the order of the variables"""
    found = said(
        "{0} {1} {2} {3}",
        variable("instanceContext", "appId", defaultValue="x"),
        variable("instanceContext", "b", defaultValue="standard"),
        variable("instanceContext", "c", defaultValue=""),
    )
    assert found == "nav/app2018 standard  {3}"


def test_texts_that_name_each_other() -> None:
    """A-204: an end, and the key"""
    other = {"id": "b", "value": "b:{0}", "variables": [variable("text", "a")]}
    assert said("a:{0}", variable("text", "b"), more=(other,)) == "a:b:a"


def test_a_language_without_a_file_is_bokmal() -> None:
    """A-204: one with a file says what it has"""
    files = {
        FILE: {"language": "nb", "resources": [{"id": "a", "value": "norsk"}]},
        "config/texts/resource.nn.json": {"language": "nn", "resources": []},
    }
    app = app_with({"s": page()}, files=files)
    said_ = {
        language: Texts(app, language).text("a", BareScope())
        for language in ("nb", "nn", "se", "xxxx")
    }
    assert said_ == {"nb": "norsk", "nn": None, "se": "norsk", "xxxx": "norsk"}


@pytest.mark.parametrize(
    ("key", "nb", "nn", "en"),
    [
        (REQUIRED, "Feltet er påkrevd", "Feltet er påkravd", "Field is required"),
        (
            PDF_PREVIEW,
            "Dokumentet er en forhåndsvisning",
            "Dokumentet er ein førehandsvisning",
            "The document is a preview",
        ),
        (
            XSD,
            "Et felt bryter reglene satt av XSD. Melding: for kort",
            "Eit felt bryt reglane sette av XSD. Melding: for kort",
            "A field is in violation of the rules set by the XSD schema."
            " Message: for kort",
        ),
        (PDF_NAME, "Sykmelding.pdf", "Sjukmelding.pdf", "Sick leave certificate.pdf"),
    ],
)
def test_texts_of_the_servers_own(key: str, nb: str, nn: str, en: str) -> None:
    """A-205"""
    empty = {
        f"config/texts/resource.{language}.json": {
            "language": language,
            "resources": [],
        }
        for language in ("nb", "nn", "en")
    }
    app = app_with({"s": page()}, files=empty)
    for language, expected in (("nb", nb), ("nn", nn), ("en", en)):
        found = Texts(app, language).text(key, BareScope(), {"message": "for kort"})
        assert found == expected


@pytest.mark.parametrize(
    ("texts", "title", "expected"),
    [
        ({"appName": "A", "ServiceName": "S"}, {"nb": "T"}, "A"),
        ({"ServiceName": "S"}, {"nb": "T"}, "S"),
        ({}, {"en": "E", "nb": "T"}, "T"),
        ({}, {"en": "E"}, "E"),
        ({}, {}, "app2018"),
    ],
)
def test_what_an_application_is_called(
    texts: dict[str, str], title: dict[str, str], expected: str
) -> None:
    """A-205"""
    resources = [{"id": key, "value": value} for key, value in texts.items()]
    app = app_with(
        {"s": page()}, files={FILE: {"language": "nb", "resources": resources}}
    )
    app = replace(app, metadata={**app.metadata, "title": title})
    assert Texts(app, "nb").text(APP_NAME, BareScope()) == expected


def test_languages_without_texts_are_not_remembered() -> None:
    """Callers may name what they like; the memory of a process is not theirs"""
    file = {"language": "nb", "resources": [{"id": "a", "value": "Hei"}]}
    app = app_with({"s": page()}, files={FILE: file})
    for language in ("nb", "xx", "no-such-language"):
        assert Texts(app, language).text("a", _Scope()) == "Hei"
    assert set(texts._read[app]) == {"nb"}
