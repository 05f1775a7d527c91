"""Reading the body that makes an instance: JSON, multipart with data, or none at all.

Parts stream into the blob store as they come. The owner is looked up and the policy
asked as soon as the template is known, before the bytes of later parts are taken.
"""

from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from django.http import HttpRequest

from api.application.base import AppViewSet
from api.application.refusals import told_of_form, told_of_type
from api.lookups import owner_allowance
from api.multipart import MultipartMalformed, MultipartReader, Part
from api.owners import owner_party_id
from api.parsers import read_json
from api.permissions import require
from api.serializers.casing import in_wire_case, read_as, shape_of
from api.serializers.instances import InstanceTemplateSerializer
from api.serializers.limits import REFERENCE
from api.uploads import body_stream, has_body, media_type, multipart, upload_of_part
from apps_registry.definition import AppDefinition, DataType
from authorization.resources import Resource
from common.errors import Forbidden, Invalid, Issue, Phrase
from data_elements import rules
from data_elements.errors import ContentTooLarge
from data_elements.models import DataElement
from instances.models import Instance
from parties import lookup_limits
from parties.models import Party
from process.copying import first_task
from process.instance_owners import (
    OwnerMissing,
    OwnerReference,
    ensure_one_owner,
    find_owner,
)
from process.instantiation import (
    FirstData,
    Template,
    instantiate,
)

_MAX_TEMPLATE = 2**20
_INSTANCE = "instance"
_NOTIFICATION = "notification"  # for which there is nobody to send it
_REFERENCE = "externalReference"


class OwnerStatedTwice(Invalid):
    """The owner's party id stands in the query and in the body; give it once."""

    code = "instance-owner-twice"
    detail = (
        "You cannot provide an instanceOwnerPartyId as a query param as well as an"
        " instance template in the body. Choose one or the other."
    )


class OwnerWithoutName(Invalid):
    """The template's ``instanceOwner`` names nobody."""

    code = "instance-owner-empty"
    detail = (
        "Error: instanceOwnerPartyId query parameter is empty and InstanceOwner is"
        " missing from instance template. You must populate instanceOwnerPartyId or"
        " InstanceOwner"
    )


class PartRefused(Invalid):
    """A part does not fit what the application's metadata declares."""

    code = "multipart-part-refused"
    detail = "Error when comparing content to application metadata: {reason}"

    def __init__(self, part: str, reason: str) -> None:
        """Name the part."""
        super().__init__(
            reason=reason, issues=[Issue(f"part {part}", self.code, reason)]
        )


class UserInstantiationDisabled(Forbidden):
    """The application is instantiated by its owner alone."""

    code = "user-instantiation-disabled"
    detail = "User instantiation is disabled for this application {app_id}"


class PartyIdInvalid(Invalid):
    """A party id is a whole number."""

    code = "party-id-invalid"
    detail = "The partyId {text!r} is not a whole number."

    def __init__(self, text: str) -> None:
        """Point at the member."""
        detail = f"{text!r} is not a whole number."
        issue = Issue("/instanceOwner/partyId", self.code, detail)
        super().__init__(issues=[issue], text=text)


