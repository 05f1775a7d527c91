"""Reading events page by page: an application's by its owner, a party's by a user."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps_registry.services import import_app
from authorization.models import RoleAssignment
from common.times import wire_time
from events.models import CloudEvent, DailyCount
from events.telling import tell
from tests import cast
from tests.cast import ORG_PARTY
from tests.client import APP_HOST, PLATFORM_HOST, Api, assert_problem
from tests.factories import SAMPLES, make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
OF_APP = "/events/api/v1/app/nav/app2018"
OF_PARTY = "/events/api/v1/app/party"
LONG_AGO = "from=2020-01-01"


@pytest.fixture
def owner() -> Api:
    return Api(PLATFORM_HOST, cast.OWNER)


@pytest.fixture
def sophie() -> Api:
    return Api(PLATFORM_HOST, cast.SOPHIE)


def told(count: int = 1, **kinds: Any) -> None:
    """Make instances, and tell of them."""
    for _ in range(count):
        make_instance(**kinds)
    while tell():
        pass


def followed(api: Api, url: str) -> list[list[str]]:
    """Follow ``next`` until a page is empty; return the ids of each page."""
    pages = []
    while True:
        answer = api.get(url)
        assert answer.status_code == 200, answer.content
        pages.append([event["id"] for event in answer.json()])
        following = urlsplit(answer["next"])
        url = f"{following.path}?{following.query}"
        if not pages[-1]:
            return pages


def test_an_owner_reads_all_events_of_his_application(owner: Api) -> None:
    """OWN-9, Z-084, A-233: in one order, each once"""
    told(submitted=True)
    answer = owner.get(f"{OF_APP}?{LONG_AGO}")
    assert answer["Content-Type"].startswith("application/cloudevents+json")
    events = answer.json()
    assert [event["type"] for event in events] == [
        "app.instance.created",
        "app.instance.process.movedTo.confirm",
        "app.instance.process.completed",
    ]
    assert events[0]["subject"] == f"/party/{ORG_PARTY}"
    assert events[0]["alternativesubject"] == "/org/353801961"
    assert events[0]["source"].startswith(
        f"http://nav.apps.altinn.test:8000/nav/app2018/instances/{ORG_PARTY}/"
    )
    assert events[0]["resource"] == "urn:altinn:resource:app_nav_app2018"


def test_pages_follow_on_and_go_on_where_one_was(owner: Api) -> None:
    """OWN-9: no gaps after a restart from the last id"""
    told(7)
    pages = followed(owner, f"{OF_APP}?{LONG_AGO}&size=3")
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    everything = [one for page in pages for one in page]
    assert len(set(everything)) == 7
    assert owner.get(f"{OF_APP}?after={everything[-1]}").json() == []
    told(2)
    later = owner.get(f"{OF_APP}?after={everything[-1]}").json()
    assert len(later) == 2
    again = owner.get(f"{OF_APP}?after={everything[2]}").json()
    assert [one["id"] for one in again] == [
        *everything[3:],
        *(one["id"] for one in later),
    ]


def test_an_event_that_is_written_late_is_on_a_later_page(owner: Api) -> None:
    """OWN-9: though its id is older than the last that was read"""
    told(2)
    late, last = CloudEvent.objects.told()
    CloudEvent.objects.filter(pk=late.pk).update(sequence=None)  # not committed yet
    page = owner.get(f"{OF_APP}?{LONG_AGO}").json()
    assert [one["id"] for one in page] == [str(last.pk)]
    tell()
    page = owner.get(f"{OF_APP}?after={last.pk}").json()
    assert [one["id"] for one in page] == [str(late.pk)]


def test_next_is_always_there_and_keeps_the_filters(owner: Api) -> None:
    types = "type=app.instance.created&type=app.instance.process.completed"
    answer = owner.get(f"{OF_APP}?{LONG_AGO}&{types}&size=5")
    assert answer.json() == []
    assert answer["next"].endswith(f"{OF_APP}?from=2020-01-01&{types}&size=5")
    told()
    answer = owner.get(f"{OF_APP}?{LONG_AGO}&type=app.instance.created")
    [event] = answer.json()
    tail = f"{OF_APP}?after={event['id']}&type=app.instance.created"
    assert answer["next"].endswith(tail)


def test_filters_narrow_by_type_time_and_party(owner: Api) -> None:
    told(submitted=True)
    told(party=12345)
    kinds = "type=app.instance.created&type=app.instance.process.completed"
    assert len(owner.get(f"{OF_APP}?{LONG_AGO}&{kinds}").json()) == 3
    assert len(owner.get(f"{OF_APP}?{LONG_AGO}&party=12345").json()) == 1
    assert len(owner.get(f"{OF_APP}?{LONG_AGO}&unit=353801961").json()) == 3
    assert owner.get(f"{OF_APP}?{LONG_AGO}&unit=111111111").json() == []
    soon = wire_time(timezone.now() + timedelta(minutes=1))
    assert owner.get(f"{OF_APP}?from={soon}").json() == []
    assert len(owner.get(f"{OF_APP}?{LONG_AGO}&to={soon}").json()) == 4


def test_a_new_substatus_is_an_event(owner: Api) -> None:
    """A-233, A-074"""
    told()
    instance = make_instance()
    answer = Api(APP_HOST, cast.OWNER).put(
        f"/nav/app2018/instances/{instance.instance_id}/substatus",
        json={"label": "Under behandling"},
    )
    assert answer.status_code == 200
    tell()
    url = f"{OF_APP}?{LONG_AGO}&type=app.instance.substatus.changed"
    [event] = owner.get(url).json()
    assert event["resourceinstance"] == instance.instance_id


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "events-beginning-missing"),
        ("?size=5", "events-beginning-missing"),
        (f"?{LONG_AGO}&size=0", "parameter-invalid"),
        (f"?{LONG_AGO}&size=1001", "parameter-invalid"),
        ("?from=yesterday", "parameter-invalid"),
        ("?after=12", "parameter-invalid"),
        ("?after=5f0c3a52-8f5e-4f35-9d0e-2a1c6d7e8f90", "event-unknown"),
        (f"?{LONG_AGO}&sice=1", "parameter-invalid"),
    ],
)
def test_what_cannot_be_read_is_refused(owner: Api, query: str, code: str) -> None:
    assert_problem(owner.get(OF_APP + query), 400, code=code)


@pytest.mark.parametrize(
    "misspelt",
    [
        "app.instance.creatd",
        "App.Instance.Created",
        "app.instance.process.movedTo.",
        "platform.events.validatesubscription",
        "",
    ],
)
def test_a_type_that_no_event_can_have_is_refused(
    owner: Api, sophie: Api, misspelt: str
) -> None:
    """wishes.md 40: a filter that silently matches nothing"""
    told()
    types = f"type=app.instance.created&type={misspelt}"
    for answer in (
        owner.get(f"{OF_APP}?{LONG_AGO}&{types}"),
        sophie.get(f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}&{types}"),
    ):
        assert_problem(answer, 400, code="parameter-invalid")
        [issue] = answer.json()["issues"]
        assert issue["pointer"] == "?type"
        assert repr(misspelt) in issue["detail"]
        assert "app.instance.substatus.changed" in issue["detail"]
        assert "app.instance.process.movedTo.{task}" in issue["detail"]


def test_a_task_of_an_earlier_deployment_is_no_slip(owner: Api) -> None:
    """Its events are kept, so any task may be asked for"""
    told(submitted=True)
    entered = "type=app.instance.process.movedTo."
    CloudEvent.objects.filter(type__endswith=".confirm").update(
        type="app.instance.process.movedTo.Task_Of_Before"
    )
    [event] = owner.get(f"{OF_APP}?{LONG_AGO}&{entered}Task_Of_Before").json()
    assert event["type"] == "app.instance.process.movedTo.Task_Of_Before"
    assert owner.get(f"{OF_APP}?{LONG_AGO}&{entered}confirm").json() == []


def test_nobody_but_the_owner_reads_an_applications_events(sophie: Api) -> None:
    """Z-084: others 401"""
    told()
    for api in (sophie, Api(PLATFORM_HOST, cast.OTHER_OWNER)):
        answer = api.get(f"{OF_APP}?{LONG_AGO}")
        assert_problem(answer, 401, code="events-of-owner-only")
    answer = Api(PLATFORM_HOST).get(f"{OF_APP}?{LONG_AGO}")
    assert_problem(answer, 401, code="token-missing")
    weak = Api(PLATFORM_HOST, cast.OWNER_WITHOUT_SCOPE)
    assert_problem(weak.get(f"{OF_APP}?{LONG_AGO}"), 403, code="scope-missing")
    unknown = Api(PLATFORM_HOST, cast.OWNER).get(
        f"/events/api/v1/app/nav/nothing?{LONG_AGO}"
    )
    assert_problem(unknown, 404, code="app-not-found")


# --- a party's ------------------------------------------------------------------------
def test_who_acts_for_a_party_reads_its_events(sophie: Api) -> None:
    """EUS-12, Z-084: of what he may read, by any of the party's names"""
    told(2)
    told(party=12345)
    for name in (f"party={ORG_PARTY}", "unit=353801961"):
        assert len(sophie.get(f"{OF_PARTY}?{LONG_AGO}&{name}").json()) == 2
    url = f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}"
    pages = followed(sophie, f"{url}&size=1")
    assert [len(page) for page in pages] == [1, 1, 0]
    RoleAssignment.objects.filter(user_id=1337, party_id=ORG_PARTY).delete()
    answer = sophie.get(url)
    assert (answer.status_code, answer.json()) == (200, [])
    stranger = Api(PLATFORM_HOST, cast.STRANGER)
    assert stranger.get(url).json() == []


