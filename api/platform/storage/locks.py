"""The locks that serve whoever does a step in several calls: of elements, of instances.

Both take what leaving the task takes.
"""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import AUTHENTICATED, CURRENT_TASK, NotPermitted, Right
from api.platform.storage.base import StorageViewSet
from api.serializers.locks import InstanceLockSerializer
from api.views import LOCK_HEADER
from common.errors import Invalid
from data_elements import locking
from instances import locks
from instances.errors import InstanceNotFound
from instances.locks import LockToken
from instances.models import Instance


class LockedInstanceNotFound(InstanceNotFound):
    """No instance has this id at this address, so there is nothing to lock."""

    detail = "Instance not found."


class LockNotPermitted(NotPermitted):
    """The policy permits the caller no action of the task that the instance is in."""

    code = "lock-not-permitted"
    detail = "Not authorized to acquire instance lock."


class LockTokenMissing(Invalid):
    """Which lock it is about, its token says. Send the header."""

    code = "lock-token-missing"
    title = "One or more validation errors occurred."
    detail = "The lockTokenHeader field is required."

    def __init__(self) -> None:
        """State it under the header's name too."""
        super().__init__(members={"errors": {LOCK_HEADER: [self.detail]}})


class LockTimeNegative(Invalid):
    """A lock ends in so many seconds, or now."""

    code = "lock-time-negative"
    detail = "TtlSeconds cannot be negative."


class DataLockViewSet(StorageViewSet):
    """Lock or unlock the content of a data element."""

    actions = {"lock": CURRENT_TASK, "unlock": ("write", "unlock", "reject")}
    look_first = frozenset({"lock"})

    def lock(self, request: Request, **kwargs: object) -> Response:
        """Lock the content; it is 200 where it was locked already."""
        element = self.get_element(self.get_instance())
        locked_now = locking.lock(self.principal, element=element)
        document = self.element_document(element)
        if not locked_now:
            return Response(document)
        return Response(document, status=201, headers={"Location": str(element.id)})

    def unlock(self, request: Request, **kwargs: object) -> Response:
        """Unlock the content, whether or not it was locked."""
        element = self.get_element(self.get_instance())
        locking.unlock(self.principal, element=element)
        return Response(self.element_document(element))


class InstanceLockViewSet(StorageViewSet):
    """Keep others from changing an instance for a while."""

    actions = {"acquire": CURRENT_TASK, "extend": AUTHENTICATED}
    look_first = frozenset({"acquire", "extend"})
    beside_lock = frozenset({"acquire", "extend"})

    def acquire(self, request: Request, **kwargs: object) -> Response:
        """Take the lock; until it ends, only its holder's changes are accepted."""
        seconds = self._seconds()
        instance = self.get_instance()
        token = locks.acquire(
            self.principal, instance=instance, seconds=seconds, now=timezone.now()
        )
        return Response({"lockToken": str(token)})

    def extend(self, request: Request, **kwargs: object) -> Response:
        """Let the lock end later, or now: whoever has its token may."""
        if not self.principal.lock_token:
            raise LockTokenMissing
        token = LockToken.read(self.principal.lock_token)
        seconds = self._seconds()
        instance = self.existing_instance()
        locks.extend(token, instance=instance, seconds=seconds, now=timezone.now())
        return Response(status=204)

    def find_instance(self) -> Instance | None:
        """Return the instance; what is missing is told in the words clients know."""
        instance = super().find_instance()
        if instance is None:
            raise LockedInstanceNotFound(instance_id=self._stated_address())
        return instance

    def get_instance(self, *, action: Right = "") -> Instance:
        """Return the instance; a refusal, too, is in the words that clients know."""
        try:
            return super().get_instance(action=action)
        except NotPermitted as error:
            raise LockNotPermitted(members=error.members) from None

    def _seconds(self) -> int:
        seconds: int = self.read_input(InstanceLockSerializer)["ttlSeconds"]
        if seconds < 0:
            raise LockTimeNegative
        return seconds
