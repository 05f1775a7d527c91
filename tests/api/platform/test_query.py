"""The query of instances: who may ask, every filter, pages."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest

from common.times import wire_time
from data_elements.models import DataElement
from instances.models import Instance
from parties.models import Party
from tests import cast
from tests.client import PLATFORM_HOST, STORAGE_HOST, Api, assert_problem
from tests.factories import PDF, make_element, make_instance, now, submit

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
APP = f"{ALL}?appId=nav/app2018"


def ids(answer: object) -> set[str]:
    """Return the ids in a page."""
    assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]  # an answer
    return {one["id"] for one in answer.json()["instances"]}  # type: ignore[attr-defined]  # an answer


# --- who may ask ----------------------------------------------------------------------
_ROWS = {
    "M:S-01": ("", {"AN": 401, "OA": 400, "OB": 403, "OX": 400, "UW": 400, "UN": 400}),
    "M:S-02": ("?org=nav", {"AN": 401, "OA": 200, "OB": 403, "OX": 400, "UW": 400}),
    "M:S-03": (
        "?appId=nav/app2018",
        {"AN": 401, "OA": 200, "OB": 403, "OX": 403, "UW": 400},
    ),
    "M:S-04": (
        "?instanceOwner.partyId=500000",
        {"OA": 400, "OX": 400, "UW": 200, "UN": 200},
    ),
    "M:S-05": (
        "?appId=nav/app2018&instanceOwner.partyId=500000",
        {"AN": 401, "OA": 200, "OB": 403, "OX": 403, "UW": 200, "UN": 200},
    ),
}
_CALLERS = {
    "AN": None,
    "OA": cast.OWNER,
    "OB": cast.OWNER_WITHOUT_SCOPE,
    "OX": cast.OTHER_OWNER,
    "UW": cast.SOPHIE,
    "UN": cast.STRANGER,
}


@pytest.mark.parametrize(
    ("query", "caller", "status"),
    [
        pytest.param(query, caller, status, id=f"{row}-{caller}")
        for row, (query, cells) in _ROWS.items()
        for caller, status in cells.items()
    ],
)
def test_who_may_list(instance: Instance, query: str, caller: str, status: int) -> None:
    """S-292 to S-296, S-299, authorization.md §6.2; a stranger's list is empty"""
    answer = Api(PLATFORM_HOST, _CALLERS[caller]).get(ALL + query)
    assert answer.status_code == status
    if status == 200:
        expected = set() if caller == "UN" else {instance.instance_id}
        assert ids(answer) == expected


def test_another_orgs_unknown_application_is_as_one_that_is_forbidden(
    instance: Instance,
) -> None:
    """S-296, 5.2: the policy is asked, and where there is none nothing is permitted"""
    other = Api(PLATFORM_HOST, cast.OTHER_OWNER)
    for app_id in ("nav/nothing", "nothing/nothing", "nav/app2018"):
        answer = other.get(f"{ALL}?appId={app_id}")
        assert_problem(answer, 403, code="not-permitted")
        answer = other.post(f"{ALL}/search", json={"appId": app_id})
        assert_problem(answer, 403, code="not-permitted")
    assert ids(other.get(f"{ALL}?appId=skd/nothing")) == set()


def test_the_owner_can_be_named_in_a_header(storage: Api, instance: Instance) -> None:
    """M:S-06, M:S-07, S-291, S-306 to S-308, clients.md"""
    number = Party.objects.get(pk=500000).org_number
    header = {"X-Ai-InstanceOwnerIdentifier": f"Organisation: {number}"}
    assert ids(storage.get(ALL, headers=header)) == {instance.instance_id}
    both = storage.get(f"{ALL}?instanceOwner.partyId=500000", headers=header)
    assert_problem(both, 400, code="parameter-invalid")
    unknown = {"X-Ai-InstanceOwnerIdentifier": "person:01857012345"}
    assert ids(storage.get(ALL, headers=unknown)) == set()
    for bad in ("person:123", "alien:1", "person"):
        answer = storage.get(ALL, headers={"X-Ai-InstanceOwnerIdentifier": bad})
        assert_problem(answer, 400, code="parameter-invalid")


