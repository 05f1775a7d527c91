"""Files that an earlier import let through: never a 500, and never half an answer."""

from dataclasses import replace

import pytest

from api.problems import status_of
from apps_registry import public_files
from apps_registry.app_settings import front_end_settings
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppFileUnreadable
from apps_registry.texts import text_resource
from tests.factories import sample_app

pytestmark = pytest.mark.usefixtures("sandbox")


def with_file(path: str, content: bytes) -> AppDefinition:
    """Return the sample application with one more file."""
    app = sample_app()
    return replace(app, files={**app.files, path: content})


@pytest.mark.parametrize(
    "content", [b'{"not": "a list"}', b'["no object"]', b"[1", b"\xff"]
)
def test_options_of_another_shape_are_told(content: bytes) -> None:
    """A-158: the owner has to mend the file"""
    app = with_file("options/odd.json", content)
    with pytest.raises(AppFileUnreadable, match=r"options/odd\.json") as raised:
        public_files.options(app, "odd")
    assert status_of(raised.value) == 503


def test_an_option_without_a_value_has_null() -> None:
    """A-158: value always"""
    app = with_file("options/odd.json", b'[{"label": "a", "own": 1}]')
    assert public_files.options(app, "odd") == [{"value": None, "label": "a"}]


@pytest.mark.parametrize("content", [b'{"a": NaN}', b'{"a": "\\ud800"}', b"{", b""])
def test_json_that_no_client_reads_is_told(content: bytes) -> None:
    """A-168"""
    app = with_file("ui/footer.json", content)
    with pytest.raises(AppFileUnreadable):
        public_files.strict_json(app, "ui/footer.json")


def test_numbers_of_any_size_stay_what_they_are() -> None:
    """A-168"""
    app = with_file("ui/footer.json", b'{"a": 123456789012345678901234,}')
    rewritten = public_files.strict_json(app, "ui/footer.json")
    assert rewritten == b'{"a":123456789012345678901234}'


@pytest.mark.parametrize("content", [b"[]", b'{"resources": {}}', b"{"])
def test_texts_of_another_shape_are_told(content: bytes) -> None:
    """A-166"""
    app = with_file("config/texts/resource.se.json", content)
    with pytest.raises(AppFileUnreadable):
        text_resource(app, "se")


@pytest.mark.parametrize("content", [b"[]", b'{"FrontEndSettings": []}', b"{}"])
def test_settings_of_another_shape_are_none(content: bytes) -> None:
    """A-173"""
    app = with_file("appsettings.json", content)
    assert front_end_settings(app, environment="test") == {}


def test_long_lists_of_names_are_cut() -> None:
    """A problem document stays small, however much there is"""
    app = sample_app()
    many = {f"options/list{number:03}.json": b"[]" for number in range(70)}
    app = replace(app, files={**app.files, **many})
    with pytest.raises(Exception, match="list049 and 20 more") as raised:
        public_files.OPTIONS.get(app, "x" * 5000)
    assert len(str(raised.value)) < 1000
