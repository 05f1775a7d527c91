"""No value of a parameter of the list breaks it, or shows what is not the caller's."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.filters import FILTERS
from api.list_query import LIST_PARAMETERS
from instances.models import Instance
from parties.models import Party
from tests import cast
from tests.client import PLATFORM_HOST, Api
from tests.factories import make_instance

pytestmark = pytest.mark.usefixtures("sandbox")
ALL = "/storage/api/v1/instances"
NAMES = [
    *FILTERS,
    *LIST_PARAMETERS,
    "dataValues.a'b",
    'dataValues.$."x',
    "status; DROP TABLE",
]
HOSTILE = [
    "' OR '1'='1",
    "1); DROP TABLE instances_instance;--",
    "gt:' OR 1=1 --",
    "gt:9999-12-31T23:59:59.9999999Z",
    "eq:0001-01-01T00:00:00+23:59",
    "99999999999999999999",
    "-2147483649",
    "desc:password",
    "%",
    "\x00",
    "\ud7ff\U0010ffff",
    "a" * 5000,
    "../../etc/passwd",
    "${7*7}{{7*7}}",
]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.one_of(
                st.sampled_from(HOSTILE),
                st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_hostile_query_is_a_clear_400_or_the_callers_own(
    instance: Instance, query: list[tuple[str, str]]
) -> None:
    """Z-107, T-33: never a 500, and never another party's instance"""
    api = Api(PLATFORM_HOST, cast.STRANGER)
    party = ("instanceOwner.partyId", str(instance.owner_party_id))
    answer = api.get(f"{ALL}?{urlencode([party, *query])}")
    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 200:
        assert answer.json()["instances"] == []


def test_what_was_sent_as_sql_was_never_run(owner_storage: Api) -> None:
    """Z-107: the tables and their rows are there after all of it"""
    made = make_instance()
    parties = Party.objects.count()
    for name in NAMES:
        for value in HOSTILE:
            query = urlencode({"appId": "nav/app2018", name: value})
            assert owner_storage.get(f"{ALL}?{query}").status_code in (200, 400)
    assert owner_storage.get(f"{ALL}?appId=skd/a'b").status_code == 403
    assert Instance.objects.filter(pk=made.pk).exists()
    assert Party.objects.count() == parties


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(HOSTILE[:-1]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["$.x", "a.b", "", "1", "%"]), inner),
    ),
    max_leaves=4,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.dictionaries(
        st.sampled_from([*NAMES, "dataValues", "process", "instanceOwner", "count"]),
        VALUES,
        max_size=4,
    )
)
def test_a_hostile_search_is_a_clear_400_or_the_callers_own(
    instance: Instance, body: dict[str, object]
) -> None:
    """Z-107, T-33 for a body: any JSON under any name"""
    api = Api(PLATFORM_HOST, cast.STRANGER)
    party = {"instanceOwner.partyId": instance.owner_party_id}
    answer = api.post(f"{ALL}/search", json={**body, **party})
    assert answer.status_code in (200, 400), answer.content
    if answer.status_code == 200:
        assert answer.json()["instances"] == []
