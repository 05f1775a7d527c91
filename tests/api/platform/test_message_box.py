"""The message box: what is found in it."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from common.times import wire_time
from instances.models import Instance
from tests import cast
from tests.api.platform.message_box import (
    SEARCH,
    P,
    change_metadata,
    changed,
    ids,
    search,
)
from tests.api.platform.test_instance_scopes import holding
from tests.client import PLATFORM_HOST, Api, assert_problem
from tests.factories import make_instance, now

pytestmark = pytest.mark.usefixtures("sandbox")


def test_a_search_names_parties(storage: Api, instance: Instance) -> None:
    """S-339: without the list it is refused, with an empty one nothing is found"""
    for body in ({}, {"instanceOwnerPartyIdList": None}):
        answer = storage.post(SEARCH, json=body)
        assert_problem(answer, 400, code="validation-failed")
    for bad in ("x", 2**31, None):
        answer = storage.post(SEARCH, json={"instanceOwnerPartyIdList": [bad]})
        assert_problem(answer, 400, code="validation-failed")
    assert storage.post(SEARCH, json={"instanceOwnerPartyIdList": []}).json() == []
    found = storage.post(SEARCH, json={"INSTANCEOWNERPARTYIDLIST": [P, P, 1]})
    assert ids(found) == {str(instance.id)}


@pytest.fixture
def states(sandbox: None) -> dict[str, str]:
    """An instance in each state, by a letter."""
    made = {
        "A": make_instance(),
        "R": make_instance(submitted=True),
        "D": make_instance(soft_deleted=True),
        "RD": make_instance(submitted=True, soft_deleted=True),
        "H": make_instance(hard_deleted=True),
    }
    return {state: str(instance.id) for state, instance in made.items()}


_STATES = [
    ("", "A R D RD"),
    ("A", "A"),
    ("R", "R"),
    ("D", "D RD"),
    ("AR", "A R"),
    ("RD", "R D RD"),
    ("AD", "A D RD"),
    ("ARD", "A R D RD"),
]


def _including(letters: str) -> dict[str, bool]:
    return {
        "includeActive": "A" in letters,
        "includeArchived": "R" in letters,
        "includeDeleted": "D" in letters,
    }


@pytest.mark.parametrize(("asked", "expected"), _STATES)
def test_states_are_asked_for(
    storage: Api, states: dict[str, str], asked: str, expected: str
) -> None:
    """S-340, S-343: all or none is every state; what is hard deleted is in none"""
    found = ids(search(storage, **_including(asked)))
    assert found == {states[state] for state in expected.split()}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", "R D RD"),
        ("ARD", "R D RD"),
        ("A", ""),
        ("R", "R"),
        ("AR", "R"),
        ("D", "D RD"),
    ],
)
def test_a_reference_finds_nothing_active(
    storage: Api, states: dict[str, str], asked: str, expected: str
) -> None:
    """S-341: the end of a guid, in any case, with its dashes or without"""
    for state, guid in states.items():
        wanted = {guid} if state in expected.split() else set()
        for reference in (guid[-12:], guid[-12:].upper(), guid, guid[-17:]):
            found = search(storage, archiveReference=reference, **_including(asked))
            assert ids(found) == wanted, (state, reference)


@pytest.mark.parametrize("reference", ["%", "______", "zz", "' or 1=1", "-", "é"])
def test_a_reference_is_no_pattern(
    storage: Api, states: dict[str, str], reference: str
) -> None:
    """S-341: wildcards find nothing"""
    assert ids(search(storage, archiveReference=reference)) == set()


def test_what_its_application_hides_is_not_found(storage: Api) -> None:
    """S-342: hidden always, or in a task; others are found all the same"""
    active, archived = make_instance(), make_instance(submitted=True)
    both = {str(active.id), str(archived.id)}
    assert ids(search(storage)) == both
    hide: dict[str, object] = {"hideOnTask": [active.current_task]}
    change_metadata(messageBoxConfig={"hideSettings": hide})
    assert ids(search(storage)) == {str(archived.id)}
    change_metadata(messageBoxConfig={"hideSettings": {"hideOnTask": ["other"]}})
    assert ids(search(storage)) == both
    change_metadata(messageBoxConfig={"hideSettings": {"hideAlways": True}})
    assert ids(search(storage)) == set()


def test_what_is_to_be_seen_later_is_not_found(storage: Api) -> None:
    """S-342"""
    make_instance(visible_after=now() + timedelta(days=1))
    seen = make_instance(visible_after=now() - timedelta(days=1))
    assert ids(search(storage)) == {str(seen.id)}


def test_a_text_is_looked_for_in_titles_and_presentation_texts(storage: Api) -> None:
    """S-344: any language's title, any presentation text, in any case, no patterns"""
    plain = make_instance()
    shown = changed(
        make_instance(), presentation_texts={"a": "ÆRLIG arbeid 100%", "b": "Nav_1"}
    )
    both = {str(plain.id), str(shown.id)}
    assert ids(search(storage, searchString=" SICK leave ")) == both
    assert ids(search(storage, searchString="sjukmelding")) == both
    for text in ("ærlig", "ARBEID", "0%", "v_1"):
        assert ids(search(storage, searchString=text)) == {str(shown.id)}, text
    for text in ("%", "_"):
        assert ids(search(storage, searchString=text)) == {str(shown.id)}, text
    for text in ("nav%1", "n.v", "arbeid b", "' OR '1'='1", "\\"):
        assert ids(search(storage, searchString=text)) == set(), text
    assert ids(search(storage, searchString="   ")) == both
    nul = search(storage, searchString="a\0b")
    assert_problem(nul, 400, code="json-malformed")


