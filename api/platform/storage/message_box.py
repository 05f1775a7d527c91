"""The message box: what an end user sees of instances across all applications."""

from collections.abc import Mapping

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.pages import newest_first
from api.pagination import PARAMETER, TokenMaker, caller_of, page_links
from api.permissions import AUTHENTICATED, Right
from api.platform.storage.base import DeletedNotFound, StorageViewSet
from api.serializers.message_box import (
    MessageBoxQuerySerializer,
    message_box_document,
    message_box_event_document,
    search_of,
)
from apps_registry.presentation import language_of
from instances import message_box
from instances import services as instances
from instances.errors import InstanceNotFound
from instances.message_box import Search
from instances.models import Instance, InstanceEvent

_MOST = 5000  # instances in an answer


class MessageNotFound(InstanceNotFound):
    """No instance has this id at this address.

    Check the guid, and that the party id in the address is the instance owner's.
    """

    detail = "Could not find instance {instance_id}"


class RestoredNotFound(InstanceNotFound):
    """There is no instance of this id at this address to restore."""

    detail = (
        "Didn't find the object that should be restored with instanceId={instance_id}"
    )


_MISSING: Mapping[str, type[InstanceNotFound]] = {
    "destroy": DeletedNotFound,
    "undelete": RestoredNotFound,
}


class MessageBoxViewSet(StorageViewSet):
    """Instances as the message box shows them."""

    actions = {
        "search": AUTHENTICATED,
        "retrieve": "read",
        "events": "read",
        "undelete": "delete",
        "destroy": "delete",
    }
    parameters = {
        "search": ("size", PARAMETER),
        "retrieve": ("language",),
        "destroy": ("hard",),
    }
    strict = frozenset({"search"})
    look_first = frozenset({"retrieve"})
    reads = unkeyed = frozenset({"search"})
    counts_scopes = False

    def search(self, request: Request, **kwargs: object) -> Response:
        """Search the instances of some parties, newest change first.

        All that are found are answered, up to `size`; when more follow, the header
        `Link` names the next page, for the same body.
        """
        body = self.read_input(MessageBoxQuerySerializer)
        found, following = self._page(search_of(body))
        language = language_of(body.get("language") or "")
        documents = [
            message_box_document(
                instance,
                message_box.rights_found(instance),
                language=language,
                in_search=True,
            )
            for instance in found
        ]
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return Response(documents, headers=headers)

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read an instance as the message box shows it."""
        instance = self.get_instance()
        rights = message_box.rights_on(self.roles, instance=instance)
        language = language_of(self.query.text("language"))
        return Response(
            message_box_document(instance, rights, language=language, in_search=False)
        )

    def events(self, request: Request, **kwargs: object) -> Response:
        """Tell what happened to an instance, oldest first.

        Of what somebody saved several times in a row the last is told.
        """
        instance = self.get_instance()
        shown = InstanceEvent.objects.of(instance.pk).filter(
            event_type__in=message_box.SHOWN_EVENTS
        )
        return Response(
            [message_box_event_document(event) for event in message_box.told(shown)]
        )

    def undelete(self, request: Request, **kwargs: object) -> Response:
        """Take a soft deletion back; for what is not deleted nothing happens."""
        instances.restore(self.principal, instance=self.get_instance())
        return Response(data=True)

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete an instance: softly it can be undeleted, with `hard=true` never."""
        instance = self.get_instance()
        instances.delete(
            self.principal,
            instance=instance,
            hard=self.query.flag("hard") or False,
            prevent_days=self.definition(instance).prevent_deletion_days,
            entry=message_box.DELETED,
        )
        return Response(data=True)

    def get_instance(self, *, action: Right = "") -> Instance:
        """Return the instance at the address, if the caller may do this action."""
        try:
            return super().get_instance(action=action)
        except InstanceNotFound as error:
            missing = _MISSING.get(self.action or "", MessageNotFound)
            raise missing(instance_id=error.context["instance_id"]) from None

    def _page(self, wanted: Search) -> tuple[list[Instance], str | None]:
        found, token = newest_first(
            message_box.search(self.principal, wanted=wanted, now=timezone.now()),
            query=self.query,
            tokens=TokenMaker.bound_to(
                "message box", caller_of(self.principal), wanted
            ),
            size=_MOST,
            most=_MOST,
        )
        if token is None:
            return found, None
        request = self.request._request
        return found, page_links(request, self.links.origin(request), token)[1]
