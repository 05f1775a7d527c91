"""What an application's own code changes in a form is told to its sender."""

from collections.abc import Callable

import pytest

from data_elements.models import DataElement
from instances.models import Instance
from tests.client import Api, body_of
from tests.factories import FORM

pytestmark = pytest.mark.usefixtures("sandbox")


def test_the_apps_code_changes_fields(
    app: Api, element: DataElement, install: Callable[[str], None]
) -> None:
    """A-110, A-111: 200 with the fields that it changed, by path"""
    install("Corrects")
    url = f"/nav/app2018/instances/{element.instance.instance_id}/data/{element.id}"
    answer = app.put(url, body=FORM, content_type="application/xml")
    assert answer.status_code == 200, answer.content
    assert answer.json()["changedFields"] == {
        "tilrettelegging": "Rettet",
        "diagnose.kodeverk": None,
        "diagnose.kode": None,
    }
    assert answer.json()["id"] == str(element.id)


def test_the_apps_code_changes_what_is_added_too(
    app: Api, instance: Instance, install: Callable[[str], None]
) -> None:
    """A-095: by each call that adds"""
    install("Corrects")
    base = f"/nav/app2018/instances/{instance.instance_id}/data"
    for url, status in ((f"{base}?dataType=default", 201), (f"{base}/default", 200)):
        answer = app.post(url, body=FORM, content_type="application/xml")
        assert answer.status_code == status, answer.content
        stored = DataElement.objects.get()
        read = body_of(app.get(f"{base}/{stored.id}"))
        assert b"<tilrettelegging>Rettet</tilrettelegging>" in read
        assert b"<diagnose><" not in read
        stored.delete()
