"""A task to sign in: who is asked begins it, each signs, and its end closes it.

Each function is part of the transaction of its caller, who has moved the process or
holds the instance as it was read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from authorization import instance_delegation
from authorization.instance_delegation import Right
from authorization.representation import organisations_led_by
from data_elements import blobs, generated
from data_elements.models import DataElement
from data_elements.rows import present_elements_of
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from signing import services, signees
from signing.config import (
    RIGHTS_OF_SIGNEES,
    config_of,
    declared_type,
    needed_config,
)
from signing.documents import Signee as Signer
from signing.errors import (
    NothingToSign,
    OnBehalfOfNotPermitted,
    SignerNotAUser,
)
from signing.reading import signatures_among, stored_among
from signing.signees import Signee, Wanted

_SIGNERS = (PrincipalKind.USER, PrincipalKind.SYSTEM_USER)
_LOCK_LENGTH = 64


def ask(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    wanted: Sequence[Wanted],
    now: datetime,
) -> list[Signee]:
    """Let those who are to sign read and sign in this task, and note who they are.

    A signee for whom that fails is noted with what failed. Raises SigningMisconfigured.
    """
    config = needed_config(definition, task)
    data_type = declared_type(definition, task, config.signee_states_type)
    known = signees.found_in_register(wanted)
    given = instance_delegation.give_to_parties(
        instance=instance.resource,
        parties=[party for _, party in known if party],
        rights=[Right(action, task.id) for action in RIGHTS_OF_SIGNEES],
    )
    asked = [_noted(signee, party, given=given) for signee, party in known]
    with blobs.stored(signees.incoming(asked)) as blob:
        element = generated.proof(
            principal,
            instance=instance,
            data_type=data_type,
            blob=blob,
            task=task.id,
            now=now,
        )
        element.save(force_insert=True)
    entry = HistoryEntry(InstanceEventType.CREATED, data_id=element.pk)
    record(principal, instance=instance, entries=[entry], now=now)
    return asked


def sign(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    task: Task,
    on_behalf_of: str = "",
) -> DataElement:
    """Sign what the task says, in the caller's name or an organisation's that he leads.

    What is signed is locked until the task ends. Raises SignerNotAUser, NothingToSign,
    OnBehalfOfNotPermitted, SigningMisconfigured and what signing raises.
    """
    if principal.kind not in _SIGNERS:
        raise SignerNotAUser
    config = needed_config(definition, task)
    elements = present_elements_of(instance.pk)
    if on_behalf_of:
        _ensure_leads(
            principal, planned(definition, task, elements), number=on_behalf_of
        )
    chosen = [one for one in elements if one.data_type in config.types_to_sign]
    if not chosen and _is_anything_needed(definition, config.types_to_sign):
        raise NothingToSign(task=task.id, types=", ".join(config.types_to_sign))
    declared_type(definition, task, config.signature_type)
    signature = services.sign(
        principal,
        instance=instance,
        definition=definition,
        type_id=config.signature_type,
        signee=_signer(principal, on_behalf_of=on_behalf_of),
        elements=[(one.pk, True) for one in chosen],
        generated_from_task=task.id,
    )
    _lock([one.pk for one in chosen], task=task)
    return signature


def has_signed_elsewhere(
    principal: Principal, *, instance: Instance, task: Task
) -> bool:
    """Whether the caller has signed where a signer of this task may not have."""
    config = config_of(task)
    if config is None or not config.unique_from_types:
        return False
    elements = present_elements_of(instance.pk)
    made = signatures_among(elements, types=config.unique_from_types)
    if principal.kind is PrincipalKind.SYSTEM_USER:
        own = principal.system_user_id.lower()
        return any(one.signee.system_user_id == own for one in made)
    own = str(principal.user_id)
    return any(one.signee.user_id == own for one in made)


def planned(
    definition: AppDefinition, task: Task, elements: Iterable[DataElement]
) -> list[Signee]:
    """Return who was asked to sign in the task; raises SigningMisconfigured."""
    config = needed_config(definition, task)
    if not config.signee_states_type:
        return []
    return signees.planned_among(elements, type_id=config.signee_states_type)


def signees_of(
    definition: AppDefinition, task: Task, elements: Sequence[DataElement]
) -> list[Signee]:
    """Return who was asked and who has signed; raises SigningMisconfigured."""
    config = needed_config(definition, task)
    made = signatures_among(elements, types=[config.signature_type])
    return signees.merged(planned(definition, task, elements), made)


def organisations_to_sign_for(
    principal: Principal,
    definition: AppDefinition,
    task: Task,
    elements: Iterable[DataElement],
) -> list[Party]:
    """Return the organisations that are to sign and that the caller may sign for."""
    asked = planned(definition, task, elements)
    numbers = {one.organisation_number or "" for one in asked if one.is_organisation}
    return list(organisations_led_by(principal, org_numbers=numbers).order_by("pk"))


def close(*, instance: Instance, task: Task) -> None:
    """Take back what the signees were given for the task, and free what was signed."""
    instance_delegation.take_back(instance=instance.resource, task=task.id)
    locked = DataElement.objects.filter(instance=instance, locked_by=_lock_of(task))
    locked.update(locked_at=None, locked_by="")


def withdraw(
    principal: Principal, *, instance: Instance, task: Task, now: datetime
) -> None:
    """Close the task, and remove its signatures and who was asked."""
    close(instance=instance, task=task)
    config = config_of(task)
    if config is None:
        return
    elements = present_elements_of(instance.pk)
    made = stored_among(elements, types=[config.signature_type])
    removed = [element for element, _ in made]
    removed += [
        one
        for one in elements
        if config.signee_states_type and one.data_type == config.signee_states_type
    ]
    if not removed:
        return
    entries = [HistoryEntry(InstanceEventType.DELETED, data_id=o.pk) for o in removed]
    record(principal, instance=instance, entries=entries, now=now)
    generated.remove(removed)


def _noted(signee: Signee, party: Party | None, *, given: bool) -> Signee:
    if party is None or given:
        return replace(signee, is_delegated=party is not None)
    failure = "The policy does not let the application give the rights to sign."
    return replace(signee, failure=failure)


def _signer(principal: Principal, *, on_behalf_of: str) -> Signer:
    if principal.kind is PrincipalKind.SYSTEM_USER:
        return Signer(
            system_user_id=principal.system_user_id.lower(),
            organisation_number=on_behalf_of or principal.org_number or None,
        )
    person = Party.objects.filter(pk=principal.party_id or 0).first()
    return Signer(
        user_id=str(principal.user_id),
        person_number=person.ssn or None if person else None,
        organisation_number=on_behalf_of or None,
    )


def _ensure_leads(
    principal: Principal, asked: Sequence[Signee], *, number: str
) -> None:
    to_sign = any(
        one.is_organisation and one.organisation_number == number for one in asked
    )
    own = principal.kind is PrincipalKind.SYSTEM_USER and principal.org_number == number
    leads = own or organisations_led_by(principal, org_numbers=[number]).exists()
    if not (to_sign and leads):
        raise OnBehalfOfNotPermitted(organisation=number)


def _is_anything_needed(definition: AppDefinition, types: Iterable[str]) -> bool:
    declared = (definition.data_types.get(one) for one in types)
    return any(one is None or one.min_count > 0 for one in declared)


def _lock(elements: Sequence[UUID], *, task: Task) -> None:
    rows = DataElement.objects.filter(pk__in=elements, locked_at__isnull=True)
    rows.update(locked_at=timezone.now(), locked_by=_lock_of(task))


def _lock_of(task: Task) -> str:
    """Return who locks what is signed: the task, until it ends."""
    return f"task:{task.id}"[:_LOCK_LENGTH]
