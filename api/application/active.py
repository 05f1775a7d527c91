"""The instances of a party that are still to be filled in."""

from collections.abc import Iterable, Mapping

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.pages import newest_first
from api.pagination import PARAMETER, TokenMaker, caller_of, page_links
from api.permissions import AUTHENTICATED, require
from api.queries import CallerCannotList, InstanceQuery
from api.serializers.limits import TextsField
from authorization.resources import Resource
from common.times import optional_wire_time, wire_time
from instances.models import Instance
from parties.identity import PrincipalKind
from parties.models import Party, Profile

_MOST = 1000  # instances in an answer
_NUMBER = 9  # digits of an organisation number


class ActiveInstanceSerializer(serializers.Serializer[object]):
    """An instance that is neither archived nor deleted; nulls are written."""

    id = serializers.CharField(help_text="{partyId}/{guid}")
    presentationTexts = TextsField(allow_null=True)
    dueBefore = serializers.DateTimeField(allow_null=True)
    lastChanged = serializers.DateTimeField()
    lastChangedBy = serializers.CharField(help_text="A name, empty for nobody known.")


class ActiveInstanceViewSet(InstanceQuery, AppViewSet):
    """Instances of one party in the application."""

    actions = {"list": AUTHENTICATED}
    parameters = {"list": ("size", PARAMETER)}
    touches_instances = True

    def list(self, request: Request, **kwargs: object) -> Response:
        """List a party's instances that are neither archived nor deleted.

        The newest change first, with the names of who made it. When there are more than
        `size`, the header `Link` names the next page.
        """
        self._require_list()
        app_id, party_id = self.app.app_id, self.kwargs["party"]
        rows = Instance.objects.visible_to(self.principal, app_ids=[app_id])
        rows = rows.shown_by(self.principal, moment=timezone.now())
        found, token = newest_first(
            rows.filter(app_id=app_id, owner_party_id=party_id).active(),
            query=self.query,
            tokens=TokenMaker.bound_to(
                "active", caller_of(self.principal), app_id, party_id
            ),
            size=_MOST,
            most=_MOST,
        )
        headers = {}
        if token is not None:
            origin = self.links.origin(request._request)
            following = page_links(request._request, origin, token)[1]
            headers = {"Link": f'<{following}>; rel="next"'}
        names = _names({one.last_changed_by for one in found})
        documents = [_document(one, names) for one in found]
        return Response(documents, headers=headers)

    def _require_list(self) -> None:
        """Hold the caller to what a list in storage asks of it."""
        match self.principal.kind:
            case PrincipalKind.SERVICE_OWNER:
                self.require_list_scope()
                if not self.principal.owns(self.app.org):
                    whole = Resource(org=self.app.org, app=self.app.app)
                    require(self.roles, resource=whole, action="read")
            case PrincipalKind.USER | PrincipalKind.SYSTEM_USER:
                pass
            case _:
                raise CallerCannotList


def _document(instance: Instance, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "id": instance.instance_id,
        "presentationTexts": instance.presentation_texts,
        "dueBefore": optional_wire_time(instance.due_before),
        "lastChanged": wire_time(instance.last_changed),
        "lastChangedBy": names.get(instance.last_changed_by, ""),
    }


def _names(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of organisations, by number, and of users, by id.

    Two statements however many there are.
    """
    numbers = [one for one in ids if len(one) == _NUMBER]
    users = [one for one in ids if len(one) != _NUMBER and one.isdecimal()]
    found: dict[str, str] = {}
    if numbers:
        rows = Party.objects.filter(org_number__in=sorted(numbers))
        found |= dict(rows.values_list("org_number", "name"))
    if users:
        profiles = Profile.objects.filter(pk__in=sorted(map(int, users)))
        pairs = profiles.values_list("pk", "party__name")
        found |= {str(user): name for user, name in pairs}
    return found
