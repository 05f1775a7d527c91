"""The query by reference, data values, texts and generation; counts on request."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.statement_limits import QueryTooSlow, limited
from instances import services as instances
from instances.models import AppStatistics, Instance
from tests import cast
from tests.client import Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
APP = f"{ALL}?appId=nav/app2018"
HOSTILE_KEYS = ["1", "a b", 'a"b', "a'b", "$.x", "a.b", "contains", "æ%_", "a__b", "{}"]


def ids(answer: object) -> set[str]:
    """Return the ids in a page."""
    assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]  # an answer
    return {one["id"] for one in answer.json()["instances"]}  # type: ignore[attr-defined]  # an answer


def having(**columns: object) -> Instance:
    """Make an instance with these columns."""
    made = make_instance()
    Instance.objects.filter(pk=made.pk).update(**columns)
    return made


@pytest.mark.parametrize("key", ["case", *HOSTILE_KEYS])
def test_a_data_value_is_found_under_its_whole_key(
    owner_storage: Api, key: str
) -> None:
    """Wishes 11: exactly that key with exactly that value, whatever it is made of"""
    made = having(data_values={key: "42", "other": "x"})
    having(data_values={f"{key}x": "42"})
    having(data_values={key: "421"})
    having(data_values=None)
    query = f"dataValues.{quote(key)}"
    assert ids(owner_storage.get(f"{APP}&{query}=42")) == {made.instance_id}
    both = owner_storage.get(f"{APP}&{query}=42&DATAVALUES.other=x")
    assert ids(both) == {made.instance_id}
    assert ids(owner_storage.get(f"{APP}&{query}=42&dataValues.other=y")) == set()


def test_presentation_texts_are_searched_literally_and_in_any_case(
    owner_storage: Api,
) -> None:
    """S-325 done right: % and _ stand for themselves"""
    made = having(presentation_texts={"title": "Søknad om 100% ÅPEN_skole"})
    having(presentation_texts={"søknad": "1000 ApenXskole"})
    for text in ("SØKNAD", "100%", "åpen_", "skole"):
        found = ids(owner_storage.get(f"{APP}&searchString={quote(text)}"))
        assert made.instance_id in found
        assert len(found) == (2 if text == "skole" else 1)
    long = owner_storage.get(f"{APP}&searchString={'a' * 201}")
    assert_problem(long, 400, code="parameter-invalid")


def test_a_reference_of_a_receipt_finds_its_instance(owner_storage: Api) -> None:
    """S-312, S-313"""
    made, _ = make_instance(), make_instance()
    digits = str(made.id)[-12:]
    for text in (digits, digits.upper()):
        assert ids(owner_storage.get(f"{APP}&A3Ref={text}")) == {made.instance_id}
    other = f"{APP}&A3Ref={digits}&mainVersionInclude=2&dataValues.A2ArchRef=x"
    assert ids(owner_storage.get(other)) == set()  # of the 3rd, and without the value
    having(data_values={"A2ArchRef": "x"})
    for bad in (digits[1:], digits + "0"):
        problem = owner_storage.get(f"{APP}&A3Ref={bad}")
        document = assert_problem(problem, 400, code="parameter-invalid")
        assert "exactly 12 characters" in document["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("mainVersionInclude=3", True),
        ("mainVersionInclude=2", False),
        ("mainVersionInclude=17", False),
        ("mainVersionExclude=3", False),
        ("mainVersionExclude=2", True),
        ("mainVersionInclude=3&mainVersionExclude=3", False),
        ("dataValues.A2ArchRef=AR1", False),
    ],
)
def test_every_instance_is_of_the_third_generation(
    owner_storage: Api, query: str, found: bool
) -> None:
    """S-309, S-310, S-311"""
    made = having(data_values={"A2ArchRef": "AR1"})
    expected = {made.instance_id} if found else set()
    assert ids(owner_storage.get(f"{APP}&{query}")) == expected


def test_a_process_that_has_not_begun_is_neither_complete_nor_not(
    owner_storage: Api,
) -> None:
    """S-315"""
    made = having(process={}, current_task=None)
    running = make_instance()
    assert ids(owner_storage.get(APP)) == {made.instance_id, running.instance_id}
    for flag, found in (("true", set()), ("false", {running.instance_id})):
        answer = owner_storage.get(f"{APP}&process.isComplete={flag}")
        assert ids(answer) == found


def test_what_another_stakeholder_has_confirmed_is_left_out_for_it_alone(
    owner_storage: Api,
) -> None:
    """S-322, S-323: by the list of confirmations; its own org has not confirmed it"""
    other = make_instance(submitted=True)
    skd = cast.OTHER_OWNER.principal()
    instances.confirm_complete(skd, instance=other)
    plain = make_instance(submitted=True)
    both = {other.instance_id, plain.instance_id}
    for query, found in (
        ("excludeConfirmedBy=skd", {plain.instance_id}),
        ("excludeConfirmedBy=nav", both),
        ("excludeConfirmedBy=sk", both),
        ("confirmed=false", both),
        ("confirmed=true", set()),
    ):
        assert ids(owner_storage.get(f"{APP}&{query}")) == found, query


def test_each_page_names_itself_as_it_was_asked_for(owner_storage: Api) -> None:
    """S-332, S-333: with the token, and with all other parameters in both links"""
    for _ in range(3):
        make_instance()
    query = f"{ALL}?appId=nav%2Fapp2018&SIZE=1&process.isComplete=false"
    first = owner_storage.get(query).json()
    assert first["self"] == f"http://platform.altinn.test:8000{query}"
    second = owner_storage.get(
        urlsplit(first["next"])._replace(scheme="", netloc="").geturl()
    )
    page = second.json()
    assert page["self"] == first["next"]
    tokens = []
    for link in (page["self"], page["next"]):
        asked = parse_qs(urlsplit(link).query)
        tokens += asked.pop("continuationToken")
        assert asked == {
            "appId": ["nav/app2018"], "SIZE": ["1"], "process.isComplete": ["false"]
        }  # fmt: skip
    assert len(set(tokens)) == 2


@pytest.mark.parametrize(
    "query", ["created=gt:2024-01-01&created=gt:2024-02-01", "dueBefore=eq:x"]
)
def test_an_operator_comes_once(owner_storage: Api, query: str) -> None:
    """S-319"""
    problem = owner_storage.get(f"{APP}&{query}")
    assert_problem(problem, 400, code="parameter-invalid")


def test_every_mistake_is_listed_at_once(owner_storage: Api) -> None:
    """Issue 5, S-328: wrong types, unknown names and doubled values together"""
    bad = {
        "size": "ti",
        "created": "i går",
        "wat": "1",
        "count": "many",
        "sortBy": "size",
        "includeDataElements": "kanskje",
        "mainVersionInclude": "x",
        "process.isComplete": "2",
        "A3Ref": "123",
        "dataValues.": "tom",
    }
    query = "&".join(f"{name}={value}" for name, value in bad.items())
    document = assert_problem(
        owner_storage.get(f"{APP}&{query}"), 400, code="parameter-invalid"
    )
    assert {issue["pointer"] for issue in document["issues"]} == {
        f"?{name}" for name in bad
    }
    assert set(document["errors"]) == set(bad)


def test_nothing_is_counted_unasked(owner_storage: Api) -> None:
    """Issue 5: totalHits is for who asks"""
    for _ in range(3):
        make_instance()
    with CaptureQueriesContext(connection) as captured:
        for query in ("", "&count=none"):
            page = owner_storage.get(f"{APP}&size=2{query}").json()
            assert "totalHits" not in page
            assert page["count"] == 2
    assert not any("COUNT(" in one["sql"] for one in captured.captured_queries)
    exact = owner_storage.get(f"{APP}&size=2&count=exact").json()
    assert (exact["totalHits"], exact["totalHitsRelation"]) == (3, "exact")
    nothing = owner_storage.get(f"{APP}&size=2&count=exact&isCompleted=true").json()
    assert nothing["totalHits"] == 0
    estimated = owner_storage.get(f"{APP}&size=2&count=Estimated").json()
    assert estimated["totalHitsRelation"] == "estimated"
    assert isinstance(estimated["totalHits"], int)
    none = owner_storage.get(f"{APP}&count=estimated&mainVersionInclude=1").json()
    assert none["totalHits"] == 0


def test_an_estimate_counts_what_the_caller_may_see(stranger_storage: Api) -> None:
    """Z-106: no number tells of instances that are another's"""
    make_instance()
    query = f"{APP}&instanceOwner.partyId=500000&count=exact"
    assert stranger_storage.get(query).json()["totalHits"] == 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL asks its planner")
