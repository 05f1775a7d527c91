"""What readers are told of an instance's form, where the app's code has its say."""

from collections.abc import Callable, Mapping
from pathlib import Path

from process.hooks import AppHooks, FormRead, HookRefused
from tests import cast
from tests.client import Api, assert_problem
from tests.factories import FORM
from tests.stored import files_in

_HERE = "tests.hooks.test_form_reads"


class Tells(AppHooks):
    """An application whose own code adds to what is told."""

    def on_data_read(self, read: FormRead) -> Mapping[str, object]:
        """Say what it was told."""
        owner = read.instance.owner.party_id if read.instance else 0
        told = f"{owner} {read.element_id is not None} {read.language}"
        return {**read.form, "tilrettelegging": told}


class Hides(AppHooks):
    """An application whose own code tells nothing."""

    def on_data_read(self, read: FormRead) -> None:
        """Refuse."""
        raise HookRefused("secret", "Not for you.")


def form_in_an_instance(app: Api) -> str:
    """Make an instance with a form; return the form's address."""
    made = app.post(f"/nav/app2018/instances?instanceOwnerPartyId={cast.ORG_PARTY}")
    url = f"/nav/app2018/instances/{made.json()['id']}/data"
    sent = app.post(
        f"{url}?dataType=default", body=FORM, content_type="application/xml"
    )
    return f"{url}/{sent.json()['id']}"


def test_a_form_is_told_as_the_application_has_it(
    app: Api, own_blobs: Path, install: Callable[[str], None]
) -> None:
    """A-153: what is stored stays; without a tag, for it may be another next time"""
    install(f"{_HERE}:Tells")
    element = form_in_an_instance(app)
    for accept, word in (
        ("application/json", b'"500000 True en"'),
        ("*/*", b">500000 True en<"),
    ):
        answer = app.get(f"{element}?language=en", headers={"Accept": accept})
        assert word in answer.content
        assert "ETag" not in answer
    (stored,) = files_in(own_blobs)
    assert stored.read_bytes() == FORM


def test_a_refusal_tells_nothing(app: Api, install: Callable[[str], None]) -> None:
    """A-153: a 403 in the application's words"""
    element = form_in_an_instance(app)
    install(f"{_HERE}:Hides")
    problem = assert_problem(app.get(element), 403, code="app-refused-read")
    assert problem["detail"] == "Not for you."
