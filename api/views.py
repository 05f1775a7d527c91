"""What every view of the faces shares: table of rights, parameters, object."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from api.authentication import TokenAuthentication
from api.links import Links
from api.negotiation import ForgivingNegotiation
from api.parameters import Parameters
from api.parsers import JSONParser
from api.permissions import ANYONE, PolicyPermission, require, require_on_instance
from api.problems import ContentTypeUnsupported
from api.renderers import JSONRenderer, PageRenderer
from api.serializers.casing import in_wire_case
from api.serializers.data_elements import data_element_document
from api.serializers.instances import instance_document
from api.serializers.spelling import Spelling
from api.uploads import body_stream, has_body, media_type
from apps_registry import catalogue
from apps_registry.definition import AppDefinition, DataType
from authorization import services as authorization
from authorization.services import RoleLookup
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances.models import Instance
from parties.identity import Principal, PrincipalKind


def empty_answer() -> HttpResponse:
    """Return a 200 with neither a body nor a type of one."""
    answer = HttpResponse()
    del answer["Content-Type"]
    return answer


class FaceViewSet(ViewSet):
    """A view of one of the faces.

    ``actions`` maps each action to the right that it takes; ``parameters`` names the
    query parameters of each; ``strict`` refuses others in the actions that it lists.
    ``look_first`` lists the actions that answer 404 for what does not exist; the others
    ask the policy first and answer 403.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes = (PolicyPermission,)
    renderer_classes = (JSONRenderer, PageRenderer)
    parser_classes = (JSONParser,)
    content_negotiation_class = ForgivingNegotiation

    actions: ClassVar[Mapping[str, str]] = {}
    parameters: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    strict: ClassVar[frozenset[str]] = frozenset()
    look_first: ClassVar[frozenset[str]] = frozenset()
    spelling: ClassVar[Spelling] = Spelling.STORAGE

    principal: Principal
    roles: RoleLookup
    query: Parameters

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Look at no credentials where anyone may call: bad ones do not count there."""
        request = getattr(self, "request", None)
        if request is None:
            return super().get_authenticators()
        action = self.action_map.get((request.method or "").lower(), "")
        if self.actions.get(action) == ANYONE:
            return []
        return super().get_authenticators()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Authenticate, check the table, read the parameters."""
        super().initial(request, *args, **kwargs)
        user = request.user
        # Without a token only what anyone may do comes this far.
        self.principal = (
            user if isinstance(user, Principal) else Principal(PrincipalKind.UNKNOWN)
        )
        self.roles = RoleLookup(self.principal)
        action = self.action or ""
        self.query = Parameters.read(
            request, self.parameters.get(action, ()), strict=action in self.strict
        )

    # --- what the address names -------------------------------------------------------
    @property
    def links(self) -> Links:
        """The links of the answer."""
        return Links.of(self.request._request)

    @property
    def guid(self) -> UUID:
        """The instance's guid in the address."""
        guid: UUID = self.kwargs["guid"]
        return guid

    def stated_party(self) -> int | None:
        """Return the party id that the address states, if it does."""
        return self.kwargs.get("party")

    def stated_app(self) -> AppDefinition | None:
        """Return the app that the address names, if it does; raises AppNotFound."""
        return None

    def find_instance(self) -> Instance | None:
        """Return the instance at the whole address: guid, party and app must fit."""
        # The app first: what is not served is 404 whether or not the guid exists.
        party, app = self.stated_party(), self.stated_app()
        instance = Instance.objects.filter(pk=self.guid).first()
        if instance is None:
            return None
        if party is not None and party != instance.owner_party_id:
            return None
        if app is not None and app.app_id != instance.app_id:
            return None
        return instance

    def get_instance(self, *, action: str = "") -> Instance:
        """Return the instance at the address, if the caller may do this action."""
        party = self.stated_party()
        return require_on_instance(
            self.roles,
            instance=self.find_instance(),
            action=action or self.actions[self.action or ""],
            look_first=self.action in self.look_first,
            address=str(self.guid) if party is None else f"{party}/{self.guid}",
        )

    def get_element(self, instance: Instance) -> DataElement:
        """Return the instance's data element at the address.

        Raises DataElementNotFound. Deleted ones are there for the owner alone.
        """
        element_id = self.kwargs["element"]
        element = DataElement.objects.filter(
            pk=element_id, instance_id=instance.pk
        ).first()
        hidden = (
            element is not None and element.deleted_at and not self.is_owner(instance)
        )
        if element is None or hidden:
            raise DataElementNotFound(element_id=element_id)
        element.instance = instance
        return element

    def is_owner(self, instance: Instance) -> bool:
        """Whether the caller is the service owner of the instance's app."""
        return self.principal.owns(instance.org)

    def read_input(self, serializer: type[Serializer[object]]) -> dict[str, Any]:
        """Read the JSON body as the serializer declares it, members in any case.

        Raises ContentTypeUnsupported, JsonMalformed, BodyMissing or ValidationError.
        """
        request = self.request._request
        sent = media_type(request.META.get("CONTENT_TYPE"))
        parser = JSONParser()
        if has_body(request) and not parser.accepts(sent):
            raise ContentTypeUnsupported(content_type=sent)
        body = in_wire_case(parser.parse(body_stream(request)), serializer())
        read = serializer(data=body)
        read.is_valid(raise_exception=True)
        return dict(read.validated_data)

    # --- rights of data types ---------------------------------------------------------
    def definition(self, instance: Instance) -> AppDefinition:
        """Return what the instance's app is today."""
        return catalogue.definition_of(instance.org, instance.app)

    def require_read(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may read the type, if that takes a right."""
        if data_type.action_required_to_read:
            action = data_type.action_required_to_read
            require(self.roles, resource=instance.resource, action=action)

    def require_write(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may write the type, if that takes a right."""
        if data_type.action_required_to_write:
            action = data_type.action_required_to_write
            require(self.roles, resource=instance.resource, action=action)

    def permits(self, instance: Instance, action: str) -> bool:
        """Whether the policy permits the action on the instance to the caller."""
        resource = instance.resource
        return authorization.decide(
            self.roles, resource=resource, action=action
        ).permitted

    # --- documents --------------------------------------------------------------------
    def elements_of(self, instance: Instance) -> list[DataElement]:
        """Return the instance's elements that the caller sees in documents."""
        rows = DataElement.objects.of([instance.pk])
        if not self.is_owner(instance):
            rows = rows.filter(deleted_at__isnull=True)
        return list(rows)

    def instance_document(
        self, instance: Instance, elements: Iterable[DataElement] | None = None
    ) -> dict[str, object]:
        """Return the instance's document, with its elements as they are or as given."""
        if elements is None:
            elements = self.elements_of(instance)
        return instance_document(instance, elements, self.links, self.spelling)

    def element_document(self, element: DataElement) -> dict[str, object]:
        """Return the element's document."""
        return data_element_document(
            element, element.instance, self.links, self.spelling
        )
