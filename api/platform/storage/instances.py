"""Instances of all apps: query, read, create, delete, confirm."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.instances import SharedInstanceViewSet
from api.owners import identified_party_id, owner_party_id
from api.permissions import AUTHENTICATED, require
from api.queries import PARAMETERS, InstanceQuery
from api.serializers.instances import InstanceTemplateSerializer
from apps_registry import catalogue
from authorization.resources import Resource
from common.errors import Invalid
from instances import services as instances
from instances.choices import ReadStatus
from instances.services import InstanceOwner, NewInstance
from parties.identity import PrincipalKind


class OrgOrAppMissing(Invalid):
    """A service owner lists the instances of an org or an app; say of which."""

    code = "org-or-app-missing"
    detail = "Org or AppId must be defined."


class AppMissing(Invalid):
    """The instances of another org are listed for one app; give ``appId``."""

    code = "app-id-missing"
    detail = "AppId must be defined."


class OwnerPartyMissing(Invalid):
    """An end user lists the instances of one party; say of which."""

    code = "instance-owner-missing"
    detail = (
        "Either InstanceOwnerPartyId or InstanceOwnerIdentifier need to be defined."
    )


class CallerCannotList(Invalid):
    """The token is of a kind that has no instances of its own to list."""

    code = "caller-cannot-list"
    detail = "This kind of token lists no instances; use a user's or a service owner's."


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


class InstanceViewSet(InstanceQuery, SharedInstanceViewSet):
    """Instances in storage."""

    actions = {
        "list": AUTHENTICATED,
        "create": AUTHENTICATED,
        "retrieve": "read",
        "destroy": "delete",
        "complete": "complete",
        "read_status": "read",
        "substatus": AUTHENTICATED,
    }
    parameters = {
        "list": PARAMETERS,
        "create": ("appId",),
        "destroy": ("hard",),
        "read_status": ("status",),
    }
    strict = frozenset({"list"})
    look_first = frozenset({"retrieve", "substatus"})

    def list(self, request: Request, **kwargs: object) -> Response:
        """Query instances; follow `next` until it is null."""
        in_query = bool(self.query.text("instanceOwner.partyId", "instanceOwnerId"))
        party_id = identified_party_id(request, also_in_query=in_query)
        app_ids = self._listed_apps(has_party=in_query or party_id is not None)
        return Response(self.page(app_ids=app_ids, party_id=party_id))

    def create(self, request: Request, **kwargs: object) -> Response:
        """Create an instance whose process has not begun."""
        template = self.read_input(InstanceTemplateSerializer)
        owner = template.get("instanceOwner") or {}
        party_id = owner_party_id(owner.get("partyId"))
        if party_id is None:
            raise OwnerPartyInvalid
        org, slash, app = (app_id := self.query.text("appId")).partition("/")
        if not slash or not org or not app:
            raise AppIdInvalid(app_id=app_id)
        definition = catalogue.definition_of(org, app)
        resource = Resource(org=org, app=app, party_id=party_id)
        require(self.roles, resource=resource, action="instantiate")
        new = NewInstance(
            org=definition.org,
            app=definition.app,
            owner=InstanceOwner(
                party_id=party_id,
                person_number=owner.get("personNumber"),
                organisation_number=owner.get("organisationNumber"),
                username=owner.get("username"),
                external_identifier=owner.get("externalIdentifier"),
            ),
            due_before=template.get("dueBefore"),
            visible_after=template.get("visibleAfter"),
            data_values=template.get("dataValues"),
        )
        instance = instances.create(self.principal, new=new, now=timezone.now())
        location = self.links.instance(instance)["platform"]
        document = self.instance_document(instance, [])
        return Response(document, status=201, headers={"Location": location})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read an instance with its data elements."""
        return Response(self.instance_document(self.get_instance()))

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
        instances.set_read_status(instance=instance, status=named[given.lower()])
        return Response(self.instance_document(instance))

    def _listed_apps(self, *, has_party: bool) -> tuple[str, ...] | None:
        """Return the apps that the query is about, None for all the caller sees.

        Raises what storage-api.md §5.2 asks of each kind of caller, in its order.
        """
        org, app_id = self.query.text("org"), self.query.text("appId")
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

    def _require_foreign_list(self, app_id: str) -> None:
        if not app_id:
            raise AppMissing
        org, _, app = app_id.partition("/")
        require(self.roles, resource=Resource(org=org, app=app), action="read")
