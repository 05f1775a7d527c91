"""Instances of all apps: query, read, create, delete, confirm."""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.entity_tags import instance_tag
from api.explanations import unexplained
from api.filters import APP_ID
from api.instances import SharedInstanceViewSet
from api.list_statements import Asked
from api.owners import (
    ORGANISATION,
    PERSON,
    identified_party_id,
    numbered_party_id,
    owner_party_id,
)
from api.pagination import PARAMETER
from api.permissions import AUTHENTICATED, NotPermitted, Right, require
from api.platform.storage.base import DeletedNotFound, StorageViewSet
from api.queries import PARAMETERS, CallerCannotList, InstanceQuery
from api.rows import InstanceRow
from api.search_body import searched
from api.serializers.instances import InstanceTemplateSerializer
from apps_registry import catalogue
from apps_registry.errors import AppNotFound
from authorization.resources import Resource
from common.errors import Invalid
from common.prepared import by_key
from instances import services as instances
from instances.choices import ReadStatus
from instances.errors import InstanceNotFound
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from instances.services import InstanceOwner, NewInstance
from parties.identity import PrincipalKind
from parties.models import Party
from process.instance_owners import registered_owner

_Found = TypeVar("_Found", Instance, InstanceRow)


class OrgOrAppMissing(Invalid):
    """A service owner lists the instances of an org or an app; say of which."""

    code = "org-or-app-missing"
    detail = "Org or AppId must be defined."


class AppMissing(Invalid):
    """The instances of another org are listed for one app; give ``appId``."""

    code = "app-id-missing"
    detail = "AppId must be defined."


class OwnerPartyMissing(Invalid):
    """An end user lists the instances of one party; say of which.

    Give its id in the query, ``instanceOwner.partyId=``, or its number in the header
    ``X-Ai-InstanceOwnerIdentifier``.
    """

    code = "instance-owner-missing"
    detail = (
        "Either InstanceOwnerPartyId or InstanceOwnerIdentifier need to be defined."
    )


class OwnerPartyInvalid(Invalid):
    """An instance is created for a party, by the party's id in the register."""

    code = "instance-owner-invalid"
    detail = "Cannot create an instance without an instanceOwner.PartyId."


class AppIdInvalid(Invalid):
    """The query parameter ``appId`` names the application as ``org/app``."""

    code = "app-id-invalid"
    detail = "The query parameter appId must be org/app; it is {app_id!r}."


class ReadStatusInvalid(Invalid):
    """The read status is one of three names."""

    code = "read-status-invalid"
    detail = (
        "Invalid read status: {status}. Accepted types include: Unread, Read,"
        " UpdatedSinceLastReview"
    )


class ReadNotFound(InstanceNotFound):
    """No instance has this id at this address.

    Check the guid, and that the party id in the address is the instance owner's.
    """

    detail = "Unable to find instance {instance_id}"