def test_what_is_archived_counts_as_created_when_it_was_changed(storage: Api) -> None:
    """S-345"""
    long_ago, lately = now() - timedelta(days=30), now() - timedelta(days=10)
    active = changed(make_instance(), created=long_ago)
    archived = changed(make_instance(submitted=True), created=long_ago)
    before, after = wire_time(lately), {"fromCreated": wire_time(lately)}
    assert ids(search(storage, toCreated=before)) == {str(active.id)}
    assert ids(search(storage, **after)) == {str(archived.id)}
    assert ids(search(storage, toCreated=before, **after)) == set()
    assert ids(search(storage, fromLastChanged=before)) == {
        str(active.id),
        str(archived.id),
    }
    assert ids(search(storage, toLastChanged=before)) == set()
    bad = search(storage, fromCreated="yesterday")
    assert_problem(bad, 400, code="validation-failed")


def test_all_is_of_the_one_generation(storage: Api, instance: Instance) -> None:
    """S-346: nothing here is migrated"""
    for migrated in (True, False, None):
        assert ids(search(storage, filterMigrated=migrated)) == {str(instance.id)}


def test_one_application_is_asked_for(storage: Api, instance: Instance) -> None:
    """S-340"""
    assert ids(search(storage, appId="nav/app2018")) == {str(instance.id)}
    assert ids(search(storage, appId="NAV/app2018")) == set()
    assert ids(search(storage, appId="nav/other")) == set()


def test_a_stranger_finds_nothing(stranger_storage: Api, instance: Instance) -> None:
    """S-356, M:S-80"""
    assert search(stranger_storage).json() == []


def test_pages_are_cut_where_the_caller_asks(storage: Api) -> None:
    """S-339: newest first; `Link` leads on, for the same body and caller alone"""
    made = [str(make_instance().id) for _ in range(5)]
    first = search(storage, "?size=2")
    link = first["Link"]
    assert link.endswith('>; rel="next"')
    found, seen = [one["id"] for one in first.json()], 1
    query = link[link.index("?") : link.index(">")]
    other = search(storage, query, includeActive=True)
    assert_problem(other, 400, code="continuation-token-invalid")
    while query:
        answer = search(storage, query)
        found += [one["id"] for one in answer.json()]
        seen += 1
        link = answer.headers.get("Link", "")
        query = link[link.index("?") : link.index(">")] if link else ""
    assert (found, seen) == (made[::-1], 3)
    for bad in ("size=0", "size=5001", "size=x", "page=2"):
        assert_problem(search(storage, f"?{bad}"), 400, code="parameter-invalid")


def test_searching_takes_the_scope_of_reading(settings: LazySettings) -> None:
    """Z-037: in strict mode; that it is a POST makes it no change"""
    settings.ALTINN_STRICT_INSTANCE_SCOPES = True
    instance = make_instance()
    reader = Api(PLATFORM_HOST, holding(cast.SOPHIE, "altinn:instances.read"))
    assert ids(search(reader)) == {str(instance.id)}
    writer = Api(PLATFORM_HOST, holding(cast.SOPHIE, "altinn:instances.write"))
    assert_problem(search(writer), 403, code="scope-missing")
