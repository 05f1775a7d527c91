"""The search by a body: what must not stand in an address, and pages of it."""

from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings

from instances.models import Instance
from parties.models import LookUpAttempt, Party
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
SEARCH = "/storage/api/v1/instances/search"
APP = {"appId": "nav/app2018"}


def ids(answer: object) -> set[str]:
    """Return the ids in a page."""
    assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]  # an answer
    return {one["id"] for one in answer.json()["instances"]}  # type: ignore[attr-defined]  # an answer


def test_the_owner_is_named_by_number(owner_storage: Api, instance: Instance) -> None:
    """Wishes 12: an organisation's or a person's number stands in no address or link"""
    number = Party.objects.get(pk=500000).org_number
    nested = {**APP, "instanceOwner": {"organisationNumber": number}}
    dotted = {**APP, "instanceOwner.organisationNumber": number}
    for body in (nested, dotted):
        answer = owner_storage.post(SEARCH, json={**body, "size": 1})
        assert ids(answer) == {instance.instance_id}
        assert number not in f"{answer.json()['self']}{answer.json()['next']}"
    person = Party.objects.exclude(ssn="").filter(ssn__isnull=False).first()
    assert person is not None
    his = make_instance(by=cast.OWNER_PRINCIPAL, party=person.pk)
    found = owner_storage.post(
        SEARCH, json={**APP, "instanceOwner": {"personNumber": person.ssn}}
    )
    assert ids(found) == {his.instance_id}


def test_an_unknown_number_finds_nothing_and_counts(owner_storage: Api) -> None:
    """S-307, T-36: whoever guesses numbers runs out of guesses, as with the header"""
    body = {**APP, "instanceOwner": {"personNumber": "01857012345"}}
    assert ids(owner_storage.post(SEARCH, json=body)) == set()
    assert LookUpAttempt.objects.count() == 1


@pytest.mark.parametrize(
    ("owner", "pointer"),
    [
        ({"personNumber": "123"}, "/instanceOwner/personNumber"),
        ({"organisationNumber": "abcdefghi"}, "/instanceOwner/organisationNumber"),
        (
            {"personNumber": "01857012345", "organisationNumber": "310000000"},
            "/instanceOwner/personNumber",
        ),
    ],
)
def test_a_number_that_is_none_is_pointed_at_and_not_repeated(
    owner_storage: Api, owner: dict[str, str], pointer: str
) -> None:
    """S-306 in a body"""
    answer = owner_storage.post(SEARCH, json={**APP, "instanceOwner": owner})
    document = assert_problem(answer, 400, code="parameter-invalid")
    assert [issue["pointer"] for issue in document["issues"]] == [pointer]
    assert not any(value in document["detail"] for value in owner.values())


def test_one_way_to_name_the_owner(owner_storage: Api) -> None:
    """S-291: a header beside the body's number is one too many"""
    header = {"X-Ai-InstanceOwnerIdentifier": "organisation:310000000"}
    body = {**APP, "instanceOwner": {"organisationNumber": "310000000"}}
    answer = owner_storage.post(SEARCH, json=body, headers=header)
    assert_problem(answer, 400, code="parameter-invalid")


def test_every_filter_of_the_list_is_a_member(owner_storage: Api) -> None:
    """Nested or dotted, one value or several, typed or as text"""
    made = make_instance(submitted=True)
    Instance.objects.filter(pk=made.pk).update(data_values={"a.b": "1", "n": "2"})
    running = make_instance()
    here = {made.instance_id}
    for body in (
        {"process": {"isComplete": True, "endEvent": "submitted"}},
        {"process.isComplete": "true", "status": {"isArchived": True}},
        {"dataValues": {"a.b": "1", "n": 2}},
        {"created": ["gte:2020-01-01", "lt:2999-01-01"], "confirmed": False}
        | {"status": {"isArchived": True}},
    ):
        assert ids(owner_storage.post(SEARCH, json={**APP, **body})) == here
    nothing = {"dataValues": {"n": None, "m": []}, "size": None, "searchString": []}
    assert len(ids(owner_storage.post(SEARCH, json={**APP, **nothing}))) == 2
    started = {**APP, "process": {"currentTask": "formfilling", "ended": None}}
    assert ids(owner_storage.post(SEARCH, json=started)) == {running.instance_id}


