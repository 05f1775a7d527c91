"""Calls about many instances, as tests of what they take make them."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from bench.load import Call
from tests.cast import OWNER, Person
from tests.client import PLATFORM_HOST

LIST = "/storage/api/v1/instances"


def call(
    method: str, path: str, who: Person = OWNER, *, host: str = PLATFORM_HOST
) -> Call:
    """Return a call as somebody."""
    headers = {"Host": host, "Authorization": f"Bearer {who.token()}"}
    return Call(method, path, headers)


def document_of(path: str) -> dict[str, Any]:
    """Return the page at an address; its ``next`` is one too, or empty."""
    made = call("GET", path)
    answer = Client().get(path, headers=dict(made.headers))
    document = answer.json()
    following = urlsplit(document["next"] or "")
    return {**document, "next": f"{following.path}?{following.query}".strip("?")}