@pytest.mark.parametrize("name", ["party", "unit", "Person"])
def test_who_may_read_nothing_of_a_party_learns_not_that_it_has_anything(
    name: str,
) -> None:
    """T-35, T-36: `next` is the same for a party with events as for one without"""
    told(2)
    told(2, party=501337)
    stranger = Api(PLATFORM_HOST, cast.STRANGER)
    has, has_not = {
        "party": ("501337", "599999"),
        "unit": ("353801961", "999999999"),
        "Person": ("13838441100", "01010199999"),
    }[name]
    answers = []
    for value in (has, has_not):
        if name == "Person":
            answer = stranger.get(f"{OF_PARTY}?{LONG_AGO}", headers={name: value})
        else:
            answer = stranger.get(f"{OF_PARTY}?{LONG_AGO}&{name}={value}")
        assert answer.json() == []
        answers.append(answer["next"].replace(value, "?"))
    assert answers[0] == answers[1]
    assert "after=" not in answers[0]


def test_a_page_of_what_may_not_be_read_is_empty_and_leads_on(sophie: Api) -> None:
    """As the policy permits it in the present state, not when it happened"""
    told(2)
    hidden, shown = CloudEvent.objects.told()
    CloudEvent.objects.filter(pk=hidden.pk).update(
        resource_instance=f"{ORG_PARTY}/{uuid4()}"
    )
    url = f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}&size=1"
    answer = sophie.get(url)
    assert answer.json() == []
    following = urlsplit(answer["next"])
    page = sophie.get(f"{following.path}?{following.query}").json()
    assert [one["id"] for one in page] == [str(shown.pk)]


