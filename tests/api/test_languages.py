"""The language that a caller is told things in."""

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from api import languages
from parties.models import Profile
from tests import cast
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import make_instance, sample_app
from tests.redeployed import redeploy

pytestmark = pytest.mark.usefixtures("sandbox")
TOLD = {"nb": "Legg til det som mangler", "nn": "som manglar", "en": "Add what is"}


def told(caller: cast.Person, query: str = "", **headers: str) -> str:
    """Return the language of the sentence that keeps an empty instance in its task."""
    url = f"/nav/app2018/instances/{make_instance().instance_id}/process/next{query}"
    answer = Api(APP_HOST, caller).put(url, headers={"Accept-Language": "", **headers})
    issues: list[Any] = assert_problem(answer, 409, code="task-not-complete")[
        "validationIssues"
    ]
    (found,) = {
        language
        for language, words in TOLD.items()
        if any(words in issue["description"] for issue in issues)
    }
    return found


def test_a_user_is_told_in_the_language_of_the_profile() -> None:
    """A-023: whoever has none, in Bokmål"""
    assert told(cast.SOPHIE) == "nn"
    Profile.objects.filter(pk=1337).update(language="xx")
    languages.forget()
    assert told(cast.SOPHIE) == "nb"
    assert told(cast.SYSTEM_USER) == "nb"


def test_what_the_call_asks_for_comes_before_the_profile() -> None:
    """A-023: the parameter, then the header, and of either what the server speaks"""
    assert told(cast.SOPHIE, "?language=en") == "en"
    accepts = {"Accept-Language": "de, nb-NO;q=0.8, en;q=0.7"}
    assert told(cast.SOPHIE, **accepts) == "nb"
    assert told(cast.SOPHIE, "?language=en", **accepts) == "en"
    assert told(cast.SOPHIE, "?language=de") == "nn"
    assert told(cast.SOPHIE, "?language=no") == "nb"


def test_a_language_is_spoken_as_soon_as_the_app_has_texts_in_it() -> None:
    """And no more when another deployment has none"""
    asked = Request(RequestFactory().get("/?language=de"))
    assert languages.language_of(asked, sample_app()) == "nb"
    texts: object = {"language": "de", "resources": []}
    redeploy({"config/texts/resource.de.json": texts})
    assert languages.language_of(asked, sample_app()) == "de"
    redeploy({"config/texts/resource.de.json": None})
    assert languages.language_of(asked, sample_app()) == "nb"
