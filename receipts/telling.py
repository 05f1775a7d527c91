"""Who is told what of a receipt: what it commits to, and whether he may have it."""

import base64
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

import orjson

from receipts.disclosures import COMMITMENT
from receipts.errors import ReceiptNotPermitted
from receipts.models import Receipt

MayRead = Callable[[str], bool]
Disclosure = Mapping[str, object]


def disclosures_for(
    receipt: Receipt, *, may_read: MayRead, closed: Collection[str]
) -> list[Disclosure]:
    """Return the disclosures for somebody who may read elements of those types.

    ``closed`` are the types that take a right of their own today. Raises
    ReceiptNotPermitted where the receipt itself tells what is not for the reader.
    """
    permitted = cache(may_read)
    hidden = sorted(t for t in _open_types(receipt, closed) if not permitted(t))
    if hidden:
        raise ReceiptNotPermitted(
            instance_id=receipt.instance_id, types=", ".join(hidden)
        )
    return [
        one["disclosure"]
        for one in receipt.disclosures or ()
        if all(map(permitted, one["dataTypes"]))
    ]


def _open_types(receipt: Receipt, closed: Collection[str]) -> set[str]:
    """Return the types of all elements whose hashes everybody can see in it."""
    document = _signed(receipt)
    types = {one["id"]: one["dataType"] for one in document["elements"]}
    found = {one["dataType"] for one in document["elements"] if COMMITMENT not in one}
    for signature in document["signatures"]:
        for one in signature["elements"]:
            if COMMITMENT not in one:
                # An element that is gone may have been of any type.
                found |= {types[one["id"]]} if one["id"] in types else set(closed)
    return found


def _signed(receipt: Receipt) -> dict[str, Any]:
    payload = receipt.jws.split(".")[1]
    return dict(orjson.loads(base64.urlsafe_b64decode(payload + "==")))
