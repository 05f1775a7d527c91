"""What other issuers publish of themselves: discovery documents and key sets."""

from collections.abc import Collection

from common.egress import EgressClient, EgressError
from parties.claims import ClaimInvalid, parse_object
from parties.key_sets import MAX_DOCUMENT_DEPTH, Key, read_key_set


class DocumentUnusable(Exception):
    """A document cannot be fetched, or not be used; ``reason`` is for operators."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fetch_document(url: str, client: EgressClient) -> str:
    """Return the text that lies at an address; raises DocumentUnusable."""
    try:
        answer = client.get(url)
        if answer.status != 200:
            raise DocumentUnusable(f"{url} answers with status {answer.status}")
        return answer.body.decode()
    except EgressError as error:
        raise DocumentUnusable(f"{url}: {error.reason}") from None
    except UnicodeDecodeError:
        raise DocumentUnusable(f"{url} answers no UTF-8") from None


def fetch_discovery(url: str, client: EgressClient, *, iss: str) -> dict[str, object]:
    """Return an issuer's own description; raises DocumentUnusable, also for another's.

    What it says of addresses is not checked.
    """
    document = _parsed(fetch_document(url, client), "discovery document")
    if document.get("issuer") != iss:
        raise DocumentUnusable(
            f"the discovery document is of another issuer,"
            f" {document.get('issuer')!r:.200}, not of {iss!r}"
        )
    return document


def usable_keys(document: str, algorithms: Collection[str]) -> dict[str, Key]:
    """Return the keys of a set that can be used; raises DocumentUnusable for none.

    Of two keys of one name neither counts: which is meant, nobody can tell.
    """
    found = read_key_set(_parsed(document, "key set"), algorithms)
    for kid in found.repeated:
        del found.keys[kid]
    if not found.keys:
        first = found.issues[0] if found.issues else None
        raise DocumentUnusable(
            f"the key set has no key that can be used: {first.detail if first else ''}"
        )
    return found.keys


def _parsed(document: str, name: str) -> dict[str, object]:
    try:
        return parse_object(document, max_depth=MAX_DOCUMENT_DEPTH)
    except ClaimInvalid as error:
        raise DocumentUnusable(f"the {name} cannot be read: {error.reason}") from None