class Instantiation:
    """One call that makes an instance.

    On failure the bytes that came are taken back.
    """

    def __init__(self, view: AppViewSet) -> None:
        self._view = view
        self._stack = ExitStack()
        self._template: dict[str, Any] | None = None
        self._owner: Party | None = None
        self._data: list[FirstData] = []

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)

    @property
    def owner(self) -> Party | None:
        """The register's entry of the owner, once it was looked up."""
        return self._owner

    def run(self, request: HttpRequest) -> tuple[Instance, list[DataElement]]:
        """Read the body and make the instance."""
        self.read(request)
        return self.make()

    def read(self, request: HttpRequest) -> None:
        """Read the body, store what is in it, and ask who may do this for whom."""
        app = self._view.app
        if app.disallow_user_instantiation and not self._view.principal.org:
            raise UserInstantiationDisabled(app_id=app.app_id)
        sent = media_type(request.META.get("CONTENT_TYPE"))
        if has_body(request) and sent.startswith("multipart/"):
            self._read_parts(multipart(request))
        elif has_body(request):
            self._read_template(body_stream(request).read(_MAX_TEMPLATE + 1), sent)
        self._authorised_owner()

    def make(self) -> tuple[Instance, list[DataElement]]:
        """Make the instance of what was read."""
        return instantiate(
            self._view.principal,
            definition=self._view.app,
            owner=self._authorised_owner(),
            template=self._settable(),
            data=self._data,
        )

    # --- the body ---------------------------------------------------------------------
    def _read_template(self, content: bytes, sent: str) -> None:
        if sent and sent not in ("application/json", "text/json"):
            raise PartRefused(
                _INSTANCE,
                f"Unexpected Content-Type '{sent}' of embedded instance template."
                " Expecting 'application/json'",
            )
        if len(content) > _MAX_TEMPLATE:
            raise PartRefused(
                _INSTANCE, f"The template is larger than {_MAX_TEMPLATE} bytes."
            )
        if not content.strip():
            return
        if self._template is not None:
            raise PartRefused(_INSTANCE, f"The part '{_INSTANCE}' comes once.")
        shape = shape_of(InstanceTemplateSerializer)
        document = in_wire_case(read_json(content, single_quotes=True), shape)
        self._template = read_as(InstanceTemplateSerializer, document)
        # Who it is for, and whether that is permitted, before any content is taken.
        self._authorised_owner()

    def _read_parts(self, reader: MultipartReader) -> None:
        counts: Counter[str] = Counter()
        for part in reader:
            _ensure_headers(part)
            if part.name == _INSTANCE:
                content = part.stream.read(_MAX_TEMPLATE + 1)
                self._read_template(content, media_type(part.content_type))
                continue
            if part.name == _NOTIFICATION:
                _ensure_notification(part)
                continue
            data_type = _type_of(self._view.app, part)
            counts[data_type.id] += 1
            if 0 < data_type.max_count < counts[data_type.id]:
                raise PartRefused(
                    part.name,
                    f"The list of parts contains more elements of type '{data_type.id}'"
                    " than the element type allows.",
                )
            self._store(part, data_type)
        reader.finish()

    def _store(self, part: Part, data_type: DataType) -> None:
        if self._template is None and self._stated_party() is None:
            reason = (
                f"The part '{part.name}' comes before it is known who the instance is"
                f" for; send the part '{_INSTANCE}' first."
            )
            raise PartRefused(part.name, reason)
        self._require_write(data_type, self._authorised_owner())
        rules.ensure_may_create(self._view.principal, data_type=data_type)
        if data_type.is_form:
            # Whether its type is allowed is asked of every part.
            rules.ensure_form_type(
                data_type, content_type=part.content_type, has_model=True
            )
        storing = self._view.stored(
            upload_of_part(part),
            max_bytes=data_type.max_bytes,
            well_formed=data_type.is_form,
            empty=_empty_part(part.name),
        )
        try:
            with told_of_form():
                content = self._stack.enter_context(storing)
        except ContentTooLarge:
            raise _too_large(part.name, data_type) from None
        self._data.append(FirstData(data_type, content))

    # --- the owner --------------------------------------------------------------------
    def _authorised_owner(self) -> Party:
        """Look the owner up and ask the policy, once."""
        reference = self._reference()
        if self._owner is None:
            owner = self._found_owner(reference)
            resource = self._resource(owner)
            require(self._view.roles, resource=resource, action="instantiate")
            ensure_one_owner(reference, owner)
            self._owner = owner
        return self._owner

    def _found_owner(self, reference: OwnerReference) -> Party:
        person = reference.person_number
        by_number = person or reference.organisation_number
        if reference.party_id is not None or reference.external_identifier:
            by_number = ""
        if not by_number:
            return find_owner(reference)
        # The answer tells whether somebody has the number, so few are guessed.
        allowance = owner_allowance(self._view.principal, of_person=bool(person))
        with lookup_limits.counted([allowance]):
            return find_owner(reference)

    def _require_write(self, data_type: DataType, owner: Party) -> None:
        if self._view.holds_to_tasks:
            rules.ensure_in_task(data_type, current=first_task(self._view.app))
        if data_type.action_required_to_write:
            action = data_type.action_required_to_write
            with told_of_type(data_type):
                require(self._view.roles, resource=self._resource(owner), action=action)

    def _resource(self, owner: Party) -> Resource:
        app = self._view.app
        return Resource(org=app.org, app=app.app, party_id=owner.pk)

    def _reference(self) -> OwnerReference:
        stated = self._stated_party()
        if self._template is None:
            if stated is None:
                raise OwnerMissing
            return OwnerReference(party_id=stated)
        owner = self._template.get("instanceOwner")
        named = owner if isinstance(owner, dict) else {}
        party_id = str(named.get("partyId") or "").strip()
        if stated is not None and party_id:
            raise OwnerStatedTwice
        reference = OwnerReference(
            party_id=_party_id(party_id) if stated is None else stated,
            external_identifier=_text(named, "externalIdentifier"),
            person_number=_text(named, "personNumber"),
            organisation_number=_text(named, "organisationNumber"),
            username=_text(named, "username"),
        )
        if reference == OwnerReference():
            raise OwnerWithoutName
        return reference

    def _stated_party(self) -> int | None:
        return self._view.query.party_id("instanceOwnerPartyId", "instanceOwnerId")

    def _settable(self) -> Template:
        given = self._template or {}
        return Template(
            due_before=given.get("dueBefore"),
            visible_after=given.get("visibleAfter"),
            presentation_texts=given.get("presentationTexts"),
            data_values=given.get("dataValues"),
            external_reference=self._external_reference(),
        )

    def _external_reference(self) -> str | None:
        """Return the reference of the body, or of the query where there is none."""
        in_body = (self._template or {}).get("externalReference")
        in_query = self._view.query.text(_REFERENCE) or None
        if in_body and in_query and in_body != in_query:
            expected = Phrase("that of the body, {in_body!r}", in_body=in_body)
            raise self._view.query.refused(_REFERENCE, in_query, expected)
        if in_query and not (in_query.isprintable() and len(in_query) <= REFERENCE):
            expected = Phrase("at most {most} printable characters", most=REFERENCE)
            raise self._view.query.refused(_REFERENCE, in_query, expected)
        return in_body or in_query