def test_an_application_of_which_nothing_may_be_read_is_on_no_page(
    sophie: Api,
) -> None:
    """T-35: nor does `next` tell of it"""
    told(2)
    hidden, shown = CloudEvent.objects.told()
    CloudEvent.objects.filter(pk=hidden.pk).update(
        resource="urn:altinn:resource:app_nav_other",
        resource_instance=f"{ORG_PARTY}/{uuid4()}",
    )
    answer = sophie.get(f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}&size=1")
    assert [one["id"] for one in answer.json()] == [str(shown.pk)]
    assert f"after={shown.pk}" in answer["next"]


def test_a_party_must_be_named(sophie: Api) -> None:
    answer = sophie.get(f"{OF_PARTY}?{LONG_AGO}")
    assert_problem(answer, 400, code="events-subject-missing")


def test_a_person_is_named_in_a_header(sophie: Api) -> None:
    """A number in an address would stand in logs"""
    url = f"{OF_PARTY}?{LONG_AGO}"
    answer = sophie.get(url, headers={"Person": "17919033037"})
    assert (answer.status_code, answer.json()) == (200, [])


def statements(api: Api, url: str, *, shown: int) -> list[str]:
    """Return the statements of a page that shows so many events."""
    api.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert len(api.get(url).json()) == shown
    # Without the registry's counter, which a process reads once a second.
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if "registryversion" not in sql]


