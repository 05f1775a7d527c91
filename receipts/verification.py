"""Verifying receipts, with public keys and nothing else of this server.

No table is asked and no address fetched: whoever has the receipt and the keys can tell.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from receipts.canonical import canonical
from receipts.disclosures import COMMITMENT, COMMITTING, PLAIN, SALT, commitment

# Of the JWS; no token of the server has it, and a receipt has no other.
TYPE = "altinn-receipt+jws"
ALGORITHM = "RS256"
MOST_BYTES = 8 * 2**20  # of a receipt, or of a set of keys


class _Registry(jws.JWSRegistry):
    """Takes all that a receipt may be: an instance has any number of elements."""

    max_payload_length = MOST_BYTES


_REGISTRY = _Registry()


class NotVerified(Exception):
    """The receipt is not what it says it is; ``code`` says what is wrong."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt that holds: the key that signed it, and what it says.

    ``disclosed`` has what was told besides, by the commitment that it fits.
    """

    kid: str
    digest: bytes
    manifest: Mapping[str, object] = field(repr=False)
    disclosed: Mapping[str, Mapping[str, object]] = field(
        repr=False, default_factory=dict
    )

    def listed(self, name: str) -> list[object]:
        """Return the ``elements`` or ``signatures``, with what is disclosed of them."""
        found = self.manifest.get(name)
        return [self._told(one) for one in found] if isinstance(found, list) else []

    def _told(self, entry: object) -> object:
        if isinstance(entry, list):
            return [self._told(one) for one in entry]
        if not isinstance(entry, Mapping):
            return entry
        disclosed = self.disclosed.get(str(entry.get(COMMITMENT)), {})
        # What is signed in the clear stands, whatever else is called the same.
        return {**disclosed, **{name: self._told(one) for name, one in entry.items()}}

    @property
    def application(self) -> str:
        """The application, as org/app."""
        return str(_member(self.manifest, "application").get("id"))

    @property
    def sequence(self) -> int:
        """The place in the application's chain."""
        return int(str(_member(self.manifest, "chain").get("sequence")))

    @property
    def previous(self) -> bytes:
        """The hash of the receipt before."""
        return bytes.fromhex(str(_member(self.manifest, "chain").get("previous")))


def verify(content: bytes, keys: Mapping[str, RSAKey]) -> Verified:
    """Return what a receipt says, if one of the keys signed just that.

    It is a JWS in compact form or in flattened JSON, which may have disclosures. Raises
    NotVerified, also for a disclosure that nothing in the receipt commits to.
    """
    compact, disclosures = _parts(content)
    try:
        # The header says which key; it is believed once the signature holds.
        extracted = jws.extract_compact(compact.encode(), registry=_REGISTRY)
        header = _object(extracted.headers())
    except (JoseError, ValueError, UnicodeError) as error:
        raise NotVerified("malformed", f"It is no JWS: {error}.") from error
    if header.get("typ") != TYPE:
        raise NotVerified("other-type", f"Its type is not {TYPE}.")
    kid = str(header.get("kid", ""))
    if kid not in keys:
        raise NotVerified("key-unknown", f"Its key {kid!r} is not among the keys.")
    try:
        signed = jws.deserialize_compact(
            compact, keys[kid], algorithms=[ALGORITHM], registry=_REGISTRY
        )
    except (JoseError, ValueError) as error:
        raise NotVerified("signature-wrong", "Its signature does not hold.") from error
    manifest = _manifest(signed.payload)
    return Verified(
        kid=kid,
        digest=hashlib.sha256(compact.encode()).digest(),
        manifest=manifest,
        disclosed=_disclosed(disclosures, manifest),
    )


def read_keys(content: bytes) -> dict[str, RSAKey]:
    """Return the keys of a JWKS document by their names; raises NotVerified."""
    try:
        listed = orjson.loads(content)["keys"]
        return {str(one["kid"]): RSAKey.import_key(one) for one in listed}
    except (JoseError, ValueError, TypeError, KeyError) as error:
        reason = f"The keys are no set of RSA keys (RFC 7517): {error}."
        raise NotVerified("keys-malformed", reason) from error


def broken_links(receipts: Sequence[Verified]) -> list[tuple[Verified, Verified]]:
    """Return the neighbours in a chain of which the later does not state the earlier.

    Of each application those are neighbours whose numbers are; a gap is no finding.
    """
    by_place = {(one.application, one.sequence): one for one in receipts}
    broken = []
    for one in receipts:
        before = by_place.get((one.application, one.sequence - 1))
        if before and not hmac.compare_digest(before.digest, one.previous):
            broken.append((before, one))
    return broken


def _parts(content: bytes) -> tuple[str, list[object]]:
    """Return the compact form, and what is disclosed besides."""
    if len(content) > MOST_BYTES:
        raise NotVerified("too-large", f"It has more than {MOST_BYTES} bytes.")
    text = content.strip()
    try:
        if not text.startswith(b"{"):
            return text.decode("ascii"), []
        parts = json.loads(text)
        compact = ".".join(
            str(parts[name]) for name in ("protected", "payload", "signature")
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotVerified("malformed", "It is neither a JWS nor JSON.") from error
    disclosures = parts.get("disclosures", [])
    if not isinstance(disclosures, list):
        raise NotVerified("disclosure-unknown", "Its disclosures are no list.")
    return compact, disclosures


def _disclosed(
    disclosures: Sequence[object], manifest: Mapping[str, object]
) -> dict[str, Mapping[str, object]]:
    """Return what is disclosed by its commitment, each of which the receipt has."""
    found: dict[str, Mapping[str, object]] = {}
    committed = set(_commitments(manifest)) if disclosures else set()
    for disclosure in disclosures:
        try:
            fits = commitment(disclosure) if isinstance(disclosure, Mapping) else ""
        except (ValueError, TypeError):
            fits = ""  # there is no canonical form of it
        if not isinstance(disclosure, Mapping) or fits not in committed:
            reason = "It has a disclosure that nothing in it commits to."
            raise NotVerified("disclosure-unknown", reason)
        found[fits] = {
            name: member for name, member in disclosure.items() if name != SALT
        }
    return found


def _commitments(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _commitments(one)
    elif isinstance(value, Mapping):
        if COMMITMENT in value:
            yield str(value[COMMITMENT])
        for one in value.values():
            yield from _commitments(one)


def _object(header: object) -> Mapping[str, object]:
    """Return the header; the library lets lists and texts pass for one."""
    if not isinstance(header, Mapping):
        raise ValueError("its header is no object")
    return header


def _manifest(payload: bytes) -> Mapping[str, object]:
    try:
        document = orjson.loads(payload)
        is_canonical = isinstance(document, Mapping) and canonical(document) == payload
    except ValueError as error:
        raise NotVerified("manifest-malformed", "It signs no JSON.") from error
    if not is_canonical or document.get("version") not in (PLAIN, COMMITTING):
        raise NotVerified(
            "manifest-malformed", "It signs no canonical manifest of version 1 or 2."
        )
    return dict(document)


def _member(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}
