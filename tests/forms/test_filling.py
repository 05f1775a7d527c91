"""Setting and clearing fields of a form by their paths."""

import pytest

from forms import filling
from forms.filling import PrefillRefused
from forms.model import Model
from forms.models import model_of
from tests.factories import sample_app

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def model() -> Model:
    """The model of the sample's form."""
    app = sample_app()
    found = model_of(app, app.data_type("default"))
    assert found is not None
    return found


def test_texts_become_what_their_fields_take(model: Model) -> None:
    """A-066: names in any case, without dashes; what the form has not is left out"""
    prefill = {
        "arbeidsgiver.NAVN": "Grønn Rev",
        "arbeids-giver.stillings-prosent": " 80 ",
        "friskmeldtEtterPerioden": "True",
        "arbeidstaker.fodselsnummer": "01017012345",
        "unknown": "x",
        "arbeidsgiver.unknown.deeper": "x",
        "arbeidsgiver": "an object",
        "periode.fom": "2026-01-01",
        "periode[0].fom": "2026-01-01",
        "": "x",
        "..": "x",
    }
    assert filling.filled(prefill, model) == {
        "arbeidsgiver": {"navn": "Grønn Rev", "stillingsprosent": 80},
        "friskmeldtEtterPerioden": True,
        "arbeidstaker": {"fodselsnummer": "01017012345"},
    }


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("arbeidsgiver.stillingsprosent", "many", "a whole number"),
        ("arbeidsgiver.stillingsprosent", "1.5", "a whole number"),
        ("arbeidsgiver.stillingsprosent", "9" * 400, "a whole number"),
        ("friskmeldtEtterPerioden", "1", "true or false"),
    ],
)
def test_another_kind_is_refused(
    model: Model, path: str, text: str, wanted: str
) -> None:
    """A-066: by the name that was sent"""
    with pytest.raises(PrefillRefused) as refused:
        filling.filled({path: text}, model)
    assert wanted in refused.value.detail
    assert refused.value.issues[0].pointer == f"/prefill/{path}"


def test_fields_are_taken_out_of_every_row(model: Model) -> None:
    """A-072: names in any case, without dashes"""
    form = {
        "arbeidsgiver": {"navn": "A", "stillingsprosent": 80},
        "periode": [{"fom": "1", "grad": 5}, None, {"tom": "2", "grad": 6}],
        "tilrettelegging": "x",
    }
    paths = ["PERIODE.g-rad", "Tilrettelegging", "unknown", "arbeidsgiver.navn.deeper"]
    filling.clear(form, paths, model)
    assert form == {
        "arbeidsgiver": {"navn": "A", "stillingsprosent": 80},
        "periode": [{"fom": "1"}, None, {"tom": "2"}],
    }
