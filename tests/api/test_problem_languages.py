"""Problems are told in the language that a call asks for, over HTTP (A-023)."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from common.errors import Conflict
from data_elements.models import DataElement
from instances.models import Instance
from tests import cast
from tests.client import APP_HOST, BASE_HOST, PLATFORM_HOST, Api
from tests.client import assert_problem as problem_of
from tests.factories import PDF, make_element, make_instance, reread

pytestmark = pytest.mark.usefixtures("sandbox")

TITLES = {"nb": "Ikke funnet", "nn": "Ikkje funnen", "en": "Not Found"}
NO_ELEMENT = {
    "nb": "Fant ikke noe dataelement med id: {}.",
    "nn": "Fann ikkje noko dataelement med id: {}.",
    "en": "Did not find data element {} on instance {}",
}
NO_ELEMENT_TITLES = {
    "nb": "Fant ikke dataelementet",
    "nn": "Fann ikkje dataelementet",
    "en": "Data Element Not Found",
}
NO_INSTANCE = {
    "nb": "Fant ingen instans med id: {}.",
    "nn": "Fann ingen instans med id: {}.",
    "en": "Unable to find instance {}",
}
# What a call says of languages, and the one that it is answered in.
CALLS = [
    ("", "nb", "nb"),
    ("", "nn", "nn"),
    ("", "en", "en"),
    ("", "nb-NO", "nb"),
    ("", "no", "nb"),
    ("", "NN-no", "nn"),
    ("", "en-US,en;q=0.9,nb;q=0.8", "en"),
    ("", "nb;q=0.3, nn;q=0.7, en;q=0.5", "nn"),
    ("", "de, nn;q=0.1", "nn"),
    ("", "nb;q=0, nn;q=0.1", "nn"),
    ("", "nb;q=0", "en"),
    ("", "de, fr;q=0.5", "en"),
    ("", "*", "en"),
    ("", "", "en"),
    ("", ";;;q=x,,\t", "en"),
    ("", "x" * 5000, "en"),
    ("language=nn", "", "nn"),
    ("language=NB", "en", "nb"),
    ("language=en", "nb", "en"),
    ("language=fr", "nb", "nb"),
    ("language=fr", "", "en"),
    ("language=%27", "nn", "nn"),
    ("LANGUAGE=nn", "nb", "nn"),
]


def told_in(answer: Any) -> str:
    """Return the language of a problem, after looking that its headers say the same."""
    language = str(answer["Content-Language"])
    assert "Accept-Language" in answer["Vary"]
    return language


@pytest.mark.parametrize(
    ("query", "accepted", "language"), CALLS, ids=[f"{q}|{a:.30}" for q, a, _ in CALLS]
)
def test_a_problem_is_in_the_language_that_is_asked_for(
    instance: Instance, query: str, accepted: str, language: str
) -> None:
    """The query, then the header by its qualities, then English; on both faces"""
    headers = {"Accept-Language": accepted} if accepted else {}
    guid = str(uuid4())
    app = Api(APP_HOST, cast.SOPHIE, headers)
    answer = app.get(
        f"/nav/app2018/instances/{instance.instance_id}/data/{guid}?{query}"
    )
    problem = problem_of(answer, 404, code="data-element-not-found")
    assert problem["title"] == NO_ELEMENT_TITLES[language]
    said = NO_ELEMENT[language].format(guid, instance.instance_id)
    assert problem["detail"] == said
    assert told_in(answer) == language
    storage = Api(PLATFORM_HOST, cast.SOPHIE, headers)
    answer = storage.get(f"/storage/api/v1/instances/501337/{guid}?{query}")
    problem = problem_of(answer, 404, code="instance-not-found")
    assert problem["title"] == TITLES[language]
    assert problem["detail"] == NO_INSTANCE[language].format(guid)
    assert told_in(answer) == language


def test_every_kind_of_program_that_asks_for_nothing_reads_english() -> None:
    """Literals that clients know: a profile in Nynorsk changes none"""
    guid = uuid4()
    for caller in (cast.SOPHIE, cast.OWNER, cast.SYSTEM_USER):
        url = f"/nav/app2018/instances/501337/{guid}/data/{uuid4()}"
        answer = Api(APP_HOST, caller).get(url)
        assert answer.json()["title"] in ("Not Found", "Forbidden")
        assert told_in(answer) == "en"


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("nb", "Ingen tilgang", "Reglene for applikasjonen tillater ikke write for"),
        ("nn", "Ingen tilgang", "Reglane for applikasjonen tillèt ikkje write for"),
        ("en", "Forbidden", "The policy of the application does not permit write to"),
    ],
)
def test_a_refusal_is_told_in_each_language_and_changes_nothing(
    instance: Instance, language: str, title: str, detail: str
) -> None:
    """Another caller's right is not a matter of language"""
    url = f"/nav/app2018/instances/{instance.instance_id}/data?dataType=vedlegg"
    for query, headers in (
        (f"&language={language}", {"Accept-Language": "en"}),
        ("", {"Accept-Language": f"{language};q=0.9, fr"}),
    ):
        stranger = Api(APP_HOST, cast.STRANGER, headers)
        answer = stranger.post(
            f"{url}{query}", body=PDF, content_type="application/pdf", filename="a.pdf"
        )
        problem = problem_of(answer, 403, code="not-permitted")
        assert problem["title"] == title
        assert problem["detail"].startswith(detail)
        assert told_in(answer) == language
    assert not DataElement.objects.exists()


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("nb", "Innholdstypen text/html passer ikke med filen, som er application/pdf"),
        ("nn", "Innhaldstypen text/html passar ikkje med fila, som er application/pdf"),
        ("en", "text/html does not match mime type application/pdf for uploaded file"),
    ],
)
def test_a_file_that_is_not_taken_is_told_with_its_reason(
    instance: Instance, language: str, reason: str
) -> None:
    """A-106: in the detail, and in the issue that users are shown"""
    url = f"/nav/app2018/instances/{instance.instance_id}/data?dataType=vedlegg"
    app = Api(APP_HOST, cast.SOPHIE, {"Accept-Language": language})
    answer = app.post(url, body=PDF, content_type="text/html", filename="a.pdf")
    problem = problem_of(answer, 400, code="file-refused")
    (issue,) = problem["uploadValidationIssues"]
    assert issue["description"] == problem["detail"]
    assert reason in problem["detail"]
    assert issue["code"] == "InvalidFileNameFormat"
    assert not DataElement.objects.exists()


