"""Public addresses of apps and of the platform, from settings alone.

What has no request (event sources, webhooks, jobs) starts from these; so do links in
answers on hosts of ours.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings


def application_base(org: str) -> str:
    """Return scheme and host of an org's application API."""
    return _with_host(f"{org}.apps")


def platform_base() -> str:
    """Return scheme and host of the platform API."""
    return _with_host("platform")


def instance_source(*, org: str, app: str, party_id: int, guid: str) -> str:
    """Return an instance's address in the application API: an event's ``source``."""
    return f"{application_base(org)}/{org}/{app}/instances/{party_id}/{guid}"


def _with_host(label: str) -> str:
    return _joined(settings.ALTINN_BASE_URL, label)


@lru_cache(maxsize=1024)
def _joined(base_url: str, label: str) -> str:
    base = urlsplit(base_url)
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{label}.{base.hostname}{port}"