def test_a_user_without_party_gets_all_his_parties_by_the_proposal(
    instance: Instance,
) -> None:
    """seed-api.md §3: an end user may leave out the party"""
    other = make_instance(party=12345)
    make_instance(by=cast.OWNER_PRINCIPAL, party=510004)
    found = ids(Api(STORAGE_HOST, cast.SOPHIE).get("/nav/app2018/instances"))
    assert found == {instance.instance_id, other.instance_id}
    assert ids(Api(STORAGE_HOST, cast.STRANGER).get("/nav/app2018/instances")) == set()


# --- filters --------------------------------------------------------------------------
@pytest.fixture
def three() -> dict[str, Instance]:
    """A running, an ended and a confirmed instance."""
    return {
        "running": make_instance(),
        "ended": make_instance(submitted=True),
        "confirmed": make_instance(confirmed=True),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("isCompleted=true", {"ended", "confirmed"}),
        ("isCompleted=false", {"running"}),
        ("process.isComplete=True", {"ended", "confirmed"}),
        ("PROCESS.ISCOMPLETE=false", {"running"}),
        ("workflowStateId=submitted", {"ended", "confirmed"}),
        ("workflowStateId=FormFilling", {"running"}),
        ("workflowStateId=confirm", set()),
        ("process.currentTask=formfilling", {"running"}),
        ("process.currentTask=submitted", set()),
        ("process.endEvent=submitted", {"ended", "confirmed"}),
        ("excludeConfirmedBy=nav", {"running", "ended"}),
        ("excludeConfirmedBy=NAV", {"running", "ended"}),
        ("excludeConfirmedBy=skd", {"running", "ended", "confirmed"}),
        ("confirmed=true", {"confirmed"}),
        ("confirmed=false", {"running", "ended"}),
        ("status.isArchived=true", {"ended", "confirmed"}),
        ("status.isSoftDeleted=true", set()),
        ("status.IsHardDeleted=false", {"running", "ended", "confirmed"}),
        ("formId=default", {"ended", "confirmed"}),
        ("formId=vedlegg", set()),
        ("instanceOwner.partyId=500000", {"running", "ended", "confirmed"}),
        ("instanceOwnerId=12345", set()),
        ("isCompleted=true&excludeConfirmedBy=nav", {"ended"}),
        ("downloadedByOwner=true", {"running"}),
        ("downloadedByOwner=false", {"ended", "confirmed"}),
        ("downloadConfirmed=true", {"running"}),
        ("downloadConfirmed=false", {"ended", "confirmed"}),
    ],
)
def test_filters(
    owner_storage: Api, three: dict[str, Instance], query: str, expected: set[str]
) -> None:
    """S-298, S-314 to S-316, S-321 to S-324, seed-api.md §3"""
    found = ids(owner_storage.get(f"{APP}&{query}"))
    assert found == {three[name].instance_id for name in expected}


def test_downloads_and_confirmations_of_every_counting_element(
    owner_storage: Api, owner_app: Api
) -> None:
    """seed-api.md §3: elements of the owner itself and deleted ones do not count"""
    instance = make_instance(filled=True)
    attachment = make_element(
        instance=instance,
        type_id="vedlegg",
        content=PDF,
        content_type="application/pdf",
        filename="a.pdf",
    )
    submit(instance)
    make_element(
        instance=instance,
        by=cast.OWNER_PRINCIPAL,
        type_id="kvittering",
        content=PDF,
        content_type="application/pdf",
        filename="k.pdf",
    )
    form = DataElement.objects.get(data_type="default")
    base = f"/app2018/instances/{instance.id}/data"
    owner_app.get(f"{base}/{form.id}")
    assert ids(owner_storage.get(f"{APP}&downloadedByOwner=true")) == set()
    owner_app.get(f"{base}/{attachment.id}")
    assert ids(owner_storage.get(f"{APP}&downloadedByOwner=true")) == {
        instance.instance_id
    }
    for element in (form, attachment):
        owner_app.post(f"{base}/{element.id}/downloaded")
    assert ids(owner_storage.get(f"{APP}&downloadConfirmed=false")) == set()
    assert ids(owner_storage.get(f"{APP}&downloadConfirmed=true")) == {
        instance.instance_id
    }


