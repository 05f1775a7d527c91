"""An owner's queue: leasing batches of ended instances, and confirming them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.pages import page_of
from api.pagination import PARAMETER, Place, TokenMaker, page_links
from api.permissions import AUTHENTICATED, require, require_owner
from api.platform.storage.base import StorageViewSet
from api.queries import InstanceQuery
from api.serializers.queues import (
    QueueSelectionSerializer,
    batch_document,
    stuck_documents,
)
from api.uploads import has_body
from apps_registry import catalogue
from common.times import wire_time
from data_elements.models import DataElement
from instances import lease_queue
from instances.models import Instance

_MOST, _SIZE = 1000, 100
_LONGEST, _USUAL = 12 * 3600, 300  # seconds


class QueueViewSet(StorageViewSet, InstanceQuery):
    """The queue of an application's ended and unconfirmed instances."""

    actions = {
        "lease": AUTHENTICATED,
        "complete": AUTHENTICATED,
        "release": AUTHENTICATED,
        "renew": AUTHENTICATED,
        "stuck": AUTHENTICATED,
        "reset": AUTHENTICATED,
    }
    parameters = {
        "lease": ("max", "visibility", "includeDataElements"),
        "renew": ("visibility",),
        "stuck": ("size", PARAMETER),
    }
    strict = frozenset(actions)

    def lease(self, request: Request, **kwargs: object) -> Response:
        """Take a batch that nobody else gets before the lease ends.

        Confirm what was received (`…/complete` of the lease, or of an instance): that
        takes it out of the queue. What is not confirmed when the lease ends is handed
        out again, five times at most: then it is stuck until it is reset.
        """
        most = self.query.integer("max", least=1, most=_MOST) or _SIZE
        visibility = self._visibility()
        batch = lease_queue.lease(
            self.principal,
            app_id=self._queue(),
            most=most,
            visibility=visibility,
            now=timezone.now(),
        )
        return Response(batch_document(batch, self._documents(batch.instances)))

    def complete(self, request: Request, **kwargs: object) -> Response:
        """Confirm instances of the lease as received, all or those that are named."""
        chosen = self._chosen()
        lease_id: UUID = self.kwargs["lease"]
        found = lease_queue.held(
            app_id=self._queue(), lease_id=lease_id, instance_ids=chosen
        )
        for instance in found:
            require(self.roles, resource=instance.resource, action="complete")
        lease_queue.acknowledge(
            self.principal, lease_id=lease_id, held_rows=found, now=timezone.now()
        )
        return Response({"count": len(found)})

    def release(self, request: Request, **kwargs: object) -> Response:
        """Put instances of the lease back, all or those named: others get them now."""
        chosen = self._chosen()
        count = lease_queue.release(
            app_id=self._queue(),
            lease_id=self.kwargs["lease"],
            instance_ids=chosen,
            now=timezone.now(),
        )
        return Response({"count": count})

    def renew(self, request: Request, **kwargs: object) -> Response:
        """Keep instances of the lease for longer, all or those named, from now on."""
        chosen = self._chosen()
        until = timezone.now() + self._visibility()
        count = lease_queue.renew(
            app_id=self._queue(),
            lease_id=self.kwargs["lease"],
            instance_ids=chosen,
            until=until,
        )
        return Response({"count": count, "leasedUntil": wire_time(until)})

    def stuck(self, request: Request, **kwargs: object) -> Response:
        """List what was leased five times and never confirmed."""
        app_id = self._queue()
        now = timezone.now()
        rows = lease_queue.stuck(self.principal, app_id=app_id, now=now)
        page, token = page_of(
            rows,
            query=self.query,
            tokens=TokenMaker.bound_to("stuck", self.principal.org, app_id),
            after=lambda place: rows.filter(instance_id__gt=place.guid),
            place_of=lambda last: Place(last.leased_until, last.instance_id),
        )
        plain = request._request
        _, link = page_links(plain, self.links.origin(plain), token)
        documents = stuck_documents(page)
        return Response({"count": len(page), "next": link, "instances": documents})

    def reset(self, request: Request, **kwargs: object) -> Response:
        """Put what is stuck back into the queue, all or those named in the body."""
        chosen = self._chosen()
        count = lease_queue.reset(
            app_id=self._queue(), instance_ids=chosen, now=timezone.now()
        )
        return Response({"count": count})

    def _queue(self) -> str:
        """Return the app id, if the caller owns the queue; raises AppNotFound."""
        org, app = self.kwargs["org"], self.kwargs["app"]
        require_owner(self.principal, org=org)
        self.require_list_scope()
        return catalogue.definition_of(org, app).app_id

    def _visibility(self) -> timedelta:
        seconds = self.query.integer("visibility", least=1, most=_LONGEST)
        return timedelta(seconds=seconds or _USUAL)

    def _chosen(self) -> Collection[UUID] | None:
        """Read which instances are meant, None for all; a body is not needed."""
        if not has_body(self.request._request):
            return None
        body = self.read_input(QueueSelectionSerializer)
        chosen: Collection[UUID] | None = body.get("instances")
        return chosen

    def _documents(self, instances: Sequence[Instance]) -> list[dict[str, object]]:
        grouped: dict[UUID, list[DataElement]] = defaultdict(list)
        if instances and self.query.flag("includeDataElements") is not False:
            # The owner sees those that are marked deleted too.
            for element in DataElement.objects.of([one.pk for one in instances]):
                grouped[element.instance_id].append(element)
        return [self.instance_document(one, grouped[one.pk]) for one in instances]
