"""The page of an application: its process, data types, policy and texts."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client

from apps_registry import catalogue
from apps_registry.app_folder import PROCESS
from apps_registry.bpmn import parse_process
from apps_registry.bpmn_layout import Layout, layout_of
from apps_registry.models import Application, DeploymentFile
from apps_registry.process_drawing import draw_process
from authorization.services import compiled_policy
from instances import statistics
from instances.application_admin import policy_rows
from parties.choices import OrgRole
from tests.altinn.desk import member, page_of, sign_in
from tests.factories import SAMPLES, make_instance
from tests.shared import SHARED

DOCUMENTS = sorted(
    [*SAMPLES.rglob("*.bpmn"), *Path("tests/apps").rglob("*.bpmn")]
    + ([*(SHARED / "apps").rglob("*.bpmn")] if SHARED.is_dir() else [])
)
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def viewer(sandbox: None) -> Client:
    """Somebody who looks at what nav has."""
    return sign_in(None, member(OrgRole.VIEWER))


def test_a_page_shows_what_is_deployed(viewer: Client) -> None:
    """Process with numbers, data types, policy and texts"""
    make_instance()
    statistics.refresh()
    text = viewer.get(page_of(Application.objects.get())).content.decode()
    assert "Utfylling (1), Bekreftelse (0)" in text
    for data_type in ("default", "vedlegg", "kvittering"):
        assert f'<th scope="row">{data_type}</th>' in text
    assert "<td>in task confirm</td><td>reject</td>" in text
    assert "organisation nav" in text
    assert "Everybody needs to be signed in at level 2, an organisation at" in text
    assert "nb: 25 texts" in text


def test_the_table_of_the_policy_is_what_decides(sandbox: None) -> None:
    """Every action and every grant of the compiled policy is a row"""
    definition = catalogue.definition_of("nav", "app2018")
    compiled = compiled_policy(definition)
    rows = policy_rows(definition)
    assert {row.action for row in rows} == compiled.actions
    assert len(rows) == sum(len(compiled.grants(a)) for a in compiled.actions)


def test_an_application_that_cannot_be_read_says_so(viewer: Client) -> None:
    """The rest of the page is there"""
    DeploymentFile.objects.filter(path=PROCESS).update(content=b"<broken")
    application = Application.objects.get()
    current = application.current
    assert current is not None
    current.content_hash = "0" * 64  # what was parsed before is kept by hash
    type(current).objects.filter(pk=current.pk).update(content_hash="0" * 64)
    answer = viewer.get(page_of(application))
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: "-".join(p.parts[-6:-3]))
def test_every_process_is_drawn_whole(path: Path) -> None:
    """As its author drew it, or in columns where he did not"""
    content = path.read_bytes()
    definition = parse_process(content)
    without = ElementTree.fromstring(content)  # noqa: S314  our own
    for child in list(without):
        if child.tag.endswith("BPMNDiagram"):
            without.remove(child)
    for document in (content, ElementTree.tostring(without), b"<nothing/>"):
        layout = layout_of(definition, document)
        assert layout.boxes.keys() == definition.elements.keys()
        assert layout.ways.keys() == definition.flows.keys()
        drawn = draw_process(definition, layout, counts={})
        root = ElementTree.fromstring(drawn)  # noqa: S314  our own
        assert _inside(root, layout)


def _inside(root: ElementTree.Element, layout: Layout) -> bool:
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    return all(
        left <= box.x
        and box.x + box.width <= left + width
        and top <= box.y
        and box.y + box.height <= top + height
        for box in layout.boxes.values()
    )


def test_columns_do_not_lie_upon_one_another() -> None:
    """No two elements share a place"""
    for path in DOCUMENTS:
        boxes = layout_of(parse_process(path.read_bytes()), b"<nothing/>").boxes
        assert len({box.middle for box in boxes.values()}) == len(boxes), path


@pytest.mark.parametrize("number", ["", "x", "nan", "inf", "1e400", "-1e300"])
def test_a_coordinate_that_is_none_falls_back_to_columns(number: str) -> None:
    """A picture of nonsense is no picture"""
    path = SAMPLES / "nav" / "app2018" / "App" / PROCESS
    content = path.read_bytes()
    definition = parse_process(content)
    broken = content.replace(b'x="260" y="100"', f'x="{number}" y="100"'.encode())
    assert broken != content
    assert layout_of(definition, broken) == layout_of(definition, b"<nothing/>")


def test_names_are_text_and_never_markup() -> None:
    """A task may be called anything"""
    path = SAMPLES / "nav" / "app2018" / "App" / PROCESS
    content = path.read_bytes().replace(b'name="Utfylling"', b'name="&lt;b&gt;"')
    definition = parse_process(content)
    drawn = draw_process(definition, layout_of(definition, content), counts={})
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
