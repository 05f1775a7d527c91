"""What the views of storage ask of scopes, and the platform's own synchronisation.

Neither is on unless a setting says so (authorization.md §2.3, §6.4).
"""

from collections.abc import Callable
from typing import ClassVar, TypeVar

import structlog
from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from api.audit import subject_name
from api.permissions import PORTAL_SCOPE, Right, ScopeMissing
from api.rows import Addressed, InstanceRow
from api.views import FaceViewSet
from apps_registry.errors import AppNotFound
from instances.errors import InstanceNotFound
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

log = structlog.get_logger()

_Found = TypeVar("_Found", Instance, InstanceRow)


class DeletedNotFound(InstanceNotFound):
    """There is no instance of this id at this address to delete."""

    detail = (
        "Didn't find the object that should be deleted with instanceId={instance_id}"
    )


class StoredAppNotFound(AppNotFound):
    """The application of an instance is not served any more.

    What is stored of it stays closed until it is imported and served again.
    """

    detail = "Cannot find application {app_id} in storage"


SYNC_SCOPES = frozenset(
    {
        "altinn:storage/instances.syncadapter",
        "altinn:serviceowner/instances.syncadapter",  # what it is called in tests
    }
)
_ACCEPTED = {
    verb: frozenset(
        {
            PORTAL_SCOPE,
            f"altinn:instances.{verb}",
            f"altinn:serviceowner/instances.{verb}",
        }
    )
    for verb in ("read", "write")
}
SYNC_ACTIONS = frozenset({"read", "write", "delete"})


class StorageViewSet(FaceViewSet):
    """A view on instances in storage.

    ``sync_reads`` names the actions that look first and are the synchronisation's all
    the same; ``reads`` those that only read, whatever their method.
    ``counts_scopes`` says that the log tells of callers without a scope for instances.
    ``missing_app`` says in clients' words that an instance's application is gone.
    """

    sync_reads: ClassVar[frozenset[str]] = frozenset()
    reads: ClassVar[frozenset[str]] = frozenset()
    counts_scopes: ClassVar[bool] = True
    missing_app: ClassVar[type[AppNotFound]] = AppNotFound

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Check the scopes too, before anything is looked up."""
        super().initial(request, *args, **kwargs)
        caller = request.user
        if not isinstance(caller, Principal) or self.is_synchronisation():
            return
        reads = request.method in SAFE_METHODS or self.action in self.reads
        verb = "read" if reads else "write"
        if settings.ALTINN_STRICT_INSTANCE_SCOPES:
            _require_instance_scope(caller, verb=verb)
        elif self.counts_scopes and caller.scopes.isdisjoint(_ACCEPTED[verb]):
            # Of whom it is known before the strict mode is turned on.
            log.info(
                "invalid_scopes",
                client_id=caller.client_id,
                caller=subject_name(caller),
                action=self.action,
            )

    def handle_exception(self, exc: Exception) -> Response:
        """Tell of an application that is gone in the words that clients know."""
        if isinstance(exc, AppNotFound):
            exc = self.missing_app(app_id=exc.context["app_id"])
        return super().handle_exception(exc)

    def admitted(self, find: Callable[[], _Found | None], *, action: Right) -> _Found:
        """Return what is found at the address, if the caller may do this action."""
        asked = action or self.actions[self.action or ""]
        policy_first = self.action not in self.look_first
        if (
            isinstance(asked, str)
            and asked in SYNC_ACTIONS
            and (policy_first or self.action in self.sync_reads)
            and self.is_synchronisation()
        ):
            instance = find()
            if instance is None:  # no policy hides from it what is not there
                raise InstanceNotFound(instance_id=self._stated_address())
            self.record_synchronisation(action=asked, instance=instance.instance_id)
            return instance
        return super().admitted(find, action=action)

    def shows_deleted(self, instance: Addressed) -> bool:
        """Whether the caller sees deleted elements: the synchronisation does, too."""
        return super().shows_deleted(instance) or self.is_synchronisation()

    def is_synchronisation(self) -> bool:
        """Whether it is the platform's synchronisation, which no policy is asked for.

        A scope alone is not enough: the client must be named in the settings.
        """
        return (
            bool(self.principal.client_id)
            and self.principal.client_id in settings.ALTINN_SYNC_ADAPTER_CLIENTS
            and not SYNC_SCOPES.isdisjoint(self.principal.scopes)
        )

    def record_synchronisation(self, *, action: str, instance: str = "") -> None:
        """Record that the policy was passed by."""
        log.warning(
            "sync_adapter_used",
            client_id=self.principal.client_id,
            action=action,
            instance=instance,
            method=self.request.method,
            path=self.request.path,
        )


def _require_instance_scope(principal: Principal, *, verb: str) -> None:
    if principal.kind is PrincipalKind.SERVICE_OWNER:
        accepted = [f"altinn:serviceowner/instances.{verb}"]
    else:
        accepted = [f"altinn:instances.{verb}", PORTAL_SCOPE]
    if principal.scopes.isdisjoint(accepted):
        raise ScopeMissing(scope=" or ".join(accepted))