def test_what_is_wrong_with_parameters_is_told_for_each(storage: Api) -> None:
    """S-327: the detail, the issues and ASP.NET's errors say the same"""
    url = "/storage/api/v1/instances?instanceOwner.partyId=501337&size=x&order=up"
    for language, size in (
        ("nb", "Verdien 'x' av size er ikke et helt tall fra 1 til 1000."),
        ("nn", "Verdien 'x' av size er ikkje eit heilt tal frå 1 til 1000."),
        ("en", "The value 'x' of size is not a whole number from 1 to 1000."),
    ):
        answer = storage.get(url, headers={"Accept-Language": language})
        problem = problem_of(answer, 400, code="parameter-invalid")
        assert problem["detail"].startswith(size)
        assert size in [one["detail"] for one in problem["issues"]]
        assert problem["errors"]["size"] == [size]


def test_a_precondition_names_what_was_changed(instance: Instance) -> None:
    """What a detail has of our own words is in its language; ids are as they are"""
    url = f"/storage/api/v1/instances/{instance.instance_id}/substatus"
    before = reread(instance)
    for language, words in (("nb", "er endret siden"), ("nn", "er endra sidan")):
        headers = {"Accept-Language": language, "If-Match": '"another"'}
        answer = Api(PLATFORM_HOST, cast.OWNER, headers).put(url, json={"label": "x"})
        problem = problem_of(answer, 412, code="precondition-failed")
        assert problem["detail"].startswith(f"Instansen {instance.instance_id} {words}")
    after = reread(instance)
    assert isinstance(before, Instance)
    assert isinstance(after, Instance)
    assert (after.substatus, after.last_changed) == (
        before.substatus,
        before.last_changed,
    )


def test_values_of_a_call_are_never_templates(instance: Instance) -> None:
    """Braces that a caller sends stand as they are, in any language"""
    element = make_element(instance=instance)
    url = f"/nav/app2018/instances/{instance.instance_id}/data/{element.pk}/tags"
    app = Api(APP_HOST, cast.SOPHIE, {"Accept-Language": "nn"})
    base = f"/nav/app2018/instances/{instance.instance_id}/data?dataType=vedlegg"
    answer = app.post(
        base, body=PDF, content_type="application/pdf", filename="{reason} {0} {x!r}"
    )
    problem = problem_of(answer, 400, code="file-refused")
    assert "{reason} {0} {x!r}" in problem["detail"]
    assert problem_of(app.post(url, json="{count}"), 400, code="tag-invalid")[
        "detail"
    ].startswith("Merkelappar")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/nav/app2018/instances/1/nowhere", "route-not-found"),
        ("DELETE", "/nav/app2018/api/v1/texts/nb", "method-not-allowed"),
        ("GET", "/nav/app2018/instances/501337/{}", "token-missing"),
    ],
)
def test_what_no_view_answers_has_a_language_too(
    method: str, path: str, code: str
) -> None:
    """Handlers of the urlconf and of REST framework speak alike"""
    path = path.format(uuid4())
    said = {}
    for language in ("nb", "nn", "en"):
        answer = Api(APP_HOST, None, {"Accept-Language": language}).call(method, path)
        assert answer.json()["code"] == code
        assert told_in(answer) == language
        said[language] = answer.json()["detail"]
    assert len(set(said.values())) == 3


