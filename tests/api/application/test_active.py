"""The instances of a party that are still to be filled in."""

from datetime import timedelta

import pytest

from common.times import wire_time
from instances.models import Instance
from parties.models import Party
from tests import cast
from tests.api.test_statement_counts import statements
from tests.client import APP_HOST, Api, assert_problem
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")
ACTIVE = "/nav/app2018/instances/500000/active"


def test_only_what_is_active_is_listed(app: Api) -> None:
    """A-077: of the one party, the newest change first; an empty list for none"""
    assert app.get(ACTIVE).json() == []
    due = now() + timedelta(days=2)
    older, newer = make_instance(), make_instance()
    Instance.objects.filter(pk=older.pk).update(
        due_before=due, presentation_texts={"a": "b"}, last_changed_by="353801961"
    )
    make_instance(submitted=True)
    make_instance(soft_deleted=True)
    make_instance(hard_deleted=True)
    make_instance(party=501337)
    sophie = Party.objects.get(pk=501337).name
    organisation = Party.objects.get(pk=500000).name
    assert app.get(ACTIVE).json() == [
        {
            "id": newer.instance_id,
            "presentationTexts": None,
            "dueBefore": None,
            "lastChanged": wire_time(newer.last_changed),
            "lastChangedBy": sophie,
        },
        {
            "id": older.instance_id,
            "presentationTexts": {"a": "b"},
            "dueBefore": wire_time(due),
            "lastChanged": wire_time(older.last_changed),
            "lastChangedBy": organisation,
        },
    ]


@pytest.mark.parametrize("by", ["", "999999999", "123", "999999999999", "altinn", "٣"])
def test_who_is_not_known_has_no_name(app: Api, instance: Instance, by: str) -> None:
    """A-077"""
    Instance.objects.update(last_changed_by=by)
    assert app.get(ACTIVE).json()[0]["lastChangedBy"] == ""


def test_the_list_costs_the_same_for_any_number(app: Api) -> None:
    """A-077: rows, users and organisations, for 1 and for 100"""
    for count in (1, 99):
        for _ in range(count):
            make_instance()
        Instance.objects.filter(last_changed_by="1337").update(last_changed_by="1002")
        some = Instance.objects.values("pk")[: count // 2 + 1]
        Instance.objects.filter(pk__in=[row["pk"] for row in some]).update(
            last_changed_by="353801961"
        )
        found = statements(lambda: app.get(ACTIVE))
        assert len(found) <= 3, found
        assert not any("COUNT(" in sql for sql in found)


def test_pages_are_cut_where_the_caller_asks(app: Api) -> None:
    """A-077: `Link` leads on"""
    made = [make_instance().instance_id for _ in range(3)][::-1]
    first = app.get(f"{ACTIVE}?size=2")
    link = first["Link"]
    following = app.get(ACTIVE + link[link.index("?") : link.index(">")])
    listed = [one["id"] for one in [*first.json(), *following.json()]]
    assert listed == made
    assert "Link" not in following
    bad = app.get(f"{ACTIVE}?size=1001")
    assert_problem(bad, 400, code="parameter-invalid")


def test_who_may_list(instance: Instance) -> None:
    """M:A-14: as in storage"""
    expected = {
        cast.OWNER: 200,
        cast.OWNER_WITHOUT_SCOPE: 403,
        cast.OTHER_OWNER: 403,
        cast.STRANGER: 200,
        cast.SYSTEM_USER: 200,
    }
    for person, status in expected.items():
        answer = Api(APP_HOST, person).get(ACTIVE)
        assert answer.status_code == status, person.name
        if person is cast.STRANGER:
            assert answer.json() == []
