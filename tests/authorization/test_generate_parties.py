"""``manage.py generate_parties``: batches that go on where the last run ended."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from authorization import generation
from authorization.models import RoleAssignment
from authorization.representation import can_represent, party_list
from parties.choices import PartyType
from parties.identity import Principal, PrincipalKind
from parties.models import Party, Profile
from parties.numbers import is_synthetic_ssn, is_valid_org_number
from parties.synthetic import FIRST_ID, synthetic_parties

pytestmark = pytest.mark.usefixtures("sandbox")


def run(count: int, *, seed: int = 7) -> tuple[str, str]:
    """Run the command; return what it said, and its progress."""
    out, progress = StringIO(), StringIO()
    call_command(
        "generate_parties", f"--count={count}", f"--seed={seed}",
        stdout=out, stderr=progress,
    )  # fmt: skip
    return out.getvalue(), progress.getvalue()


def made() -> list[dict[str, object]]:
    """Return the made-up parties as they are stored."""
    return list(Party.objects.filter(pk__gte=FIRST_ID).order_by("pk").values())


def stored() -> tuple[list[object], list[object], list[object]]:
    """Return everything that the command may touch."""
    return (
        list(Party.objects.values()),
        list(Profile.objects.values()),
        list(RoleAssignment.objects.order_by("pk").values_list()),
    )


def user(user_id: int) -> Principal:
    """Return a made-up user."""
    return Principal(PrincipalKind.USER, user_id=user_id, party_id=user_id)


def test_the_parties_are_whole_and_valid() -> None:
    """Z-046, Z-047"""
    run(200)
    rows = Party.objects.filter(pk__gte=FIRST_ID)
    assert rows.count() == 200
    assert Profile.objects.filter(pk__gte=FIRST_ID).count() == 140
    for row in rows:
        row.full_clean()
        if row.type == PartyType.PERSON:
            assert is_synthetic_ssn(row.ssn)
        else:
            assert is_valid_org_number(row.org_number)


def test_their_users_act_for_them() -> None:
    """authorization.md 3.5"""
    run(200)
    person = FIRST_ID + 15
    assert can_represent(user(person), party_id=person)
    sub_unit = Party.objects.get(pk=FIRST_ID + 19)
    assert sub_unit.parent_id == FIRST_ID + 18
    manager = RoleAssignment.objects.get(party=sub_unit, role_code="dagl").user_id
    for party_id in (sub_unit.pk, sub_unit.parent_id):
        assert can_represent(user(manager), party_id=party_id)
    accountant = party_list(user(FIRST_ID))
    assert len([p for p in accountant if p.party.type == PartyType.ORGANISATION]) >= 40


def test_what_was_there_stays_as_it_is() -> None:
    """Ids and numbers of the standard identities are far away"""
    before = list(Party.objects.values()), list(Profile.objects.values())
    run(100)
    parties = Party.objects.filter(pk__lt=FIRST_ID)
    profiles = Profile.objects.filter(pk__lt=FIRST_ID)
    assert (list(parties.values()), list(profiles.values())) == before


def test_a_number_that_somebody_has_is_not_given_again() -> None:
    """The register's unique constraints would refuse the batch"""
    person, organisation = (
        next(p for p in synthetic_parties(count=10, seed=7) if p.type == kind)
        for kind in (PartyType.PERSON, PartyType.ORGANISATION)
    )
    Party.objects.create(
        pk=1, type=PartyType.PERSON, name="First come", ssn=person.number
    )
    Party.objects.create(
        pk=2,
        type=PartyType.ORGANISATION,
        name="First come",
        org_number=organisation.number,
    )
    run(20)
    assert len(made()) == 20


def test_running_again_changes_nothing() -> None:
    """Nor does a smaller count"""
    run(100)
    before = stored()
    for count in (100, 30):
        said, _ = run(count)
        assert said.startswith("Made 0 parties; there are 100 ")
        assert stored() == before


def test_a_run_that_was_broken_off_is_finished_as_if_it_had_not_been(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same parties as in one run, also with batches of another size"""
    run(130)
    whole = stored()
    RoleAssignment.objects.filter(user__gte=FIRST_ID).delete()
    Profile.objects.filter(pk__gte=FIRST_ID).delete()
    Party.objects.filter(pk__gte=FIRST_ID).delete()
    monkeypatch.setattr(generation, "BATCH", 40)
    progress = generation.generate_parties(count=130, seed=7)
    assert [next(progress).stored for _ in range(3)] == [0, 40, 80]
    progress.close()
    said, _ = run(130)
    assert said.startswith("Made 50 parties; there are 130 ")
    parties, profiles, roles = stored()
    assert (parties, profiles) == whole[:2]
    assert sorted(row[1:] for row in roles) == sorted(row[1:] for row in whole[2])  # type: ignore[index]  # a row


def test_another_seed_is_refused_and_nothing_is_stored() -> None:
    """Half of one seed and half of another would be repeatable by nobody"""
    run(100)
    before = stored()
    with pytest.raises(CommandError, match="not made with the seed 8"):
        run(200, seed=8)
    assert stored() == before


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line each tenth where nobody watches"""
    monkeypatch.setattr(generation, "BATCH", 10)
    _, progress = run(200)
    lines = progress.splitlines()
    assert [int(line.partition("%")[0]) for line in lines] == [*range(0, 101, 10)]
    assert lines[-1].startswith("100 %  200 of 200 parties, ")


def test_more_than_were_wanted_are_not_counted_as_progress() -> None:
    """An earlier run made them; the summary tells how many there are"""
    run(11)
    before = stored()
    said, progress = run(5)
    assert progress == "100 %  5 of 5 parties, 0 a second\n"
    assert said.startswith("Made 0 parties; there are 11 made-up ones, ")
    assert stored() == before


@pytest.mark.parametrize("count", ["0", "-1", "ten", "10000001", "1e3"])
def test_a_count_that_cannot_be_is_refused(count: str) -> None:
    """Nothing is stored"""
    before = stored()
    with pytest.raises(CommandError, match="whole number from 1 to 10000000"):
        call_command("generate_parties", f"--count={count}")
    assert stored() == before
