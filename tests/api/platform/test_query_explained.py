"""How a list is found, told to the service owner whose list it is."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from tests import cast
from tests.client import PLATFORM_HOST, STORAGE_HOST, Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
APP = f"{ALL}?appId=nav/app2018"
SEARCH = f"{ALL}/search"


def plan_of(page: Any) -> dict[str, Any]:
    """Return the plan of a page."""
    assert page.status_code == 200, page.content
    plan: dict[str, Any] = page.json()["plan"]
    assert plan.keys() == {"indexes", "readsAll", "sorts", "rowsRead", "milliseconds"}
    return plan


def test_a_plan_stands_beside_the_page(owner_storage: Api) -> None:
    """Wishes 1.A: the same page, and what finding it takes; unasked there is none"""
    made = [make_instance().instance_id for _ in range(3)]
    plain = owner_storage.get(f"{APP}&size=2").json()
    assert "plan" not in plain
    assert "plan" not in owner_storage.get(f"{APP}&size=2&explain=false").json()
    answer = owner_storage.get(f"{APP}&size=2&explain=true")
    plan = plan_of(answer)
    assert answer.json()["instances"] == plain["instances"]
    assert [one["id"] for one in plain["instances"]] == made[:0:-1]
    if connection.vendor == "postgresql":
        assert plan["rowsRead"] >= 3
        assert plan["milliseconds"] > 0
    else:
        assert (plan["rowsRead"], plan["milliseconds"]) == (None, None)
        assert plan["indexes"]
        assert (plan["readsAll"], plan["sorts"]) == (False, False)


def test_pages_go_on_explained(owner_storage: Api) -> None:
    """Wishes 1.A: `next` keeps asking for it"""
    made = [make_instance().instance_id for _ in range(3)]
    page = owner_storage.get(f"{APP}&size=2&explain=true").json()
    following = page["next"].partition(PLATFORM_HOST)[2].partition("/")[2]
    last = owner_storage.get(f"/{following}")
    assert plan_of(last)
    assert [one["id"] for one in last.json()["instances"]] == made[:1]


def test_every_way_to_ask_for_a_list_explains_it(owner_storage: Api) -> None:
    """Wishes 1.A: by org, by a body, at the proposal's address, with any filter"""
    make_instance()
    for query in (
        f"{ALL}?org=nav&excludeConfirmedBy=nav&process.isComplete=true",
        f"{APP}&searchString=x&downloadedByOwner=true&count=exact",
        f"{APP}&dataValues.a=b&A3Ref=123456789012",
        f"{APP}&mainVersionInclude=2",
        f"{APP}&lastChanged=gte:2020-01-01&status.isSoftDeleted=false",
    ):
        assert plan_of(owner_storage.get(f"{query}&explain=True")), query
    body = {"appId": "nav/app2018", "explain": True}
    assert plan_of(owner_storage.post(SEARCH, json=body))
    proposal = Api(STORAGE_HOST, cast.OWNER)
    assert plan_of(proposal.get("/nav/app2018/instances?explain=true"))


@pytest.mark.parametrize(
    ("person", "query", "status", "code"),
    [
        (cast.SOPHIE, "?instanceOwner.partyId=500000", 403, "owner-only"),
        (
            cast.SOPHIE,
            "?appId=nav/app2018&instanceOwner.partyId=500000",
            403,
            "owner-only",
        ),
        (cast.SYSTEM_USER, "?instanceOwner.partyId=500000", 403, "owner-only"),
        (cast.OTHER_OWNER, "?org=skd&appId=nav/app2018", 403, "owner-only"),
        (cast.OTHER_OWNER, "?appId=nav/app2018", 403, "not-permitted"),
    ],
)
def test_nobody_else_is_told(
    person: cast.Person, query: str, status: int, code: str
) -> None:
    """Wishes 1.A: how much is looked at tells of instances that are another's"""
    make_instance()
    answer = Api(PLATFORM_HOST, person).get(f"{ALL}{query}&explain=true")
    assert_problem(answer, status, code=code)


def test_what_is_no_truth_value_is_named(owner_storage: Api) -> None:
    """D-22"""
    answer = owner_storage.get(f"{APP}&explain=perhaps")
    problem = assert_problem(answer, 400, code="parameter-invalid")
    assert list(problem["errors"]) == ["explain"]


def test_an_explained_query_ends_in_time(
    owner_storage: Api, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wishes 17: it is carried out once more, and bounded like the costly ones"""
    settings.ALTINN_COSTLY_QUERY_SECONDS = 0.2

    def endless(_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                " WHERE i < 500000000) SELECT max(i) FROM n"
            )

    monkeypatch.setattr("api.queries.explain", endless)
    answer = owner_storage.get(f"{APP}&explain=true")
    assert_problem(answer, 503, code="query-too-slow")