@pytest.mark.parametrize("name", ["created", "lastChanged"])
def test_times_take_operators(
    owner_storage: Api, instance: Instance, name: str
) -> None:
    """S-317, S-318"""
    moment = instance.created if name == "created" else instance.last_changed
    text = wire_time(moment)
    later = wire_time(moment + timedelta(microseconds=1))
    here = {instance.instance_id}
    assert ids(owner_storage.get(f"{APP}&{name}=eq:{text}")) == here
    assert ids(owner_storage.get(f"{APP}&{name}=gte:{text}&{name}=lt:{later}")) == here
    assert ids(owner_storage.get(f"{APP}&{name}=gt:{text}")) == set()
    assert ids(owner_storage.get(f"{APP}&{name}=lte:{text}")) == here
    offset = quote(text.replace("Z", "+00:00"))
    assert ids(owner_storage.get(f"{APP}&{name}=eq:{offset}")) == here


def test_since_is_last_changed_from_then_on(
    owner_storage: Api, instance: Instance
) -> None:
    """seed-api.md §3"""
    here = {instance.instance_id}
    since = wire_time(instance.last_changed)
    assert ids(owner_storage.get(f"{APP}&since={since}")) == here
    after = wire_time(now() + timedelta(days=1))
    assert ids(owner_storage.get(f"{APP}&since={after}")) == set()


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("created=2024-01-01T10:00:00Z", "created"),
        ("created=ne:2024-01-01", "created"),
        ("created=gt:i går", "created"),
        ("lastChanged=GT:2024-01-01", "lastChanged"),
        ("isCompleted=kanskje", "kanskje"),
        ("instanceOwner.partyId=x", "partyId"),
        ("instanceOwner.partyId=99999999999", "partyId"),
        ("instanceOwner.partyId=50_0000", "partyId"),
        ("instanceOwner.partyId=%20500000", "partyId"),
        ("instanceOwner.partyId=%D9%A5", "partyId"),
        ("size=0", "size"),
        ("size=1001", "size"),
        ("size=-1", "size"),
        ("size=ti", "size"),
        ("order=created", "order"),
        ("appIds=nav/app2018", "appIds"),
        ("org=nav&org=skd", "org"),
        ("continuationToken=tull", "continuationToken"),
        ("org=%00", "org"),
    ],
)
def test_what_cannot_be_read_is_named(
    owner_storage: Api, query: str, word: str
) -> None:
    """S-319, S-327, S-328, S-336 done right, D-22: a 400 that names the parameter"""
    answer = owner_storage.get(f"{APP}&{query}")
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_hard_deleted_instances_are_the_owners_alone(
    storage: Api, owner_storage: Api
) -> None:
    """M:S-08, S-303 to S-305"""
    gone = make_instance(hard_deleted=True)
    party = "&instanceOwner.partyId=500000"
    assert ids(storage.get(f"{APP}{party}&status.isHardDeleted=true")) == set()
    assert ids(storage.get(f"{APP}{party}")) == set()
    assert ids(owner_storage.get(f"{APP}&status.isHardDeleted=true")) == {
        gone.instance_id
    }


