"""Applications that are served no more."""

import pytest

from apps_registry import catalogue
from apps_registry.errors import AppNotFound
from apps_registry.models import Application, Deployment
from instances.models import Instance
from tests.api.platform.registry_state import registry_state
from tests.api.platform.test_applications import (
    APPLICATIONS,
    OWN,
    anyone,
    create,
    designer,
)
from tests.client import assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")


def test_deleting_says_that_it_is_not_valid_any_more() -> None:
    """S-279: it is served and listed all the same"""
    answer = designer().delete(OWN)
    assert answer.status_code == 200
    assert answer.json()["validTo"].endswith("Z")
    assert anyone().get(OWN).json() == answer.json()
    assert len(anyone().get(APPLICATIONS).json()["applications"]) == 1


def test_deleting_for_good_serves_it_no_more() -> None:
    """S-279: instances stay, and what was deployed can be served again"""
    instance = make_instance()
    before = anyone().get(OWN).json()
    answer = designer().delete(f"{OWN}?hard=true")
    assert (answer.status_code, answer.json()) == (200, before)
    assert_problem(anyone().get(OWN), 404, code="app-not-found")
    assert anyone().get(APPLICATIONS).json() == {"applications": []}
    with pytest.raises(AppNotFound):
        catalogue.definition_of("nav", "app2018")
    assert Instance.objects.filter(pk=instance.pk).exists()
    assert Deployment.objects.count() == 1
    assert create("nav/app2018").status_code == 201
    assert Application.objects.get().current is not None


@pytest.mark.parametrize("query", ["", "?hard=true", "?hard=false"])
def test_what_is_not_there_is_not_deleted(query: str) -> None:
    """S-279"""
    before = registry_state()
    answer = designer().delete(f"{APPLICATIONS}/nav/nothing{query}")
    document = assert_problem(answer, 404, code="app-not-found")
    assert document["detail"] == (
        "Didn't find the object that should be deleted with appId=nav/nothing"
    )
    assert registry_state() == before
