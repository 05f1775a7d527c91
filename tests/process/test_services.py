"""What moving a process does besides: party types, deletion, refused actions."""

from dataclasses import replace
from pathlib import Path

import pytest

from apps_registry.definition import AppDefinition
from authorization.services import RoleLookup
from common.errors import DomainError
from data_elements.models import DataElement
from instances.models import Instance
from parties.choices import PartyType
from parties.models import Party, Profile
from payments.errors import PaymentMisconfigured
from process import services as process
from process.errors import TaskTypeUnknown, UserActionUnsupported
from process.instance_owners import (
    OwnerMissing,
    OwnerNotFound,
    OwnerReference,
    find_owner,
)
from process.instantiation import (
    PartyNotAllowed,
    Template,
    instantiate,
)
from process.services import NotAuthorizedForTask
from signing.errors import SigningMisconfigured
from tests.cast import ORG_PARTY, SOPHIE_PRINCIPAL
from tests.factories import make_element, make_instance, reread, sample_app
from tests.process.permitting import permitting

pytestmark = pytest.mark.usefixtures("sandbox")


def changed(definition: AppDefinition, **values: object) -> AppDefinition:
    """Return the sample application with another setting."""
    return replace(definition, **values)  # type: ignore[arg-type]  # by name


def complete(instance: Instance, definition: AppDefinition) -> None:
    """Take the instance to its end under this definition."""
    process.complete(
        RoleLookup(SOPHIE_PRINCIPAL),
        instance=instance,
        definition=definition,
        elements=list(DataElement.objects.of([instance.pk])),
    )


@pytest.mark.parametrize(
    ("kind", "form", "allowed"),
    [
        (PartyType.PERSON, "", "person"),
        (PartyType.SELF_IDENTIFIED, "", "person"),
        (PartyType.ORGANISATION, "AS", "organisation"),
        (PartyType.ORGANISATION, "BEDR", "subUnit"),
        (PartyType.ORGANISATION, "AAFY", "subUnit"),
        (PartyType.SUB_UNIT, "BEDR", "subUnit"),
        (PartyType.ORGANISATION, "KBO", "bankruptcyEstate"),
        (PartyType.BANKRUPTCY_ESTATE, "", "bankruptcyEstate"),
    ],
)
def test_only_party_types_that_the_app_is_for(
    kind: PartyType, form: str, allowed: str
) -> None:
    """A-055, Z-043, M:A-08"""
    party = Party.objects.create(id=900001, type=kind, unit_type=form, name="X")
    every = {"person", "organisation", "subUnit", "bankruptcyEstate"}
    for types, permitted in (
        ({allowed}, True),
        (every - {allowed}, False),
        (set(), True),
    ):
        app = changed(sample_app(), party_types_allowed=frozenset(types))
        before = Instance.objects.count()
        if permitted:
            instantiate(
                SOPHIE_PRINCIPAL, definition=app, owner=party, template=Template()
            )
        else:
            with pytest.raises(PartyNotAllowed):
                instantiate(
                    SOPHIE_PRINCIPAL, definition=app, owner=party, template=Template()
                )
        assert Instance.objects.count() == before + permitted


def test_an_owner_is_found_by_each_name() -> None:
    """A-053"""
    organisation = Party.objects.get(pk=ORG_PARTY)
    person = Party.objects.get(pk=501337)
    profile = Profile.objects.get(pk=1004)
    urn = "urn:altinn:person:idporten-email:a@b.no"
    Party.objects.filter(pk=profile.party_id).update(external_urn=urn)
    for reference, expected in (
        (OwnerReference(party_id=ORG_PARTY), ORG_PARTY),
        (OwnerReference(organisation_number=organisation.org_number), ORG_PARTY),
        (OwnerReference(person_number=person.ssn), 501337),
        (OwnerReference(username=profile.user_name), profile.party_id),
        (OwnerReference(external_identifier=urn), profile.party_id),
        (OwnerReference(username="epost:A@b.no"), profile.party_id),
    ):
        assert find_owner(reference).pk == expected