def test_mistakes_are_pointed_at_in_the_body(owner_storage: Api) -> None:
    """D-5, D-22: all at once, by JSON pointer"""
    body = {
        **APP,
        "size": "ti",
        "wat": 1,
        "process": {"isComplete": "kanskje", "nope": 1},
        "created": [1.5],
        "status": {"isArchived": {"deep": 1}},
    }
    document = assert_problem(
        owner_storage.post(SEARCH, json=body), 400, code="parameter-invalid"
    )
    assert {issue["pointer"] for issue in document["issues"]} == {
        "/size",
        "/wat",
        "/process/isComplete",
        "/process/nope",
        "/created",
        "/status/isArchived",
    }


@pytest.mark.parametrize("body", [[], "x", 3, [APP]])
def test_what_is_no_object_is_refused(owner_storage: Api, body: object) -> None:
    """A clear 400"""
    assert_problem(owner_storage.post(SEARCH, json=body), 400, code="search-invalid")


def test_parameters_beside_the_body_are_unknown_but_the_token(
    owner_storage: Api,
) -> None:
    """What a search asks for stands in its body"""
    answer = owner_storage.post(f"{SEARCH}?appId=nav/app2018", json=APP)
    assert_problem(answer, 400, code="parameter-invalid")


@pytest.mark.parametrize("in_body", [False, True], ids=["next-as-given", "in-the-body"])
def test_pages_go_on_with_the_same_body(owner_storage: Api, in_body: bool) -> None:
    """S-334 for a body; a token is of one search and of one caller"""
    made = [make_instance().instance_id for _ in range(5)]
    body = {**APP, "size": 2, "sortBy": "asc:lastChanged"}
    seen: list[str] = []
    address, sent = SEARCH, dict(body)
    while address:
        page = owner_storage.post(address, json=sent).json()
        seen += [one["id"] for one in page["instances"]]
        following = urlsplit(page["next"] or "")
        address = f"{following.path}?{following.query}" if page["next"] else ""
        token = following.query.removeprefix("continuationToken=")
        if in_body and address:
            address, sent = SEARCH, {**body, "continuationToken": token}
        if token:
            other = {**body, "confirmed": False, "continuationToken": token}
            answer = owner_storage.post(SEARCH, json=other)
            assert_problem(answer, 400, code="continuation-token-invalid")
    assert seen == made


def test_who_may_search_is_who_may_list(instance: Instance) -> None:
    """S-292 to S-296, S-299 for a body"""
    for caller, body, status in (
        (None, APP, 401),
        (cast.OWNER, {}, 400),
        (cast.OWNER_WITHOUT_SCOPE, APP, 403),
        (cast.OTHER_OWNER, APP, 403),
        (cast.OTHER_OWNER, {"org": "nav"}, 400),
        (cast.SOPHIE, APP, 400),
        (cast.SOPHIE, {**APP, "instanceOwner": {"partyId": 500000}}, 200),
        (cast.STRANGER, {**APP, "instanceOwner": {"partyId": 500000}}, 200),
    ):
        answer = Api(PLATFORM_HOST, caller).post(SEARCH, json=body)
        assert answer.status_code == status, (caller, body)
        if status == 200:
            seen = {instance.instance_id} if caller is cast.SOPHIE else set()
            assert ids(answer) == seen


def test_a_search_takes_the_scope_of_reading(
    owner_storage: Api, settings: LazySettings
) -> None:
    """Authorization.md §2.3: a POST that changes nothing"""
    settings.ALTINN_STRICT_INSTANCE_SCOPES = True
    reader = cast.service_owner("nav", scope=cast.READ_SCOPE)
    assert Api(PLATFORM_HOST, reader).post(SEARCH, json=APP).status_code == 200