class InstanceViewSet(StorageViewSet, InstanceQuery, SharedInstanceViewSet):
    """Instances in storage."""

    actions = {
        "list": AUTHENTICATED,
        "search": AUTHENTICATED,
        "create": AUTHENTICATED,
        "retrieve": "read",
        "destroy": "delete",
        "complete": "complete",
        "read_status": "read",
        "substatus": AUTHENTICATED,
    }
    parameters = {
        "list": PARAMETERS,
        "search": (PARAMETER,),
        "create": ("appId",),
        "destroy": ("hard",),
        "read_status": ("status",),
    }
    strict = frozenset({"list", "search"})
    reads = unkeyed = frozenset({"search"})
    look_first = frozenset({"retrieve", "substatus"})
    sync_reads = frozenset({"retrieve"})

    def list(self, request: Request, **kwargs: object) -> HttpResponse:
        """Query instances; follow `next` until it is null."""
        in_query = bool(self.query.text("instanceOwner.partyId", "instanceOwnerId"))
        party_id = identified_party_id(request, self.principal, also_in_query=in_query)
        app_ids = self._listed_apps(has_party=in_query or party_id is not None)
        return self.rendered(self.page(app_ids=app_ids, party_id=party_id))

    def search(self, request: Request, **kwargs: object) -> HttpResponse:
        """Query instances by a body, for what must not stand in an address.

        It takes the parameters of the list as members, and the owner's numbers. `next`
        is where to send the same body for the next page.
        """
        self.query = searched(self.read_json(), self.query)
        in_query = bool(self.query.text("instanceOwner.partyId", "instanceOwnerId"))
        numbered = bool(self.query.text(PERSON) or self.query.text(ORGANISATION))
        party_id = identified_party_id(
            request, self.principal, also_in_query=in_query or numbered
        )
        app_ids = self._listed_apps(
            has_party=in_query or numbered or party_id is not None
        )
        if numbered:
            party_id = numbered_party_id(self.principal, self.query)
        return self.rendered(self.page(app_ids=app_ids, party_id=party_id))

    def create(self, request: Request, **kwargs: object) -> Response:
        """Create an instance whose process has not begun."""
        template = self.read_input(InstanceTemplateSerializer)
        owner = template.get("instanceOwner") or {}
        party_id = owner_party_id(owner.get("partyId"))
        if party_id is None:
            raise OwnerPartyInvalid
        org, app = org_and_app(self.query.text("appId"))
        definition = catalogue.definition_of(org, app)
        resource = Resource(org=org, app=app, party_id=party_id)
        require(self.roles, resource=resource, action="instantiate")
        new = NewInstance(
            org=definition.org,
            app=definition.app,
            owner=self._named(owner, party_id, org=definition.org),
            due_before=template.get("dueBefore"),
            visible_after=template.get("visibleAfter"),
            data_values=template.get("dataValues"),
            external_reference=template.get("externalReference"),
        )
        instance = instances.create(self.principal, new=new, now=timezone.now())
        location = self.links.instance(instance)["platform"]
        document = self.instance_document(instance, [])
        self.tag = instance_tag(instance, [])
        return Response(document, status=201, headers={"Location": location})

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponse:
        """Read an instance with its data elements."""
        return self.rendered(self.instance_document(self.read_instance()))

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete an instance.

        Softly it can be restored, with `hard=true` it is purged.
        """
        instance = self.get_instance()
        hard = self.query.flag("hard") or False
        days = self.definition(instance).prevent_deletion_days
        instances.delete(
            self.principal, instance=instance, hard=hard, prevent_days=days
        )
        return Response(self.instance_document(instance, []))

    def read_status(self, request: Request, **kwargs: object) -> Response:
        """Set whether the instance owner has seen it."""
        instance = self.get_instance()
        given = self.query.text("status")
        named = {status.label.lower(): status for status in ReadStatus}
        if given.lower() not in named:
            raise ReadStatusInvalid(status=given)
        status = named[given.lower()]
        instances.set_read_status(self.principal, instance=instance, status=status)
        return Response(self.instance_document(instance))

    def admitted(self, find: Callable[[], _Found | None], *, action: Right) -> _Found:
        """Return what is found; what is not, is told in the words that clients know."""
        try:
            return super().admitted(find, action=action)
        except InstanceNotFound as error:
            address = str(error.context["instance_id"])
            if self.action == "destroy":
                raise DeletedNotFound(instance_id=address) from None
            if self.action == "retrieve":
                raise ReadNotFound(instance_id=self.guid) from None
            raise

    def _named(
        self, stated: Mapping[str, str | None], party_id: int, *, org: str
    ) -> InstanceOwner:
        """Return the instance owner: as the app's owner says, or as the register does.

        Anybody else could state another's number, and receipts and signatures bear it.
        """
        if self.principal.owns(org):
            return InstanceOwner(
                party_id=party_id,
                person_number=stated.get("personNumber"),
                organisation_number=stated.get("organisationNumber"),
                username=stated.get("username"),
                external_identifier=stated.get("externalIdentifier"),
            )
        party = by_key(Party, party_id)
        return registered_owner(party) if party else InstanceOwner(party_id=party_id)

    def _listed_apps(self, *, has_party: bool) -> tuple[str, ...] | None:
        """Return the apps that the query is about, None for all the caller sees.

        Raises what storage-api.md §5.2 asks of each kind of caller, in its order.
        """
        org, app_id = self.query.text("org"), self.query.text("appId")
        if self.is_synchronisation():
            return (app_id,) if app_id else None
        match self.principal.kind:
            case PrincipalKind.SERVICE_OWNER:
                self.require_list_scope()
                if not org and not app_id:
                    raise OrgOrAppMissing
                asked = org or app_id.partition("/")[0]
                if asked.lower() != self.principal.org:
                    self._require_foreign_list(app_id)
            case PrincipalKind.USER | PrincipalKind.SYSTEM_USER:
                if not has_party:
                    raise OwnerPartyMissing
            case _:
                raise CallerCannotList
        return (app_id,) if app_id else None

    def visible(
        self, asked: Asked, app_ids: Collection[str] | None
    ) -> InstanceQuerySet:
        """Return what the caller may see: everything, for the synchronisation."""
        if self.is_synchronisation():
            return Instance.objects.all()
        return super().visible(asked, app_ids)

    def lists_deleted(self) -> bool:
        """Whether the caller's lists have what is deleted for good."""
        return super().lists_deleted() or self.is_synchronisation()

    def visible_by(self, app_ids: Collection[str] | None) -> Hashable:
        """Return what decides which statement ``visible`` makes."""
        if not self.is_synchronisation():
            return super().visible_by(app_ids)
        self.record_synchronisation(action="list")
        return "synchronisation"

    def _require_foreign_list(self, app_id: str) -> None:
        if not app_id:
            raise AppMissing
        org, app = org_and_app(app_id)
        try:
            require(self.roles, resource=Resource(org=org, app=app), action="read")
        except AppNotFound:  # no policy permits it
            members = {"explanation": unexplained("read")}
            raise NotPermitted(action="read", members=members) from None


def org_and_app(app_id: str) -> tuple[str, str]:
    """Return the two halves of an app id; raises AppIdInvalid."""
    if not APP_ID.fullmatch(app_id):
        raise AppIdInvalid(app_id=app_id)
    org, _, app = app_id.partition("/")
    return org, app
