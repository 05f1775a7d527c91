"""Self links and Location headers: absolute, callable as given, to Altinn 3 addresses.

On a host of ours they name our hosts; on the path fallback the scheme and host that the
request came in by, which the host middleware has checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from api.rows import Addressed
from apps_registry import addresses

_FALLBACKS = ("altinn.urls", "altinn.urlconf_fallback")
# What is linked to, by the names of the routes; a test holds it to them. To ask for one
# makes Django take all routes apart, which would be a megabyte and half of the first
# call's time.
PATHS: Final[Mapping[str, str]] = {
    "application:instances": "/{org}/{app}/instances",
    "platform:storage:instances": "/storage/api/v1/instances",
    "platform:storage:exports": "/storage/api/v1/exports",
    "platform:events:subscriptions": "/events/api/v1/subscriptions",
    "platform:registry:deployments": "/registry/api/v1/apps/{org}/{app}/deployments",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Builds the links of answers.

    ``fallback`` is the request's own scheme and host.
    """

    fallback: str = ""
    _collections: dict[str, tuple[str, str]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, request: HttpRequest) -> "Links":
        """Return the links for answering this request."""
        fallback = ""
        if getattr(request, "urlconf", "altinn.urls") in _FALLBACKS:
            fallback = f"{request.scheme}://{request.get_host()}"
        return _made(fallback, settings.ALTINN_BASE_URL)

    def origin(self, request: HttpRequest) -> str:
        """Return scheme and host of the request's own address."""
        if self.fallback:
            return self.fallback
        scheme = addresses.platform_base().partition(":")[0]
        return f"{scheme}://{request.get_host()}"

    def instance(self, instance: Addressed) -> dict[str, str]:
        """Return the ``selfLinks`` of an instance."""
        tail = _tail(instance)
        apps, platform = self._collections_of(instance)
        return {"apps": apps + tail, "platform": platform + tail}

    def page(self, instance: Addressed) -> str:
        """Return the address of the page on which the instance is filled in."""
        app = self._apps(instance.org, instance.app_id).removesuffix("/instances")
        return f"{app}/#/instance{_tail(instance)}"

    def element(self, instance: Addressed, element_id: UUID) -> dict[str, str]:
        """Return the ``selfLinks`` of a data element."""
        tail = f"{_tail(instance)}/data/{element_id}"
        return {
            "apps": self._apps(instance.org, instance.app_id) + tail,
            "platform": self._platform() + tail,
        }

    def deployments(self, *, org: str, app: str) -> str:
        """Return the address of an application's deployments."""
        path = PATHS["platform:registry:deployments"]
        return self._platform_base() + path.format(org=quote(org), app=quote(app))

    def exports(self) -> str:
        """Return the address of the caller's exports."""
        return self._platform_base() + PATHS["platform:storage:exports"]

    def subscriptions(self) -> str:
        """Return the address of the caller's subscriptions."""
        return self._platform_base() + PATHS["platform:events:subscriptions"]

    def _collections_of(self, instance: Addressed) -> tuple[str, str]:
        """Return where each face has the instances of its app; asked for every row."""
        found = self._collections.get(instance.app_id)
        if found is None:
            apps = self._apps(instance.org, instance.app_id)
            found = self._collections[instance.app_id] = apps, self._platform()
        return found

    def _apps(self, org: str, app_id: str) -> str:
        return _of_app(self.fallback or addresses.application_base(org), app_id)

    def _platform(self) -> str:
        return self._platform_base() + PATHS["platform:storage:instances"]

    def _platform_base(self) -> str:
        return self.fallback or addresses.platform_base()


@lru_cache(maxsize=64)
def _made(fallback: str, base_url: str) -> Links:
    """Return links that know already what earlier answers asked, by what decides."""
    return Links(fallback)


@lru_cache(maxsize=1024)
def _of_app(base: str, app_id: str) -> str:
    org, _, app = app_id.partition("/")
    path = PATHS["application:instances"].format(org=quote(org), app=quote(app))
    return base + path


def _tail(instance: Addressed) -> str:
    return f"/{instance.owner_party_id}/{instance.id}"