def test_a_query_that_cannot_be_read_is_answered_in_the_headers_language() -> None:
    """A query of too many parameters has no ``language``; and is no server error"""
    many = "&".join(f"p{number}=1" for number in range(1000))
    token = {"Authorization": f"Bearer {cast.SOPHIE.token()}"}
    for host, path, code in (
        (APP_HOST, "/nav/app2018/instances/501337/active", "request-refused"),
        (PLATFORM_HOST, "/storage/api/v1/applications", "request-refused"),
        (BASE_HOST, "/nowhere", "route-not-found"),
    ):
        answer = Client(raise_request_exception=False).get(
            f"{path}?{many}&language=nn",
            headers={"host": f"{host}:8000", "accept-language": "nb", **token},
        )
        assert answer.json()["code"] == code
        assert told_in(answer) == "nb"


def test_the_page_of_a_problem_has_its_detail_in_each_language() -> None:
    """What is in English alone is there once"""
    page = Api(BASE_HOST).get("/problems/data-element-locked").content.decode()
    for said in (
        "<pre>Data element {element_id} is locked",
        '<pre lang="nb">Dataelementet {element_id} er låst',
        '<pre lang="nn">Dataelementet {element_id} er låst',
    ):
        assert said in page
    for code in ("parameter-invalid", "deployment-not-found"):
        page = Api(BASE_HOST).get(f"/problems/{code}").content.decode()
        assert page.count("<pre") == 1


def test_the_page_of_a_problem_begins_with_what_it_says_in_general() -> None:
    """Also of codes that single faces tell in words of their own, and of families"""
    page = Api(BASE_HOST).get("/problems/data-type-unknown").content.decode()
    general = page.index("<pre>Requested element type is not declared")
    assert general < page.index("<pre>Could not find the specified data type")
    listed = Api(BASE_HOST).get("/problems").content.decode()
    assert "The data type takes a right of its own" not in listed
    assert Api(BASE_HOST).get("/problems/gone").status_code == 200


class Wordless(Conflict):
    """What the code of an application might raise, with no words of its own."""

    code = "wordless"


def test_a_problem_without_words_is_listed_with_those_of_its_kind() -> None:
    assert "wordless" in Api(BASE_HOST).get("/problems").content.decode()
    page = Api(BASE_HOST).get("/problems/wordless").content.decode()
    assert "What the code of an application might raise" in page


def test_a_host_that_is_not_served_is_refused_in_the_language() -> None:
    answer = Client().get(
        "/", headers={"host": "elsewhere.example", "accept-language": "nn"}
    )
    problem = answer.json()
    assert problem["code"] == "host-unknown"
    assert problem["detail"].startswith("Denne tenaren svarer ikkje for verten")


def test_a_task_that_is_not_complete_says_so_in_one_language() -> None:
    """A-208: title, detail and the issues below them"""
    url = f"/nav/app2018/instances/{make_instance().instance_id}/process/next"
    for language, title in (
        ("nb", "Oppgaven er ikke ferdig utfylt"),
        ("nn", "Oppgåva er ikkje ferdig utfylt"),
        ("en", "Validation failed for task"),
    ):
        answer = Api(APP_HOST, cast.SOPHIE).put(f"{url}?language={language}")
        problem = problem_of(answer, 409, code="task-not-complete")
        assert problem["title"] == title
        assert "formfilling" in problem["detail"]
        assert told_in(answer) == language


def test_a_lock_of_nothing_names_the_instance() -> None:
    """S-208: clients know the English without it"""
    url = f"/storage/api/v1/instances/501337/{uuid4()}"
    storage = Api(PLATFORM_HOST, cast.SOPHIE, {"Accept-Language": "nb"})
    answer = storage.post(f"{url}/lock", json={"ttlSeconds": 10})
    problem = problem_of(answer, 404, code="instance-not-found")
    assert problem["detail"] == f"Fant ingen instans med id: 501337/{url[-36:]}."
