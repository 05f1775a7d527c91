"""Signing the content of data elements."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from uuid import UUID

import structlog
from django.db.models import Q
from django.utils import timezone

from apps_registry.definition import AppDefinition, DataType
from authorization.representation import organisations_led_by, representable_parties
from common.ids import uuid7
from common.transactions import atomic
from data_elements import blobs, generated
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.rows import present_elements_of
from instances import locks
from instances import services as instances
from instances.choices import InstanceEventType
from instances.history import HistoryEntry, record
from instances.models import Instance
from parties.identity import Principal, PrincipalKind
from parties.models import Party
from signing import documents
from signing.documents import SignedElement, Signee
from signing.errors import (
    SignatureTypeUnfit,
    SignedContentUnreadable,
    SignedElementNotFound,
    SigneeMissing,
    SigneeNotTheCaller,
)
from signing.reading import stored_among

log = structlog.get_logger()


def sign(
    principal: Principal,
    *,
    instance: Instance,
    definition: AppDefinition,
    type_id: str,
    signee: Signee,
    elements: Sequence[tuple[UUID, bool]],
    generated_from_task: str = "",
    admit: Callable[[DataElement], None] | None = None,
) -> DataElement:
    """Add a signature over the elements, each with whether it is signed or only named.

    It takes the place of an earlier one of the same signee and type. Its document tells
    the hashes of them all: ``admit`` raises for one that is not the caller's to read,
    where the caller says what is signed. Raises InstanceLocked, what this room's errors
    are, and InstanceChanged if anything of the instance changed while its content was
    read.
    """
    _ensure_own(principal, instance=instance, signee=signee)
    data_type = _type_for_signatures(definition, instance=instance, type_id=type_id)
    locks.ensure_open(principal, instance=instance)
    now = timezone.now()
    there = {one.pk: one for one in present_elements_of(instance.pk)}
    if admit is not None:
        for named in dict.fromkeys(name for name, _ in elements if name in there):
            there[named].instance = instance
            admit(there[named])
    element_id = uuid7()
    document = documents.written(
        element_id=element_id,
        instance_id=instance.pk,
        signee=signee,
        signed=_hashed(there, elements),
        now=now,
    )
    incoming = Incoming(BytesIO(document), max_bytes=documents.MOST_BYTES)
    outdated = [
        element
        for element, earlier in stored_among(there.values(), types=[data_type.id])
        if earlier.signee == signee
    ]
    with blobs.stored(incoming) as blob:
        signature = generated.proof(
            principal,
            instance=instance,
            data_type=data_type,
            blob=blob,
            task=generated_from_task,
            now=now,
        )
        signature.id, signature.refs = element_id, None
        _replace(principal, signature=signature, outdated=outdated)
    return signature


@atomic()
def _replace(
    principal: Principal, *, signature: DataElement, outdated: Sequence[DataElement]
) -> None:
    """Write the signature and remove those in whose place it comes, or neither."""
    instance, now = signature.instance, signature.created
    # Every change of data changes the instance: what was hashed is what is there.
    unchanged = Q(last_changed=instance.last_changed)
    instances.update(principal, instance=instance, now=now, guard=unchanged)
    if outdated:
        generated.remove(outdated)
    signature.save(force_insert=True)
    removed = (HistoryEntry(InstanceEventType.DELETED, data_id=o.pk) for o in outdated)
    entries = [*removed, HistoryEntry(InstanceEventType.SIGNED)]
    record(principal, instance=instance, entries=entries, now=now)
    log.info("instance_signed", instance=str(instance.pk), element=str(signature.pk))


def _ensure_own(principal: Principal, *, instance: Instance, signee: Signee) -> None:
    """Raise unless the signee is the caller, in every member that is stated."""
    if not signee.user_id and not signee.system_user_id:
        raise SigneeMissing
    by_user = principal.kind is PrincipalKind.USER
    if signee.user_id and not (by_user and signee.user_id == str(principal.user_id)):
        raise SigneeNotTheCaller(member="userId")
    if signee.system_user_id and (
        principal.kind is not PrincipalKind.SYSTEM_USER
        or signee.system_user_id != principal.system_user_id.lower()
    ):
        raise SigneeNotTheCaller(member="systemUserId")
    if signee.person_number and not (
        by_user
        and Party.objects.with_ssn(signee.person_number)
        .filter(pk=principal.party_id or 0)
        .exists()
    ):
        raise SigneeNotTheCaller(member="personNumber")
    number = signee.organisation_number
    if (
        number
        and number != instance.owner_org_no
        and not _speaks_for(principal, number)
    ):
        raise SigneeNotTheCaller(member="organisationNumber")


def _speaks_for(principal: Principal, number: str) -> bool:
    """Whether the caller may sign in an organisation's name.

    A user may who leads it: a lesser role, or a right that it gave him to an instance,
    lets him see it and not bind it.
    """
    if principal.user_id is None:
        return representable_parties(principal).filter(org_number=number).exists()
    return organisations_led_by(principal, org_numbers=[number]).exists()


def _type_for_signatures(
    definition: AppDefinition, *, instance: Instance, type_id: str
) -> DataType:
    data_type = definition.data_types.get(type_id)
    if data_type is None or (
        data_type.task_id and data_type.task_id != instance.current_task
    ):
        raise SignatureTypeUnfit(data_type=type_id, app_id=instance.app_id)
    return data_type


def _hashed(
    there: dict[UUID, DataElement], asked: Iterable[tuple[UUID, bool]]
) -> list[SignedElement]:
    """Hash the content of the elements, which all are of the one instance."""
    hashes: dict[UUID, bytes] = {}
    found: list[SignedElement] = []
    for element_id, signed in asked:
        if element_id not in there:
            raise SignedElementNotFound(element_id=element_id)
        if element_id not in hashes:
            hashes[element_id] = _hash_of(there[element_id])
        found.append(SignedElement(element_id, hashes[element_id], signed))
    return found


def _hash_of(element: DataElement) -> bytes:
    """Read the content: a signature over what cannot be read would prove nothing."""
    digest = hashlib.sha256()
    try:
        with blobs.open_blob(element.blob_key) as content:
            while piece := content.read(blobs.CHUNK):
                digest.update(piece)
    except OSError:
        raise SignedContentUnreadable(element_id=element.pk) from None
    if digest.digest() != bytes(element.sha256 or b""):
        raise SignedContentUnreadable(element_id=element.pk)
    return digest.digest()