def test_a_page_takes_as_many_statements_for_one_as_for_many(sophie: Api) -> None:
    url = f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}&size=100"
    told()
    one = statements(sophie, url, shown=1)
    told(20)
    many = statements(sophie, url, shown=21)
    assert len(one) == len(many) <= 4


def test_who_reads_something_of_each_application_has_not_all_instances_looked_at(
    sophie: Api,
) -> None:
    """Else a page takes the longer, the more the party has"""
    told(4)
    url = f"{OF_PARTY}?{LONG_AGO}&party={ORG_PARTY}"
    plain = statements(sophie, url, shown=4)
    hidden, foreign = CloudEvent.objects.told()[:2]
    rows = CloudEvent.objects.filter(pk=hidden.pk)
    rows.update(resource_instance=f"{ORG_PARTY}/{uuid4()}")
    asked = statements(sophie, url, shown=3)
    assert len(asked) == len(plain)
    assert not any(sql.startswith("SELECT DISTINCT") for sql in asked)
    # Only to learn of which applications the caller reads nothing are they looked at.
    rows = CloudEvent.objects.filter(pk=foreign.pk)
    rows.update(
        resource="urn:altinn:resource:app_nav_other",
        resource_instance=f"{ORG_PARTY}/{uuid4()}",
    )
    looked = statements(sophie, url, shown=2)
    assert len(looked) == len(plain) + 3  # and the page and its instances anew
    assert sum("SELECT DISTINCT" in sql for sql in looked) == 1


@pytest.mark.parametrize(
    ("general", "own", "is_told"),
    [
        (None, None, True),
        ("false", None, False),
        ("true", None, True),
        ("false", "true", True),
        ("true", "false", False),
    ],
)
def test_an_application_can_keep_its_events_to_itself(
    tmp_path: Path, general: str | None, own: str | None, is_told: bool
) -> None:
    """A-233: RegisterEventsWithEventsComponent, also the environment's own

    What happened is counted all the same.
    """
    shutil.copytree(SAMPLES / "nav" / "app2018", tmp_path, dirs_exist_ok=True)
    for name, said in (("appsettings", general), ("appsettings.Staging", own)):
        if said is not None:
            settings = (
                f'{{"AppSettings": {{"RegisterEventsWithEventsComponent": {said}}}}}'
            )
            (tmp_path / "App" / f"{name}.json").write_text(settings)
    import_app(tmp_path)
    instance = make_instance(submitted=True)
    answer = Api(APP_HOST, cast.OWNER).put(
        f"/nav/app2018/instances/{instance.instance_id}/substatus",
        json={"label": "Under behandling"},
    )
    assert answer.status_code == 200
    while tell():
        pass
    assert CloudEvent.objects.count() == (4 if is_told else 0)
    assert sum(DailyCount.objects.values_list("count", flat=True)) == 4
