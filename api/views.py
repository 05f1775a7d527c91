"""What every view of the faces shares: table of rights, parameters, object."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api import audit, reads
from api.answering import AnsweringViewSet
from api.authentication import TokenAuthentication
from api.entity_tags import (
    ensure_met,
    instance_tag,
    is_known,
    states_condition,
)
from api.links import Links
from api.negotiation import ForgivingNegotiation
from api.once import KEY_VARIABLE, once
from api.once import METHODS as KEYED_METHODS
from api.parameters import Parameters
from api.parsers import JSONParser
from api.permissions import (
    ANYONE,
    PRIVILEGED,
    PolicyPermission,
    Right,
    require,
    require_on_instance,
)
from api.problems import ContentTypeUnsupported
from api.renderers import JSONRenderer, PageRenderer
from api.rows import Addressed, ElementRow, InstanceRow
from api.serializers.casing import in_wire_case, read_as, shape_of
from api.serializers.data_elements import data_element_document
from api.serializers.instances import instance_as_row, instance_document
from api.serializers.spelling import Spelling
from api.uploads import body_stream, has_body, media_type
from apps_registry import catalogue
from apps_registry.definition import AppDefinition, DataType
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Phrase, PreconditionFailed
from common.prepared import by_key
from data_elements import rows as element_rows
from data_elements.errors import DataElementNotFound
from data_elements.models import DataElement
from instances import locks
from instances.errors import InstanceNotFound
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

LOCK_HEADER: Final = "Altinn-Storage-Lock-Token"
_LOCK_VARIABLE: Final = f"HTTP_{LOCK_HEADER.upper().replace('-', '_')}"
_Found = TypeVar("_Found", Instance, InstanceRow)


class FaceViewSet(AnsweringViewSet):
    """A view of one of the faces.

    ``actions`` maps each action to the right that it takes; ``parameters`` names the
    query parameters of each; ``strict`` refuses others in the actions that it lists.
    ``look_first`` lists the actions that answer 404 for what does not exist; the others
    ask the policy first and answer 403. ``beside_lock`` lists the changes that an
    instance's lock does not stop, ``lists`` the queries of instances, ``unkeyed`` what
    needs no idempotency key: it changes at most a browser's cookie.
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication,)
    permission_classes = (PolicyPermission,)
    renderer_classes = (JSONRenderer, PageRenderer)
    parser_classes = (JSONParser,)
    content_negotiation_class = ForgivingNegotiation

    actions: ClassVar[Mapping[str, Right]] = {}
    parameters: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    strict: ClassVar[frozenset[str]] = frozenset()
    look_first: ClassVar[frozenset[str]] = frozenset()
    beside_lock: ClassVar[frozenset[str]] = frozenset()
    lists: ClassVar[frozenset[str]] = frozenset()
    unkeyed: ClassVar[frozenset[str]] = frozenset()
    spelling: ClassVar[Spelling] = Spelling.STORAGE

    principal: Principal
    roles: RoleLookup
    query: Parameters
    links: Links
    tag = ""  # of the document that is answered, where it has one

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Look at no credentials where anyone may call: bad ones do not count there."""
        request = getattr(self, "request", None)
        if request is not None:
            action = self.action_map.get((request.method or "").lower(), "")
            if self.actions.get(action) == ANYONE:
                return []
        return super().get_authenticators()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Authenticate, check the table, read the parameters."""
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        if method not in self.action_map and method != "options":
            self.http_method_not_allowed(request)
        user = request.user
        # Without a token only what anyone may do comes this far.
        self.principal = (
            user if isinstance(user, Principal) else Principal(PrincipalKind.UNKNOWN)
        )
        # Not by request.headers, which is made of all of them for every call.
        if shown := request.META.get(_LOCK_VARIABLE):
            self.principal = replace(self.principal, lock_token=shown)
        self.roles = RoleLookup(self.principal)
        self.links = Links.of(request._request)
        action = self.action or ""
        self.query = Parameters.read(
            request, self.parameters.get(action, ()), strict=action in self.strict
        )
        if self._bears_key(request, action):
            # Scopes and parameters are checked before; so the handler is what is kept.
            setattr(self, method, partial(once, self, getattr(self, method)))
        if action not in self.lists:  # a list tells of these with its other findings
            self.query.ensure_known()

    def _bears_key(self, request: Request, action: str) -> bool:
        """Whether the call is to be carried out once, whoever sends it again."""
        return (
            request.method in KEYED_METHODS
            and KEY_VARIABLE in request.META
            and action not in self.unkeyed
            and self.actions.get(action, ANYONE) != ANYONE
            and self.needs_key()
        )

    def needs_key(self) -> bool:
        """Whether the call leaves anything that a second one could leave again."""
        return True

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Record refusals and privileged calls in the audit trail."""
        action = getattr(self, "action", None) or ""
        if self.tag and response.status_code in (200, 201):
            response = self._tagged(request, response)
        privileged = self.actions.get(action) in PRIVILEGED
        audit.record_call(request, response, action=action, privileged=privileged)
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Tell, too, what is there in place of what the caller expected."""
        answer = super().handle_exception(exc)
        if isinstance(exc, PreconditionFailed) and (tag := self._present_tag()):
            answer["ETag"] = tag
        return answer

    # --- what the address names -------------------------------------------------------
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
        instance = by_key(Instance, self.guid)
        if instance is None:
            return None
        if party is not None and party != instance.owner_party_id:
            return None
        if app is not None and app.app_id != instance.app_id:
            return None
        return instance

    def find_row(self) -> InstanceRow | None:
        """Return what ``find_instance`` does, read for an answer and no change."""
        party, app = self.stated_party(), self.stated_app()
        row = reads.instance_with_elements(self.guid)
        if row is None or party not in (None, row.owner_party_id):
            return None
        return row if app is None or app.app_id == row.app_id else None

    def existing_instance(self) -> Instance:
        """Return the instance at the whole address, whoever asks.

        Raises InstanceNotFound.
        """
        instance = self.find_instance()
        if instance is None:
            raise InstanceNotFound(instance_id=self._stated_address())
        return instance

    def _stated_address(self) -> str:
        party = self.stated_party()
        return str(self.guid) if party is None else f"{party}/{self.guid}"

    def get_instance(self, *, action: Right = "") -> Instance:
        """Return the instance at the address, if the caller may do this action.

        And if it is as the caller's ``If-Match`` says; raises PreconditionFailed.
        """
        return self.held_to_conditions(self.admitted(self.find_instance, action=action))

    def read_instance(self, *, action: Right = "") -> InstanceRow:
        """Return the same with its data elements, for an answer and no change."""
        return self.admitted(self.find_row, action=action)

    def admitted(self, find: Callable[[], _Found | None], *, action: Right) -> _Found:
        """Return what is found at the address, if the caller may do this action."""
        return require_on_instance(
            self.roles,
            instance=find(),
            action=action or self.actions[self.action or ""],
            look_first=self.action in self.look_first,
            address=self._stated_address,
            app=self.stated_app(),
        )

    def held_to_conditions(self, instance: Instance) -> Instance:
        """Return the instance, if it is as the caller's ``If-Match`` says.

        What is about a data element is held to that one's state instead. Raises
        PreconditionFailed; so do later writes of it, if it changes meanwhile.
        """
        if "element" not in self.kwargs and self._is_conditional():
            thing = Phrase("instance {id}", id=instance.instance_id)
            tag = instance_tag(instance, self.shown_elements(instance))
            ensure_met(self.request, tag=tag, thing=thing)
            instance.unless_changed = True
        return instance

    def get_element(self, instance: Instance) -> DataElement:
        """Return the instance's data element at the address.

        Raises DataElementNotFound. Deleted ones are there for the owner alone.
        """
        element_id = self.kwargs["element"]
        element = by_key(DataElement, element_id)
        if (
            element is None
            or element.instance_id != instance.pk
            or (element.deleted_at is not None and not self.is_owner(instance))
        ):
            raise DataElementNotFound(element_id=element_id)
        element.instance = instance
        if self._is_conditional():
            tag = self.tag_of(element)
            if tag == element.etag:  # what the answer tells is of the content
                self.require_read(instance, self.readable_type_of(element))
            thing = Phrase("data element {id}", id=element.pk)
            ensure_met(self.request, tag=tag, thing=thing)
            element.unless_changed = True
        return element

    def tag_of(self, element: DataElement) -> str:
        """Return the tag of what is at the element's address: its content."""
        return element.etag

    def _is_conditional(self) -> bool:
        """Whether the call changes something, and says what it expects to find."""
        return self.request.method not in SAFE_METHODS and states_condition(
            self.request
        )

    def _present_tag(self) -> str:
        """Return the tag of what is at the address now."""
        instance = self.find_instance()
        if instance is None:
            return ""
        if "element" not in self.kwargs:
            return instance_tag(instance, self.shown_elements(instance))
        element = by_key(DataElement, self.kwargs["element"])
        return self.tag_of(element) if element else ""

    def _tagged(self, request: Request, response: Response) -> Response:
        """Say which document it is; to who has it already, nothing more."""
        if request.method in SAFE_METHODS and is_known(request, self.tag):
            response = Response(status=304)
        response["ETag"] = self.tag
        return response

    def is_owner(self, instance: Addressed) -> bool:
        """Whether the caller is the service owner of the instance's app."""
        return self.principal.owns(instance.org)

    def shows_deleted(self, instance: Addressed) -> bool:
        """Whether documents show the caller elements that are marked deleted."""
        return self.is_owner(instance)

    def read_input(self, serializer: type[Serializer[object]]) -> dict[str, Any]:
        """Read the JSON body as the serializer declares it, members in any case.

        Raises ContentTypeUnsupported, JsonMalformed, BodyMissing or ValidationError.
        """
        return read_as(serializer, in_wire_case(self.read_json(), shape_of(serializer)))

    def read_json(self) -> object:
        """Read the JSON body, whatever it is.

        Raises ContentTypeUnsupported, JsonMalformed, JsonBodyTooLarge or BodyMissing.
        """
        request = self.request._request
        sent = media_type(request.META.get("CONTENT_TYPE"))
        parser = JSONParser()
        if has_body(request) and not parser.accepts(sent):
            raise ContentTypeUnsupported(content_type=sent)
        return parser.parse(body_stream(request))

    # --- rights of data types ---------------------------------------------------------
    def definition(self, instance: Instance) -> AppDefinition:
        """Return what the instance's app is today."""
        return catalogue.definition_of(instance.org, instance.app)

    def readable_type_of(self, element: DataElement) -> DataType:
        """Return the element's type, or what it was while the app still had it."""
        owner = element.instance
        return catalogue.stored_data_type(owner.org, owner.app, element.data_type)

    def require_read(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may read the type, if that takes a right."""
        if data_type.action_required_to_read:
            action = data_type.action_required_to_read
            require(self.roles, resource=instance.resource, action=action)

    def require_write(self, instance: Instance, data_type: DataType) -> None:
        """Raise unless the caller may write the type, if that takes a right.

        And InstanceLocked, before any byte is taken.
        """
        if data_type.action_required_to_write:
            action = data_type.action_required_to_write
            require(self.roles, resource=instance.resource, action=action)
        locks.ensure_open(self.principal, instance=instance)

    def permits(self, instance: Instance | InstanceRow, action: str) -> bool:
        """Whether the policy permits the action on the instance to the caller."""
        resource = instance.resource
        return authorization.decide(
            self.roles, resource=resource, action=action
        ).permitted

    # --- documents --------------------------------------------------------------------
    def elements_of(self, instance: Instance) -> list[DataElement]:
        """Return the instance's elements that the caller sees in documents."""
        elements = element_rows.elements_of(instance.pk)
        shows_all = self.shows_deleted(instance)
        return [one for one in elements if shows_all or one.deleted_at is None]

    def shown_elements(
        self, instance: Instance | InstanceRow
    ) -> Sequence[DataElement | ElementRow]:
        """Return the elements that the instance's document has."""
        elements = (
            reads.elements_of_one(instance.pk)
            if isinstance(instance, Instance)
            else instance.elements
        )
        if self.shows_deleted(instance):
            return elements
        return [one for one in elements if not one.is_deleted]

    def instance_document(
        self,
        instance: Instance | InstanceRow,
        elements: Iterable[DataElement | ElementRow] | None = None,
    ) -> dict[str, object]:
        """Return the instance's document, with its elements as they are or as given.

        With its own elements it is what a read answers, and has that one's tag.
        """
        if elements is None:
            elements = self.shown_elements(instance)
            instance = instance_as_row(instance)  # for the tag and for the document
            self.tag = instance_tag(instance, elements)
        return instance_document(instance, elements, self.links, self.spelling)

    def element_document(self, element: DataElement) -> dict[str, object]:
        """Return the element's document."""
        owner = element.instance
        return data_element_document(element, owner, self.links, self.spelling)
