"""Made-up instances: the same for a seed, with the skew that was asked for."""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest

from bench.generate import (
    ELEMENT,
    EVENT,
    INSTANCE,
    REPLACED,
    Confirmation,
    Generator,
    Rows,
    Skew,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
CONFIRMED = Confirmation("nav", " nav ", '[{"stakeholderId": "nav"}]')


def generated(count: int, seed: int = 1) -> dict[str, Rows]:
    """Return all rows of each table."""
    found: dict[str, Rows] = {INSTANCE: [], ELEMENT: [], EVENT: []}
    for chunk in Generator(Skew.of(count), NOW, CONFIRMED, seed=seed).chunks():
        for table, rows in chunk.items():
            found[table] += rows
    return found


def column(rows: Rows, table: str, name: str) -> list[str | None]:
    """Return the values of a column."""
    place = REPLACED[table].index(name)
    return [row[place] for _, row in rows]


@pytest.fixture(scope="module")
def rows() -> dict[str, Rows]:
    """Forty thousand instances."""
    return generated(40_000)


def test_the_same_seed_makes_the_same_rows() -> None:
    """And another makes others"""
    assert generated(300) == generated(300)
    assert generated(300) != generated(300, seed=2)


def test_each_instance_has_two_elements_and_a_line_of_history(
    rows: dict[str, Rows],
) -> None:
    """Keys are UUIDv7 in the order of creation, and belong together"""
    keys = column(rows[INSTANCE], INSTANCE, "id")
    assert keys == sorted(keys, key=str)
    assert {UUID(str(key)).version for key in keys} == {7}
    assert Counter(column(rows[ELEMENT], ELEMENT, "instance_id")) == dict.fromkeys(
        keys, 2
    )
    assert column(rows[EVENT], EVENT, "instance_id") == keys
    blobs = column(rows[ELEMENT], ELEMENT, "blob_key")
    assert len(blobs) == len(set(blobs))


def test_the_skew_is_that_of_a_real_year(rows: dict[str, Rows]) -> None:
    """Performance.md §0: 29 % in one org, 85 % ended, 95 % of those confirmed"""
    count = len(rows[INSTANCE])
    orgs = Counter(column(rows[INSTANCE], INSTANCE, "org"))
    assert len(orgs) == 40
    assert max(orgs.values()) / count == pytest.approx(0.29, abs=0.03)
    parties = Counter(column(rows[INSTANCE], INSTANCE, "owner_party_id"))
    assert max(parties.values()) > 20 * count / len(parties)
    stages = Counter(stage for stage, _ in rows[INSTANCE])
    ended = stages["ended"] + stages["confirmed"]
    assert ended / count == pytest.approx(0.85, abs=0.01)
    assert stages["confirmed"] / ended == pytest.approx(0.95, abs=0.01)


def test_nothing_changes_before_it_was_made_or_after_now(
    rows: dict[str, Rows],
) -> None:
    """The table has a constraint on that"""
    made = column(rows[INSTANCE], INSTANCE, "created")
    changed = column(rows[INSTANCE], INSTANCE, "last_changed")
    assert all(str(a) <= str(b) for a, b in zip(made, changed, strict=True))
    assert max(map(str, changed)) <= NOW.isoformat(" ")


def test_what_is_confirmed_names_its_own_org(rows: dict[str, Rows]) -> None:
    """Whichever org the template was of"""
    for stage, row in rows[INSTANCE]:
        named = dict(zip(REPLACED[INSTANCE], row, strict=True))
        if stage == "confirmed":
            assert named["confirmed_by"] == f" {named['org']} "
            assert named["confirmations"] == f'[{{"stakeholderId": "{named["org"]}"}}]'
        else:
            assert (named["confirmed_by"], named["confirmations"]) == ("", None)
