"""Self links and Location headers: absolute, callable as given, to Altinn 3 addresses.

On a host of ours they name our hosts; on the path fallback the scheme and host that the
request came in by, which the host middleware has checked.
"""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from apps_registry import addresses
from instances.models import Instance

_FALLBACKS = ("altinn.urls", "altinn.urlconf_fallback")
_ORG, _APP = "zorg", "zapp"  # stand-ins that the cached templates are cut at


@dataclass(frozen=True, slots=True)
class Links:
    """Builds the links of one answer.

    ``fallback`` is the request's own scheme and host.
    """

    fallback: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Links":
        """Return the links for answering this request."""
        if getattr(request, "urlconf", "altinn.urls") in _FALLBACKS:
            return cls(f"{request.scheme}://{request.get_host()}")
        return cls()

    def origin(self, request: HttpRequest) -> str:
        """Return scheme and host of the request's own address."""
        if self.fallback:
            return self.fallback
        scheme = addresses.platform_base().partition(":")[0]
        return f"{scheme}://{request.get_host()}"

    def instance(self, instance: Instance) -> dict[str, str]:
        """Return the ``selfLinks`` of an instance."""
        return {
            "apps": self._apps(instance.org, instance.app) + _tail(instance),
            "platform": self._platform() + _tail(instance),
        }

    def element(self, instance: Instance, element_id: UUID) -> dict[str, str]:
        """Return the ``selfLinks`` of a data element."""
        tail = f"{_tail(instance)}/data/{element_id}"
        return {
            "apps": self._apps(instance.org, instance.app) + tail,
            "platform": self._platform() + tail,
        }

    def _apps(self, org: str, app: str) -> str:
        base = self.fallback or addresses.application_base(org)
        return base + _prefix("application:instances").replace(_ORG, org).replace(
            _APP, app
        )

    def _platform(self) -> str:
        return (self.fallback or addresses.platform_base()) + _prefix(
            "platform:storage:instances"
        )


def _tail(instance: Instance) -> str:
    return f"/{instance.owner_party_id}/{instance.id}"


@lru_cache(maxsize=8)
def _prefix(name: str) -> str:
    """Return the path of a collection; reversing once is enough for every answer."""
    values = {"org": _ORG, "app": _APP} if name.startswith("application") else {}
    return reverse(name, urlconf="altinn.urls", kwargs=values)
