"""Leases: one holder at a time, back-off, death after too many attempts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from cleanup.models import RecurringTask
from common import leases
from common.leases import LeaseLost
from tests.crowds import crowd

LEASE = timedelta(minutes=1)
CLAIM = {"limit": 10, "lease": LEASE, "most_attempts": 3}
pytestmark = pytest.mark.django_db


def tasks(count: int = 1) -> None:
    """Make rows that are due."""
    RecurringTask.objects.bulk_create(
        RecurringTask(name=f"task {number:03}") for number in range(count)
    )


def claim(**changes: object) -> list[RecurringTask]:
    """Take what is due now, or at another time."""
    return leases.claim(
        RecurringTask.objects.all(), **{**CLAIM, "now": timezone.now(), **changes}
    )


def test_a_claimed_row_is_nobody_elses_until_the_lease_ends() -> None:
    tasks()
    (held,) = claim()
    assert claim() == []
    (again,) = claim(now=timezone.now() + LEASE)
    assert (again.pk, again.attempts) == (held.pk, 2)


def test_the_longest_waiting_come_first_and_no_more_than_asked_for() -> None:
    tasks(3)
    now = timezone.now()
    RecurringTask.objects.filter(name="task 002").update(due_at=now - LEASE)
    assert next(row.name for row in claim(limit=2)) == "task 002"
    assert len(claim()) == 1


def test_who_lost_the_lease_can_write_nothing() -> None:
    """S-388: neither end it, nor give it back, nor renew it"""
    tasks()
    (late,) = claim()
    (holder,) = claim(now=timezone.now() + LEASE)
    before = RecurringTask.objects.values().get()
    now = timezone.now()
    for act in (
        lambda: leases.finish(late),
        lambda: leases.give_back(late, now=now),
        lambda: leases.fail(late, "late", most_attempts=3, now=now),
        lambda: leases.renew(late, lease=LEASE, now=now),
    ):
        with pytest.raises(LeaseLost):
            act()
    assert RecurringTask.objects.values().get() == before
    leases.finish(holder)
    assert RecurringTask.objects.get().due_at is None


def test_a_renewed_lease_ends_later() -> None:
    tasks()
    (held,) = claim()
    leases.renew(held, lease=2 * LEASE, now=timezone.now())
    assert claim(now=timezone.now() + LEASE) == []
    leases.finish(held, due_at=timezone.now())
    (again,) = claim()
    assert again.attempts == 1


def test_what_is_given_back_is_due_at_once_and_no_attempt() -> None:
    tasks()
    (held,) = claim()
    leases.give_back(held, now=timezone.now())
    (again,) = claim()
    assert again.attempts == 1


def test_failures_wait_twice_as_long_each_time_up_to_an_hour() -> None:
    waits = [leases.back_off(attempt).total_seconds() for attempt in range(1, 40)]
    for wait, most in zip(waits, [10, 20, 40, 80, 160, 320], strict=False):
        assert 0.9 * most <= wait <= most
    assert max(waits) <= 3600
    assert waits[-1] >= 0.9 * 3600


def test_after_too_many_failures_a_row_is_dead_and_can_be_revived() -> None:
    tasks()
    now = timezone.now()
    for _ in range(3):
        (held,) = claim(now=now)
        leases.fail(held, "no luck", most_attempts=3, now=now)
        now += timedelta(hours=2)
    dead = RecurringTask.objects.get()
    assert dead.dead_at is not None
    assert dead.last_error == "no luck"
    assert claim(now=now) == []
    assert leases.revive(dead, now=now)
    assert not leases.revive(dead, now=now)
    assert len(claim(now=now)) == 1


def test_a_row_whose_holders_all_die_is_dead_instead_of_killing_more() -> None:
    tasks()
    now = timezone.now()
    for _ in range(3):
        assert len(claim(now=now)) == 1
        now += LEASE
    assert claim(now=now) == []
    dead = RecurringTask.objects.get()
    assert dead.dead_at == now
    assert "begun 3 times and never ended" in dead.last_error


@pytest.mark.django_db(transaction=True)
def test_many_that_claim_at_once_never_take_the_same_row() -> None:
    """SKIP LOCKED on PostgreSQL, one after the other on SQLite"""
    tasks(60)
    barrier = Barrier(12)

    def take(_: int) -> list[str]:
        barrier.wait()
        taken = []
        try:
            for _ in range(3):
                taken += [row.name for row in claim(limit=3)]
        finally:
            connection.close()
        return taken

    with crowd(), ThreadPoolExecutor(12) as pool:
        taken = Counter(name for names in pool.map(take, range(12)) for name in names)
    taken.update(row.name for row in claim(limit=60))
    assert len(taken) == 60
    assert set(taken.values()) == {1}


@pytest.mark.parametrize("count", [1, 10, 50])
def test_a_claim_takes_the_same_statements_for_any_number(
    count: int, django_assert_max_num_queries: object
) -> None:
    tasks(count)
    with django_assert_max_num_queries(5):  # look, savepoint, lock, update, release
        assert len(claim(limit=50)) == count
