"""Allowances for look-ups, taken by many at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from parties import lookup_limits
from parties.errors import LookUpsExhausted
from parties.lookup_limits import Allowance
from parties.models import LookUpAttempt
from tests.crowds import crowd

_CALLERS = 24


def _miss(barrier: Barrier, subject: str) -> bool:
    """Return whether a look-up that finds nobody was let through."""
    try:
        barrier.wait()
        lookup_limits.begin([Allowance(subject, 5)]).keep()
    except LookUpsExhausted:
        return False
    finally:
        connections.close_all()
    return True


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_than_the_allowance_is_let_through() -> None:
    """Z-041, Z-110, T-31: on connections of their own, as processes have them"""
    for turn in range(5):
        barrier = Barrier(_CALLERS)
        subject = f"user:{turn}"
        with crowd(), ThreadPoolExecutor(_CALLERS) as pool:
            tries = [pool.submit(_miss, barrier, subject) for _ in range(_CALLERS)]
        let_through = sum(one.result() for one in tries)
        assert let_through <= 5
        assert LookUpAttempt.objects.filter(subject=subject).count() == let_through
        # What was refused only because of the crowd is there for the next.
        while let_through < 5:
            lookup_limits.begin([Allowance(subject, 5)]).keep()
            let_through += 1
        with pytest.raises(LookUpsExhausted):
            lookup_limits.begin([Allowance(subject, 5)])


@pytest.mark.django_db
def test_an_attempt_that_is_not_answered_counts() -> None:
    """Z-110: so does one of a process that was killed"""
    allowance = Allowance("user:1", 2)
    first, _ = lookup_limits.begin([allowance]), lookup_limits.begin([allowance])
    with pytest.raises(LookUpsExhausted) as refused:
        lookup_limits.begin([allowance])
    assert 3590 < int(str(refused.value.context["retry_after"])) <= 3600
    first.withdraw()
    lookup_limits.begin([allowance])


@pytest.mark.django_db
def test_a_refused_attempt_takes_nothing_of_another_allowance() -> None:
    """Z-110"""
    own, shared = Allowance("user:1", 1), Allowance("address:192.0.2.1", 5)
    lookup_limits.begin([own, shared])
    with pytest.raises(LookUpsExhausted):
        lookup_limits.begin([own, shared])
    assert LookUpAttempt.objects.filter(subject=shared.subject).count() == 1
