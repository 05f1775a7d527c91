"""PDF of an application's pages, over HTTP and read as text."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from apps_registry import catalogue
from apps_registry.services import import_app
from data_elements.models import DataElement
from parties.models import Profile
from tests.changed_app import deploy
from tests.client import Api, assert_problem, body_of
from tests.factories import FORM
from tests.hooks.conftest import install, nothing_loaded
from tests.pdf.drawn_app import COMPONENT, SUBFORM, write_subform_app
from tests.pdf.reading import needs_drawing, text_of
from tests.pdf.unpacking import assert_accessible

__all__ = ["install", "nothing_loaded"]
pytestmark = [pytest.mark.usefixtures("sandbox"), needs_drawing]
INSTANCES = "/nav/app2018/instances"
PARTY = 501337


@pytest.fixture(autouse=True)
def in_bokmaal(sandbox: None) -> None:
    """The caller has chosen Bokmål."""
    Profile.objects.filter(pk=1337).update(language="nb")


def begun(app: Api) -> str:
    """Make an instance with the sample's form; return its address."""
    made = app.post(f"{INSTANCES}?instanceOwnerPartyId={PARTY}")
    assert made.status_code == 201, made.content
    url = f"{INSTANCES}/{made.json()['id']}"
    add(app, url, "default", FORM)
    return url


def add(app: Api, url: str, data_type: str, content: bytes) -> str:
    """Add a form; return its id."""
    answer = app.post(
        f"{url}/data?dataType={data_type}", body=content, content_type="application/xml"
    )
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def previewed(app: Api, url: str) -> list[str]:
    """Return the lines of the present task's PDF."""
    answer = app.get(f"{url}/pdf/preview?language=nb")
    assert answer.status_code == 200, answer.content
    return text_of(body_of(answer)).splitlines()


def test_a_subform_is_drawn_element_by_element(app: Api, tmp_path: Path) -> None:
    """A-186, A-217, A-239: each with its own answers, its name, and what it is of"""
    import_app(write_subform_app(tmp_path))
    catalogue.forget()
    url = begun(app)
    streets = {"Fjøset": "Bakken 1", "Smia": "Bakken 2"}
    places = {}
    for name, street in streets.items():
        inside = f"<navn>{name}</navn><gate>{street}</gate>"
        form = f"<{SUBFORM}>{inside}</{SUBFORM}>".encode()
        places[add(app, url, SUBFORM, form)] = name
    moved = app.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    assert moved.json()["endEvent"] == "submitted"
    listed = app.get(url).json()["data"]
    drawn = [one for one in listed if one["dataType"] == "ref-data-as-pdf"]
    metadata = [{m["key"]: m["value"] for m in one["metadata"]} for one in drawn]
    assert [one["subformComponentId"] for one in metadata] == [COMPONENT, COMPONENT]
    assert {one["subformDataElementId"] for one in metadata} == places.keys()
    for element, told in zip(drawn, metadata, strict=True):
        name = places[told["subformDataElementId"]]
        (other,) = set(places.values()) - {name}
        # What a file may not be called is replaced.
        assert element["filename"] == f"Arbeid hos {name}_ {streets[name]}.pdf"
        assert element["contentType"] == "application/pdf"
        assert element["references"] == [
            {"value": "confirm", "relation": "GeneratedFrom", "valueType": "Task"}
        ]
        content = body_of(app.get(f"{url}/data/{element['id']}"))
        assert_accessible(content, language="nb")
        lines = text_of(content).splitlines()
        at = lines.index("Arbeidsstedets navn")
        assert lines[at + 1 : at + 4] == [name, "Gateadresse", streets[name]]
        assert not any(other in line for line in lines)


def test_without_an_element_nothing_is_drawn(app: Api, tmp_path: Path) -> None:
    """A-239"""
    import_app(write_subform_app(tmp_path))
    catalogue.forget()
    url = begun(app)
    assert app.put(f"{url}/process/next").json()["endEvent"] == "submitted"
    kinds = [one["dataType"] for one in app.get(url).json()["data"]]
    assert kinds == ["default"]


