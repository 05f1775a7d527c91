"""Making receipts, each the next of its application's chain."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

import structlog
from django.conf import settings
from joserfc import jws

from apps_registry import addresses, catalogue
from apps_registry.definition import AppDefinition
from apps_registry.errors import DataTypeUnknown
from common.transactions import atomic
from data_elements.models import DataElement
from instances.models import Instance
from parties.keys import SigningKeys, key_ring, public_jwks
from receipts.canonical import canonical
from receipts.disclosures import Withheld
from receipts.errors import ReceiptNotFound
from receipts.manifest import SignatureMade, manifest
from receipts.models import ChainHead, Receipt, ReceiptKey
from receipts.verification import ALGORITHM, TYPE

log = structlog.get_logger()


@atomic()
def issue(
    instance: Instance,
    *,
    definition: AppDefinition,
    elements: Iterable[DataElement],
    signatures: Iterable[SignatureMade],
    now: datetime,
) -> Receipt:
    """Make the receipt of an instance whose process ends in the caller's transaction.

    Call it last: ends of the same application wait for each other from here on.
    """
    listed, made = list(elements), list(signatures)
    keys = key_ring(settings.ALTINN_KEYS_DIR, sandbox=settings.ALTINN_SANDBOX).current
    head = _locked_head(definition.app_id)
    if head.kid != keys.kid:
        _keep(keys, now=now)
    sequence = head.sequence + 1
    withheld = Withheld(_closed_types(definition, listed))
    document = manifest(
        instance,
        definition=definition,
        elements=listed,
        signatures=made,
        withheld=withheld,
        issuer=addresses.platform_base(),
        sequence=sequence,
        previous=bytes(head.digest),
        now=now,
    )
    signed = _signed(canonical(document), keys)
    digest = hashlib.sha256(signed.encode()).digest()
    receipt = Receipt(
        app_id=definition.app_id,
        sequence=sequence,
        instance_id=instance.pk,
        jws=signed,
        digest=digest,
        disclosures=withheld.kept or None,
        created=now,
    )
    receipt.save(force_insert=True)
    ChainHead.objects.filter(pk=head.pk).update(
        sequence=sequence, digest=digest, kid=keys.kid
    )
    log.info(
        "receipt_issued",
        app_id=definition.app_id,
        instance=str(instance.pk),
        sequence=sequence,
    )
    return receipt


def receipt_of(instance_id: UUID) -> Receipt:
    """Return the last receipt of an instance; raises ReceiptNotFound."""
    rows = Receipt.objects.filter(instance_id=instance_id)
    receipt = rows.order_by("-sequence").first()
    if receipt is None:
        raise ReceiptNotFound(instance_id=instance_id)
    return receipt


def public_keys() -> dict[str, list[Mapping[str, object]]]:
    """Return the JWKS of every key that has signed receipts, and of the present one."""
    ring = key_ring(settings.ALTINN_KEYS_DIR, sandbox=settings.ALTINN_SANDBOX)
    found = {str(one["kid"]): one for one in _entries(ring.current)}
    kept = ReceiptKey.objects.order_by("created", "kid")
    for public in kept.values_list("public", flat=True):
        found.setdefault(str(public["kid"]), public)
    return {"keys": list(found.values())}


def _closed_types(
    definition: AppDefinition, elements: Iterable[DataElement]
) -> frozenset[str]:
    """Return the types that take a right of their own to read, now or when last had."""
    retired = {one.data_type for one in elements} - definition.data_types.keys()
    return definition.types_with_read_action | {
        one for one in retired if _was_closed(definition.app_id, one)
    }


def _was_closed(app_id: str, type_id: str) -> bool:
    try:
        retired = catalogue.retired_data_type(app_id, type_id)
    except DataTypeUnknown:
        return True  # what it took to read it, nobody knows any more
    return bool(retired.action_required_to_read)


def _entries(keys: SigningKeys) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", public_jwks(keys)["keys"])


def _locked_head(app_id: str) -> ChainHead:
    """Lock the end of the application's chain, which is made if there is none."""
    rows = ChainHead.objects.select_for_update().filter(app_id=app_id)
    head = rows.first()
    if head is None:
        ChainHead.objects.bulk_create(
            [ChainHead(app_id=app_id)],
            ignore_conflicts=True,  # somebody else was quicker
        )
        head = rows.get()
    return head


def _keep(keys: SigningKeys, *, now: datetime) -> None:
    """Keep the public key: receipts outlive the key that signs them."""
    (public,) = _entries(keys)
    ReceiptKey.objects.bulk_create(
        [ReceiptKey(kid=keys.kid, public=public, created=now)], ignore_conflicts=True
    )


def _signed(content: bytes, keys: SigningKeys) -> str:
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": keys.kid}
    return jws.serialize_compact(header, content, keys.private, algorithms=[ALGORITHM])