# --- pages ----------------------------------------------------------------------------
@pytest.mark.parametrize("order", ["desc:lastChanged", "asc:lastChanged"])
@pytest.mark.parametrize(
    "encoded", [False, True], ids=["as-given", "encoded-once-more"]
)
def test_following_next_visits_each_once(
    owner_storage: Api, order: str, encoded: bool
) -> None:
    """S-329, S-331 to S-335, clients.md: next as given, or encoded once more"""
    made = [make_instance().instance_id for _ in range(5)]
    seen: list[str] = []
    url = f"{APP}&size=2&order={order}"
    while url:
        page = owner_storage.get(url).json()
        seen += [one["id"] for one in page["instances"]]
        assert page["count"] == len(page["instances"])
        following = page["next"]
        parts = urlsplit(following) if following else None
        url = f"{parts.path}?{parts.query}" if parts else ""
        if encoded and url:
            head, _, token = url.partition("continuationToken=")
            url = f"{head}continuationToken={quote(token)}"
    assert seen == (made[::-1] if order.startswith("desc") else made)


def test_a_token_is_bound_to_caller_filters_and_order(
    owner_storage: Api, storage: Api
) -> None:
    """T-32, Z-106"""
    for _ in range(3):
        make_instance()
    page = owner_storage.get(f"{APP}&size=1").json()
    token = page["next"].partition("continuationToken=")[2]
    for query in (
        f"{APP}&size=1&isCompleted=false&continuationToken={token}",
        f"{APP}&size=1&order=asc&continuationToken={token}",
        f"{APP}&size=1&continuationToken={token[:-1]}",
    ):
        answer = owner_storage.get(query)
        assert_problem(answer, 400, code="continuation-token-invalid")
    query = f"{APP}&instanceOwner.partyId=500000&continuationToken={token}"
    assert_problem(storage.get(query), 400, code="continuation-token-invalid")
    # The size of a page is no part of the place in the list.
    other_size = owner_storage.get(f"{APP}&size=2&continuationToken={token}")
    assert len(ids(other_size)) == 2


def test_pages_tell_where_they_are_on_each_way_in(
    owner_proposal: Api, instance: Instance
) -> None:
    """seed-api.md §5: absolute and callable as given"""
    make_instance()
    page = owner_proposal.get("/nav/app2018/instances?size=1").json()
    assert page["next"].startswith(
        "http://storage.altinn.test:8000/nav/app2018/instances?size=1&continuationToken="
    )


def test_data_elements_can_be_left_out(
    owner_storage: Api, element: DataElement
) -> None:
    """S-326"""
    with_data = owner_storage.get(APP).json()["instances"][0]["data"]
    assert [e["id"] for e in with_data] == [str(element.id)]
    without = owner_storage.get(f"{APP}&includeDataElements=false")
    assert without.json()["instances"][0]["data"] == []


def test_a_page_has_a_hundred_by_default_and_links_of_all(
    owner_storage: Api, element: DataElement
) -> None:
    """S-330, S-338, S-302: count is how many the page has, and a token is short"""
    Instance.objects.bulk_create(
        Instance(
            org="nav",
            app_id="nav/app2018",
            owner_party_id=500000,
            created=element.created - timedelta(hours=1),
            last_changed=element.created - timedelta(hours=1),
        )
        for _ in range(100)
    )
    page = owner_storage.get(APP).json()
    assert page["count"] == len(page["instances"]) == 100
    assert all(one["selfLinks"]["platform"] for one in page["instances"])
    (data,) = next(one["data"] for one in page["instances"] if one["data"])
    assert data["selfLinks"]["platform"].endswith(f"/data/{element.id}")
    assert len(page["next"].partition("continuationToken=")[2]) < 200


def test_a_token_without_user_and_org_lists_nothing() -> None:
    """S-300"""
    answer = Api(PLATFORM_HOST, cast.DESIGNER).get(f"{APP}&instanceOwner.partyId=1")
    assert_problem(answer, 400, code="caller-cannot-list")
