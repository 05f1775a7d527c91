"""A list of a caller with a thousand parties: one statement, by indexes, whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorization.models import (
    Delegation,
    PackageAssignment,
    RoleAssignment,
    SystemUser,
)
from common.ids import uuid7
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.choices import PartyType
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from tests.authorization.policies import import_with_policy, permit

pytestmark = pytest.mark.usefixtures("sandbox")
_FIRST, _COUNT, _USER = 900_000, 1000, 1004
_ORGANISATION = 500005
LONER = Principal(PrincipalKind.USER, level=3, user_id=_USER, party_id=510004)
NOBODY = Principal(PrincipalKind.USER, level=3, user_id=1002, party_id=510002)


@pytest.fixture
def apps(tmp_path: Path) -> list[str]:
    """Applications of several policies."""
    import_with_policy(tmp_path / "a", permit("read", to="dagl"), app_id="nav/by-role")
    import_with_policy(
        tmp_path / "b",
        permit("read", to="package:jordbruk"),
        permit("read", to="regna", task="confirm"),
        app_id="nav/by-package",
    )
    import_with_policy(
        tmp_path / "c", permit("write", to="dagl"), app_id="nav/by-right"
    )
    return ["nav/by-package", "nav/by-right", "nav/by-role"]


def make_parties(count: int, apps: list[str]) -> None:
    """Make parties for which the user may read: by role, package or right in turn.

    Each has an instance of each application.
    """
    ids = range(_FIRST, _FIRST + count)
    Party.objects.bulk_create(
        Party(pk=pk, type=PartyType.ORGANISATION, name=f"{pk}") for pk in ids
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user_id=_USER, party_id=pk, role_code="dagl") for pk in ids[::2]
    )
    RoleAssignment.objects.create(
        user_id=_USER, party_id=_ORGANISATION, role_code="lede"
    )
    PackageAssignment.objects.bulk_create(
        PackageAssignment(
            to_party_id=_ORGANISATION, from_party_id=pk, package="jordbruk"
        )
        for pk in ids[1::2]
    )
    PackageAssignment.objects.bulk_create(  # of others: what a real table is full of
        PackageAssignment(
            to_party_id=_FIRST + (7 * pk + n) % count, from_party_id=pk, package=f"p{n}"
        )
        for pk in ids
        for n in range(3)
    )
    SystemUser.objects.bulk_create(
        SystemUser(id=uuid7(), party_id=pk, system_id="312009579_x") for pk in ids
    )
    Delegation.objects.bulk_create(
        Delegation(
            user_id=_USER, from_party_id=pk, app_id="nav/by-right", action="read"
        )
        for pk in ids[1::2]
    )
    moment = timezone.now()
    Instance.objects.bulk_create(
        Instance(
            id=uuid7(),
            org="nav",
            app_id=app_id,
            owner_party_id=pk,
            current_task="formfilling",
            created=moment,
            last_changed=moment,
        )
        for pk in ids
        for app_id in apps
    )


def page(rows: InstanceQuerySet) -> list[Instance]:
    """Return the first page of a list, which takes one statement."""
    with CaptureQueriesContext(connection) as captured:
        found = list(rows.in_order(newest_first=True)[:100])
    assert len(captured.captured_queries) == 1
    return found


def parameters(rows: InstanceQuerySet) -> int:
    """Return how many values the statement carries."""
    return len(rows.query.sql_with_params()[1])


def visible(**narrowed: Any) -> InstanceQuerySet:
    """Return what the user sees."""
    rows = Instance.objects.visible_to(LONER)
    return rows.filter(org="nav", **narrowed)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compiles nothing")
def test_what_decides_visibility_is_not_compiled() -> None:
    """Z-075: PostgreSQL thinks it costly, and would compile it for seconds"""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_the_list_is_whole_for_a_thousand_parties(apps: list[str]) -> None:
    """Z-075, D-12: one statement, whose size does not grow with the parties"""
    make_parties(2, apps)
    few = parameters(visible())
    Instance.objects.all().delete()
    for table in (Delegation, PackageAssignment, RoleAssignment):
        table.objects.all().delete()
    Party.objects.filter(pk__gte=_FIRST, pk__lt=_FIRST + _COUNT).delete()
    make_parties(_COUNT, apps)
    assert parameters(visible()) == few < 120
    assert len(page(visible())) == 100
    readable = visible().values_list("app_id", "owner_party_id")
    odd = _COUNT // 2
    counts = dict.fromkeys(apps, 0)
    for app_id, _party in readable:
        counts[app_id] += 1
    assert counts == {"nav/by-role": odd, "nav/by-package": odd, "nav/by-right": odd}
    assert not Instance.objects.visible_to(NOBODY).filter(org="nav").exists()


@pytest.fixture
def planned(apps: list[str]) -> Iterator[None]:
    """Enough rows for a database to prefer indexes, and known to it as such."""
    make_parties(_COUNT, apps)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # A table of these few rows is read whole quicker than by its index.
                cursor.execute("SET LOCAL enable_seqscan = off")
        yield


@pytest.mark.parametrize(
    "narrowed",
    [{"app_id": "nav/by-role"}, {"owner_party_id": _FIRST}, {}],
    ids=["app", "party", "org"],
)
def test_the_list_goes_by_indexes(planned: None, narrowed: dict[str, Any]) -> None:
    """Z-075: neither instances nor what was given are read through"""
    plan = visible(**narrowed).in_order(newest_first=True)[:100].explain()
    assert "inst_" in plan
    if connection.vendor == "postgresql":
        assert "Seq Scan" not in plan, plan
    else:
        # Results of sub-queries are read through, tables are not.
        scans = [line for line in plan.splitlines() if "SCAN" in line]
        assert not [line for line in scans if "SUBQUERY" not in line], plan
