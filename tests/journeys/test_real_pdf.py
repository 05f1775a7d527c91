"""Receipts that the real applications at hand draw, as their process and pages say."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from apps_registry import catalogue
from data_elements.models import DataElement
from forms import xml_data
from forms.models import model_of
from forms.texts import Texts
from instances.models import Instance
from parties.models import Profile
from pdf import drawing
from pdf.contents import Document, Field, Heading
from process import pdf_contents, pdf_format, pdf_tasks
from process.pdf_contents import Subject
from tests import cast
from tests.client import DOMAIN, Api, assert_problem, body_of
from tests.journeys.test_real_apps import (
    DIRECTOR,
    FOLDERS,
    SCENARIO,
    fill_in,
    imported,
    started,
)
from tests.pdf.reading import needs_drawing
from tests.pdf.unpacking import assert_accessible

pytestmark = [
    pytest.mark.usefixtures("sandbox"),
    pytest.mark.skipif(not FOLDERS, reason="the real applications are not at hand"),
    needs_drawing,
]


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """What is drawn, in order; it is drawn all the same."""
    found: list[Document] = []

    def noted(document: Document) -> bytes:
        found.append(document)
        return drawing.draw(document)

    monkeypatch.setattr(pdf_tasks, "draw", noted)
    return found


def begun(folder: str, settings: LazySettings) -> tuple[Api, str, str]:
    """Begin an instance of a real application whose service tasks succeed."""
    settings.ALTINN_ENVIRONMENT = "development"  # where it disables eFormidling
    definition = imported(folder)
    settings.ALTINN_APP_HOOKS = [f"{definition.app_id}={SCENARIO}"]
    api = Api(f"{definition.org}.apps.{DOMAIN}", DIRECTOR)
    url, guid = started(api, definition)
    return api, url, guid


def write(api: Api, url: str, data_type: str, values: dict[str, Any]) -> None:
    """Fill in the form of a type."""
    instance = Instance.objects.get(pk=url.rpartition("/")[2])
    definition = catalogue.definition_of(instance.org, instance.app)
    model = model_of(definition, definition.data_types[data_type])
    assert model is not None
    element = DataElement.objects.get(instance=instance, data_type=data_type)
    answer = api.put(
        f"{url}/data/{element.pk}",
        body=xml_data.write(values, model),
        content_type="application/xml",
    )
    assert answer.status_code == 201, answer.content


def receipts(api: Api, url: str) -> list[tuple[dict[str, Any], bytes]]:
    """Return the receipts of an instance, as the owner downloads them."""
    listed = api.get(url).json()["data"]
    return [
        (one, body_of(api.get(f"{url}/data/{one['id']}")))
        for one in listed
        if one["dataType"] == "ref-data-as-pdf"
    ]


def answers(document: Document) -> dict[str, list[str]]:
    """Return the answers by their questions."""
    return {
        one.label: list(one.values) for one in document.blocks if isinstance(one, Field)
    }


def test_pdf_tasks_draw_what_their_configuration_says(
    settings: LazySettings, documents: list[Document]
) -> None:
    """A-186, A-217, A-239: by a PDF page, by a list of tasks; with names of texts"""
    api, url, guid = begun("service-task", settings)
    write(api, url, "model", {"property1": "Hei på <deg>"})
    assert (
        fill_in(api, url, "SubformModel", b"<SubformModel/>", "application/xml") == 201
    )
    assert api.put(f"{url}/process/next").status_code == 200
    write(api, url, "Model2", {"property1": "To", "fail": False})
    moved = api.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    assert Instance.objects.get(pk=guid).end_event == "EndEvent_1"
    summed_up, listed = documents
    assert answers(summed_up) == {
        "En tekst i Task_Utfylling1": ["Hei på <deg>"],
        "En tekst i Task_Utfylling2": ["To"],
        "Skal Task_Fail servicetask feile?": ["Nei"],
    }
    assert "Subform-1" not in [
        b.text for b in summed_up.blocks if isinstance(b, Heading)
    ]
    assert "Subform tekstfelt" in answers(listed)
    names = []
    for element, content in receipts(api, url):
        names.append(element["filename"])
        assert_accessible(content, language=documents[0].language)
        assert element["contentType"] == "application/pdf"
        assert element["references"][0]["relation"] == "GeneratedFrom"
    assert sorted(names) == [
        "Autogenerert PDF av Task_Utfylling1 og Task_Utfylling2.pdf",
        "PDF basert på layout-set.pdf",
    ]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_end_of_a_task_draws_in_the_language_of_the_owner(
    settings: LazySettings, documents: list[Document], language: str
) -> None:
    """A-221, EUS-4: as in an application without a service task for it"""
    Profile.objects.filter(pk=1337).update(language=language)
    api, url, guid = begun("template_v8", settings)
    moved = api.put(f"{url}/process/next")
    assert moved.status_code == 200, moved.content
    [(element, content)] = receipts(api, url)
    assert_accessible(content, language=language)
    assert element["filename"].endswith(".pdf")
    sender = {"nb": "Avsender", "nn": "Avsendar", "en": "Sender"}[language]
    facts = {one.label: one.values for one in documents[0].facts}
    assert facts[sender]
    assert guid.rpartition("-")[2] in documents[0].footer
    assert element["references"][0]["value"] == "Task_1"


def test_a_receipt_that_cannot_be_drawn_stops_the_step(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-222: nothing changes, and the data stays open"""
    api, url, guid = begun("template_v8", settings)
    before = Instance.objects.get(pk=guid)
    monkeypatch.setattr(drawing, "what_is_missing", lambda: "Pango")
    answer = api.put(f"{url}/process/next")
    assert_problem(answer, 500, code="pdf-unavailable")
    after = Instance.objects.get(pk=guid)
    assert (after.process, after.last_changed) == (before.process, before.last_changed)
    rows = DataElement.objects.filter(instance=guid)
    assert not rows.filter(locked_at__isnull=False).exists()
    assert not rows.filter(data_type="ref-data-as-pdf").exists()
    monkeypatch.undo()
    assert api.put(f"{url}/process/next").status_code == 200