def _ensure_headers(part: Part) -> None:
    if not part.disposition:
        reason = f"Part number {part.number} doesn't have a content disposition"
        raise MultipartMalformed(reason, part=part.number)
    if part.content_type is None:
        reason = f"Part number {part.number} doesn't have a content type"
        raise MultipartMalformed(reason, part=part.number)


def _ensure_notification(part: Part) -> None:
    """Raise unless the part is a JSON object, as clients of Altinn's send it."""
    content = part.stream.read(_MAX_TEMPLATE + 1)
    if len(content) > _MAX_TEMPLATE or not isinstance(read_json(content), dict):
        raise PartRefused(part.name, "The notification is no JSON object.")


def _type_of(app: AppDefinition, part: Part) -> DataType:
    data_type = app.data_types.get(part.name)
    if data_type is None:
        raise PartRefused(
            part.name,
            f"Multipart section named, '{part.name}' does not correspond to an element"
            " type in application metadata",
        )
    if not rules.is_allowed(data_type, part.content_type):
        raise PartRefused(
            part.name,
            f"The multipart section named {part.name} has a Content-Type"
            f" '{part.content_type}' which is invalid for element type"
            f" '{data_type.id}'",
        )
    return data_type


def _too_large(name: str, data_type: DataType) -> PartRefused:
    return PartRefused(
        name,
        f"The multipart section named {name} exceeds the size limit of element type"
        f" '{data_type.id}'",
    )


def _empty_part(name: str) -> PartRefused:
    return PartRefused(
        name,
        f"The multipart section named {name} has no data. Cannot process empty part.",
    )


def _party_id(text: str) -> int | None:
    number = owner_party_id(text)
    if text and number is None:
        raise PartyIdInvalid(text)
    return number


def _text(named: dict[str, object], member: str) -> str:
    return str(named.get(member) or "").strip()
