"""What happened on each day, for an organisation's books (wish 1.J)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanup.retention import purge_app
from events.models import CloudEvent, DailyCount
from events.telling import tell
from tests import cast
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
URL = "/storage/api/v1/statistics/nav"
CREATED, COMPLETED = "app.instance.created", "app.instance.process.completed"
MOVED = "app.instance.process.movedTo.confirm"
LAST_OF_THE_YEAR = datetime(2025, 12, 31, 23, 59, 50, tzinfo=UTC)


def told() -> None:
    """Give every event its place, a few at a time."""
    while tell(most=2):
        pass


def rows_of(answer: Any) -> list[tuple[str, str, str, int]]:
    """Return the rows of a page."""
    assert answer.status_code == 200, answer.content
    document = answer.json()
    assert document["count"] == len(document["statistics"])
    return [
        (row["day"], row["appId"], row["type"], row["count"])
        for row in document["statistics"]
    ]


def make_counts(days: int, *, org: str = "nav", app: str = "app2018") -> None:
    """Write counts of so many days."""
    DailyCount.objects.bulk_create(
        DailyCount(
            org=org,
            app_id=f"{org}/{app}",
            day=date(2026, 1, 1) + timedelta(days=number),
            type=CREATED,
            count=number + 1,
        )
        for number in range(days)
    )


def test_what_happened_is_counted_on_its_day_and_stays(owner_storage: Api) -> None:
    """studio#495, studio#18654: also when instances and events are removed"""
    with time_machine.travel(LAST_OF_THE_YEAR, tick=False) as clock:
        make_instance(hard_deleted=True)
        make_instance(submitted=True)
        clock.shift(timedelta(seconds=20))  # the day is that of what happened
        told()
        purge_app(app_id="nav/app2018", execute=True)
        make_instance()
        told()
    CloudEvent.objects.all().delete()
    assert sorted(rows_of(owner_storage.get(URL))) == [
        ("2025-12-31", "nav/app2018", CREATED, 2),
        ("2025-12-31", "nav/app2018", COMPLETED, 1),
        ("2025-12-31", "nav/app2018", MOVED, 1),
        ("2026-01-01", "nav/app2018", CREATED, 1),
    ]


def test_an_event_is_counted_once_whatever_fails(
    owner_storage: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places and counts come about together, or not at all"""
    make_instance()

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr("events.telling.Outbox.objects.filter", fail)
        tell()
    assert not DailyCount.objects.exists()
    assert CloudEvent.objects.unnumbered().count() == 1
    told()
    told()
    [(_, _, _, count)] = rows_of(owner_storage.get(URL))
    assert count == 1


def test_counting_takes_two_statements_whatever_there_is() -> None:
    """One to read and one to write, beside what telling takes"""
    taken = []
    for instances in (1, 8):
        for _ in range(instances):
            make_instance(submitted=True)
        with CaptureQueriesContext(connection) as captured:
            tell()
        counting = [q for q in captured.captured_queries if "dailycount" in q["sql"]]
        taken.append(len(counting))
    assert taken == [2, 2]


def test_the_pages_lose_and_repeat_nothing(owner_storage: Api) -> None:
    """The oldest day first, by the index, as often as there is a next"""
    make_counts(7)
    make_counts(7, app="other")
    make_counts(3, org="skd")
    seen, url = [], f"{URL}?size=3"
    for _ in range(5):
        answer = owner_storage.get(url)
        seen += rows_of(answer)
        following = answer.json()["next"]
        if following is None:
            break
        url = urlsplit(following)._replace(scheme="", netloc="").geturl()
    assert answer.json()["next"] is None
    assert len(set(seen)) == len(seen) == 14
    assert [row[0] for row in seen] == sorted(row[0] for row in seen)
    assert {row[1] for row in seen} == {"nav/app2018", "nav/other"}


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("firstDay=2026-01-06", [6, 7]),
        ("lastDay=2026-01-02", [1, 2]),
        ("firstDay=2026-01-03&lastDay=2026-01-03", [3]),
        ("firstDay=2026-01-05&lastDay=2026-01-04", []),
        ("appId=nav/app2018&firstDay=2026-01-07", [7]),
        ("appId=nav/nothing", []),
        (f"type={CREATED}&type={COMPLETED}&lastDay=2026-01-01", [1]),
        (f"type={COMPLETED}", []),
    ],
)
def test_a_filter_leaves_what_it_names(
    owner_storage: Api, query: str, days: list[int]
) -> None:
    make_counts(7)
    found = rows_of(owner_storage.get(f"{URL}?{query}"))
    assert [count for _, _, _, count in found] == days


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("firstDay=yesterday", ["yesterday", "firstDay", "2026-01-31"]),
        ("lastDay=2026-02-30", ["2026-02-30", "lastDay"]),
        ("firstDay=2026-01-01T00:00:00Z", ["firstDay"]),
        ("appId=skd/melding", ["skd/melding", "nav/app"]),
        ("appId=app2018", ["app2018", "nav/app"]),
        ("type=app.instance.made", ["app.instance.made", CREATED, COMPLETED]),
        ("size=0", ["size"]),
        ("size=1001", ["1001"]),
        ("day=2026-01-01", ["day", "firstDay"]),
    ],
)
def test_what_cannot_be_read_is_named(
    owner_storage: Api, query: str, words: list[str]
) -> None:
    answer = owner_storage.get(f"{URL}?{query}")
    problem = assert_problem(answer, 400, code="parameter-invalid")
    said = str(problem)
    assert all(word in said for word in words)


def test_a_token_of_another_list_is_refused(owner_storage: Api) -> None:
    make_counts(3)
    following = owner_storage.get(f"{URL}?size=1").json()["next"]
    token = urlsplit(following).query.partition("continuationToken=")[2]
    answer = owner_storage.get(f"{URL}?size=1&type={CREATED}&continuationToken={token}")
    assert_problem(answer, 400, code="continuation-token-invalid")


def test_nobody_else_reads_them(owner_storage: Api) -> None:
    """Neither a user nor another service owner, nor without the scope"""
    make_counts(1)
    for person in (cast.SOPHIE, cast.OTHER_OWNER, cast.SYSTEM_USER):
        assert_problem(Api(PLATFORM_HOST, person).get(URL), 403, code="owner-only")
    answer = Api(PLATFORM_HOST, cast.OWNER_WITHOUT_SCOPE).get(URL)
    assert_problem(answer, 403, code="scope-missing")
    assert_problem(owner_storage.get(URL.replace("nav", "skd")), 403, code="owner-only")
    assert Api(PLATFORM_HOST).get(URL).status_code == 401