def test_a_type_may_want_no_pdf(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-221: only for a form of the task whose type has enablePdfCreation"""
    api, url, guid = begun("template_v8", settings)
    instance = Instance.objects.get(pk=guid)
    found = catalogue.definition_of(instance.org, instance.app)
    types = {
        name: replace(one, enable_pdf_creation=False)
        for name, one in found.data_types.items()
    }
    changed = replace(found, data_types=types)
    monkeypatch.setattr(catalogue, "definition_of", lambda *names: changed)
    assert api.put(f"{url}/process/next").status_code == 200
    assert receipts(api, url) == []


def test_a_preview_says_that_it_is_one(settings: LazySettings) -> None:
    """A-185: a PDF of the present task; nothing is stored"""
    api, url, guid = begun("service-task", settings)
    before = DataElement.objects.filter(instance=guid).count()
    answer = api.get(f"{url}/pdf/preview?language=nb")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert_accessible(body_of(answer), language="nb")
    assert DataElement.objects.filter(instance=guid).count() == before
    Instance.objects.filter(pk=guid).update(current_task=None)
    problem = api.get(f"{url}/pdf/preview")
    assert_problem(problem, 404, code="pdf-preview-without-task")
    assert problem.json()["detail"] == "Did not find instance or task"


def test_what_is_kept_out_of_pdf(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-184: and what the 404 and the 409 say"""
    api, url, guid = begun("service-task", settings)
    kept_out = {
        "pages": {"order": ["Side1"], "excludeFromPdf": ["Side1"]},
        "components": {"excludeFromPdf": ["Input-cCz5h3"]},
    }
    monkeypatch.setattr(pdf_format, "settings_of_set", lambda *a: kept_out)
    element = DataElement.objects.filter(instance=guid).first()
    assert element is not None
    answer = api.get(f"{url}/data/{element.pk}/pdf/format")
    assert answer.json() == {
        "excludedPages": ["Side1"],
        "excludedComponents": ["Input-cCz5h3"],
    }
    missing = api.get(f"{url}/data/{guid}/pdf/format")
    assert_problem(missing, 404, code="data-element-not-found")
    Instance.objects.filter(pk=guid).update(current_task=None)
    ended = api.get(f"{url}/data/{element.pk}/pdf/format")
    assert_problem(ended, 409, code="pdf-format-without-task")
    assert ended.json()["detail"] == "Instance does not have a valid currentTask"
    stranger = Api(api.host, cast.STRANGER)
    assert_problem(stranger.get(f"{url}/pdf/preview"), 403, code="not-permitted")
    hidden = stranger.get(f"{url}/data/{element.pk}/pdf/format")
    assert_problem(hidden, 403, code="not-permitted")


def test_a_name_of_a_file_has_nothing_that_a_file_may_not_have(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A-186: what is illegal becomes _, and .pdf is added"""
    _, _url, guid = begun("service-task", settings)
    instance = Instance.objects.get(pk=guid)
    subject = Subject(
        principal=cast.SOPHIE_PRINCIPAL,
        definition=catalogue.definition_of(instance.org, instance.app),
        instance=instance,
        elements=[],
        language="nb",
        now=instance.created,
    )
    monkeypatch.setattr(Texts, "text", lambda *args, **kwargs: "a/b:c?")
    assert pdf_contents.file_name(subject, "key") == "a_b_c_.pdf"