SETS = {"id": "form", "dataType": "default", "tasks": ["formfilling"]}


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        (None, True),
        (False, True),
        (True, False),
        (["equals", ["dataModel", "arbeidstaker.navn"], "Nobody"], True),
        (["equals", ["dataModel", "diagnose.kode"], "R74"], False),
    ],
)
def test_the_foot_names_the_application_unless_it_hides_its_name(
    app: Api, tmp_path: Path, hidden: object, shown: bool
) -> None:
    """A-186, A-261: by uiSettings.hideAppNameInPdf, true or an expression"""
    stated = {} if hidden is None else {"hideAppNameInPdf": hidden}
    sets = {"sets": [SETS], "uiSettings": stated}
    deploy(tmp_path, files={"ui/layout-sets.json": sets})
    url = begun(app)
    (foot,) = {line for line in previewed(app, url) if "ID:" in line}
    assert foot.endswith(f"ID:{url.rpartition('-')[2]}")
    assert foot.startswith("Sykmelding ") is shown


@pytest.mark.parametrize(
    ("settings_of_app", "shown"),
    [
        ({}, True),
        ({"PdfGeneratorSettings": {"DisplayFooter": True}}, True),
        ({"pdfgeneratorsettings": {"displayFooter": "False"}}, False),
    ],
)
def test_the_foot_is_there_unless_the_settings_say_no(
    app: Api, tmp_path: Path, settings_of_app: Mapping[str, Any], shown: bool
) -> None:
    """A-186: PdfGeneratorSettings.DisplayFooter"""
    folder = {"../App/appsettings.json": settings_of_app}
    deploy(tmp_path, files=folder)
    url = begun(app)
    lines = previewed(app, url)
    assert any("ID:" in line for line in lines) is shown
    assert any(line.startswith("Side 1 av") for line in lines) is shown
    assert "Dokumentet er en forhåndsvisning" in lines


KEPT_OUT = {
    "ui/form/Settings.json": {
        "pages": {"order": ["arbeid", "sykdom"], "excludeFromPdf": ["sykdom"]}
    }
}
EMPLOYER, DOCTOR = "Grønn Rev Verksted AS", "Liv Fyrlykt"


def test_code_has_the_last_word_on_what_is_drawn(
    app: Api, tmp_path: Path, install: Callable[[str], None]
) -> None:
    """A-184, A-209: IPdfFormatter, for pdf/format and for what is drawn"""
    deploy(tmp_path, files=KEPT_OUT)
    url = begun(app)
    element = DataElement.objects.get(data_type="default").pk
    told = app.get(f"{url}/data/{element}/pdf/format").json()
    assert told == {"excludedPages": ["sykdom"], "excludedComponents": []}
    lines = previewed(app, url)
    assert (EMPLOYER in lines, DOCTOR in lines) == (True, False)
    install("tests.pdf.drawn_app:HidesEmployer")
    told = app.get(f"{url}/data/{element}/pdf/format").json()
    assert told["excludedPages"] == []
    assert told["excludedComponents"] == [
        "arbeidsgiver-navn",
        "arbeidsgiver-Astrid Fjordvik",
    ]
    lines = previewed(app, url)
    assert (EMPLOYER in lines, DOCTOR in lines) == (False, True)


def test_code_that_names_no_pages_fails(
    app: Api, tmp_path: Path, install: Callable[[str], None]
) -> None:
    """A-184, A-209"""
    deploy(tmp_path, files=KEPT_OUT)
    url = begun(app)
    install("tests.pdf.drawn_app:NamesNothing")
    element = DataElement.objects.get(data_type="default").pk
    for path in (f"data/{element}/pdf/format", "pdf/preview"):
        answer = app.get(f"{url}/{path}")
        assert_problem(answer, 500, code="app-hook-failed")
        assert "names" not in json.dumps(answer.json())