def test_where_the_planner_says_nothing_statistics_stand_in(
    owner_storage: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first rows are counted, then what the dashboard has"""
    monkeypatch.setattr("instances.counts._COUNTED", 2)
    for _ in range(4):
        make_instance()
    assert owner_storage.get(f"{APP}&count=estimated").json()["totalHits"] == 3
    states = {"archived": 0, "soft_deleted": 0, "hard_deleted": 0, "unconfirmed": 0}
    AppStatistics.objects.create(
        app_id="nav/app2018",
        org="nav",
        active=4_000,
        as_of=Instance.objects.first().created,  # type: ignore[union-attr]  # there are four
        **states,
    )
    assert owner_storage.get(f"{APP}&count=estimated").json()["totalHits"] == 4_000


# --- what takes too long --------------------------------------------------------------
def _endless() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            " WHERE i < 500000000) SELECT max(i) FROM n"
        )


def test_a_statement_is_stopped_in_time_and_the_connection_goes_on() -> None:
    """Wishes 16 to 21: neither database works on behind a refused answer"""
    with pytest.raises(QueryTooSlow), limited(0.2):
        _endless()
    assert Instance.objects.count() == 0
    with limited(20):
        assert Instance.objects.count() == 0


def test_a_query_that_takes_too_long_is_a_503_that_says_what_to_do(
    owner_storage: Api, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wishes 17: never a driver's words, never a part of the list as if it were all"""
    settings.ALTINN_COSTLY_QUERY_SECONDS = 0.2
    monkeypatch.setattr("instances.counts.exact", lambda rows: _endless())
    answer = owner_storage.get(f"{APP}&count=exact")
    document = assert_problem(answer, 503, code="query-too-slow")
    assert "estimated" in document["detail"]