def test_an_owner_that_is_not_there() -> None:
    """A-052"""
    with pytest.raises(OwnerMissing):
        find_owner(OwnerReference())
    for reference in (
        OwnerReference(party_id=1),
        OwnerReference(username="ingen"),
        OwnerReference(username="epost:ingen@b.no"),
        OwnerReference(username="epost:"),
        OwnerReference(external_identifier="urn:x"),
        OwnerReference(organisation_number="999999999"),
    ):
        with pytest.raises(OwnerNotFound):
            find_owner(reference)


def test_data_that_the_app_does_not_keep_is_marked_deleted_at_the_end() -> None:
    """A-227, S-181: with delay, so that the owner still sees it"""
    instance = make_instance(filled=True)
    kept = make_element(instance=instance, type_id="vedlegg", content_type="image/png")
    types = dict(sample_app().data_types)
    types["default"] = replace(types["default"], auto_delete_on_process_end=True)
    complete(instance, changed(sample_app(), data_types=types))
    form = DataElement.objects.get(data_type="default")
    assert form.deleted_at == reread(instance).process_ended
    assert reread(kept).deleted_at is None


def test_an_app_may_keep_nothing_at_all() -> None:
    """A-227: hard deleted with the end"""
    instance = make_instance(filled=True)
    complete(instance, changed(sample_app(), auto_delete_on_process_end=True))
    row = reread(instance)
    assert row.hard_deleted_at is not None
    assert row.soft_deleted_at is not None
    assert row.archived_at is not None


@pytest.mark.parametrize("action", ["sign", "pay"])
def test_actions_that_do_more_than_move_are_refused(
    tmp_path: Path, action: str
) -> None:
    """A-143: no step without what it promises"""
    instance = make_instance(filled=True)
    permitted = permitting(tmp_path, action)
    with pytest.raises(UserActionUnsupported):
        process.advance(
            permitted,
            instance=instance,
            definition=sample_app(),
            elements=[],
            action=action,
        )
    assert reread(instance).current_task == "formfilling"


@pytest.mark.parametrize(
    ("task_type", "at_once", "refusal"),
    [
        ("signing", False, SigningMisconfigured),
        ("signing", True, NotAuthorizedForTask),
        ("payment", False, PaymentMisconfigured),
        ("payment", True, PaymentMisconfigured),
    ],
)
def test_a_signature_or_payment_is_not_skipped_by_writing(
    task_type: str, at_once: bool, refusal: type[DomainError]
) -> None:
    """A-143, authorization.md §5.11: write may leave the task, and would skip it.

    A task that does not even say what is to be signed or paid is not left at all.
    """
    instance = make_instance(filled=True)
    definition = sample_app()
    elements = dict(definition.process.elements)
    task = elements["formfilling"]
    elements["formfilling"] = replace(task, task_type=task_type)  # type: ignore[call-arg]  # by name
    changed_process = replace(definition.process, elements=elements)
    move = process.complete if at_once else process.advance
    with pytest.raises(refusal):
        move(
            RoleLookup(SOPHIE_PRINCIPAL),
            instance=instance,
            definition=changed(definition, process=changed_process),
            elements=list(DataElement.objects.of([instance.pk])),
        )
    assert reread(instance).current_task == "formfilling"


def test_a_task_of_a_type_that_nothing_does_is_not_entered() -> None:
    """A-229: neither a service task nor any other; nothing changes"""
    instance = make_instance(filled=True)
    definition = sample_app()
    elements = dict(definition.process.elements)
    task = elements["confirm"]
    elements["confirm"] = replace(task, task_type="nobodys", kind="ServiceTask")  # type: ignore[call-arg]  # by name
    changed_process = replace(definition.process, elements=elements)
    before = reread(instance)
    with pytest.raises(TaskTypeUnknown) as caught:
        process.advance(
            RoleLookup(SOPHIE_PRINCIPAL),
            instance=instance,
            definition=changed(definition, process=changed_process),
            elements=list(DataElement.objects.of([instance.pk])),
        )
    assert caught.value.detail == (
        "No process task instance found for altinnTaskType nobodys"
    )
    after = reread(instance)
    assert (after.process, after.last_changed) == (before.process, before.last_changed)
