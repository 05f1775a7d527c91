"""Simplified instantiation, with prefill or as a copy, and the portal's copy by GET."""

from contextlib import AbstractContextManager, nullcontext
from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from rest_framework import serializers
from rest_framework.request import Request

from api.application.base import AppViewSet
from api.application.instantiation import (
    Instantiation,
    UserInstantiationDisabled,
)
from api.callers import require_user
from api.permissions import is_kept_from, require
from api.serializers.instances import InstanceOwnerSerializer
from api.serializers.limits import TEXT
from apps_registry.definition import DataType
from authorization import services as authorization
from authorization.resources import Resource
from common.errors import DomainError, Forbidden, Invalid
from data_elements.models import DataElement
from instances.models import Instance
from parties.models import Party
from process import copying
from process.instance_owners import OwnerReference, ensure_one_owner, find_owner
from process.instantiation import FirstData, Template, instantiate

_SITES = frozenset({"same-origin", "same-site", "none"})
_MOST_FIELDS = 1000
_INSTANCE_ID = r"^-?[0-9]{1,10}/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class OtherOwner(Invalid):
    """A copy belongs to the party that the archived instance belongs to."""

    code = "copy-of-another-owner"
    detail = "It is not possible to copy instances between instance owners."


class SourceUnavailable(DomainError):
    """The instance to be copied is not there, or not for the caller to read."""

    code = "copy-source-unavailable"
    detail = "Retrieving source instance failed with status code {status}"


class SourceMustBeArchived(Invalid):
    """Only what was archived can be copied."""

    code = "copy-source-not-archived"
    detail = "The instance being copied must be archived."


class CrossSiteNavigation(Forbidden):
    """A browser was led here by another site, and this call makes an instance.

    Begin the copy at a page of the portal or of the application.
    """

    code = "cross-site-navigation"
    detail = "A copy is not made for a page of another site ({site})."


class SimplifiedInstantiationSerializer(serializers.Serializer[object]):
    """What a new instance is made of; `prefill` fills in the forms that the app makes.

    Its names are paths in a form's model, `person.name`.
    """

    instanceOwner = InstanceOwnerSerializer(required=False, allow_null=True)
    dueBefore = serializers.DateTimeField(required=False, allow_null=True)
    visibleAfter = serializers.DateTimeField(required=False, allow_null=True)
    prefill = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=TEXT),
        required=False,
        allow_null=True,
    )
    sourceInstanceId = serializers.RegexField(
        _INSTANCE_ID,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="`partyId/guid` of the archived instance to copy.",
    )

    def validate_prefill(self, given: dict[str, str] | None) -> dict[str, str] | None:
        """Refuse more fields than a form could use."""
        if given and len(given) > _MOST_FIELDS:
            raise serializers.ValidationError(
                f"There may be {_MOST_FIELDS} fields; these are {len(given)}."
            )
        return given


class SimpleInstantiation(Instantiation):
    """One call of ``instances/create``."""

    def run(self, request: HttpRequest) -> tuple[Instance, list[DataElement]]:
        """Read the body and make the instance."""
        app = self._view.app
        body = self._view.read_input(SimplifiedInstantiationSerializer)
        source_id = body.get("sourceInstanceId") or ""
        if source_id:
            copying.copying_of(app)
        elif app.disallow_user_instantiation and not self._view.principal.org:
            raise UserInstantiationDisabled(app_id=app.app_id)
        self._template = body
        reference = self._reference()
        owner = self._found_owner(reference)
        party, _, guid = source_id.partition("/")
        if source_id and int(party) != owner.pk:
            raise OtherOwner
        require(self._view.roles, resource=self._resource(owner), action="instantiate")
        ensure_one_owner(reference, owner)
        self._owner = owner
        if not source_id:
            data: AbstractContextManager[list[FirstData]] = nullcontext([])
        else:
            source = self._source(owner, UUID(guid))
            copying.check_source(self._view.principal, definition=app, source=source)
            data = copies_of(self._view, source)
        with data as first:
            return instantiate(
                self._view.principal,
                definition=app,
                owner=owner,
                template=Template(
                    due_before=body.get("dueBefore"),
                    visible_after=body.get("visibleAfter"),
                ),
                data=first,
                prefill=body.get("prefill"),
            )

    def _source(self, owner: Party, guid: UUID) -> Instance:
        """Return the instance to copy; one that is not there is as one forbidden."""
        source = Instance.objects.filter(
            pk=guid,
            app_id=self._view.app.app_id,
            owner_party_id=owner.pk,
            hard_deleted_at__isnull=True,
        ).first()
        if (
            source is None
            or is_kept_from(self._view.principal, source)
            or not self._view.permits(source, "read")
        ):
            raise SourceUnavailable(status="Forbidden")
        return source


class CopyViewSet(AppViewSet):
    """The portal's way to copy an archived instance."""

    actions: ClassVar[dict[str, str]] = {"copy": "read"}

    def copy(self, request: Request, **kwargs: object) -> HttpResponseRedirect:
        """Copy an archived instance, and lead the browser to the copy.

        A user's call. It makes an instance although it is a GET, so a browser must not
        come from another site.
        """
        _ensure_same_site(request)
        require_user(self.principal)
        copying.copying_of(self.app)
        source = self.get_instance()
        if source.archived_at is None or source.hard_deleted_at is not None:
            raise SourceMustBeArchived
        owner = find_owner(OwnerReference(party_id=source.owner_party_id))
        of_owner = Resource(self.app.org, self.app.app, party_id=owner.pk)
        require(self.roles, resource=of_owner, action="instantiate")
        copying.check_source(self.principal, definition=self.app, source=source)
        with copies_of(self, source) as data:
            made, _ = instantiate(
                self.principal,
                definition=self.app,
                owner=owner,
                template=Template(visible_after=source.visible_after),
                data=data,
            )
        return HttpResponseRedirect(self.links.page(made))


def copies_of(
    view: AppViewSet, source: Instance
) -> AbstractContextManager[list[FirstData]]:
    """Store copies of the data that the caller may read there and write anew."""
    owner = Resource(source.org, source.app, party_id=source.owner_party_id)

    def may_copy(data_type: DataType) -> bool:
        reading, writing = (
            data_type.action_required_to_read,
            data_type.action_required_to_write,
        )
        if reading and not view.permits(source, reading):
            return False
        return not writing or (
            authorization.decide(view.roles, resource=owner, action=writing).permitted
        )

    elements = DataElement.objects.of([source.pk])
    return copying.copied(view.app, elements, may_copy=may_copy)


def _ensure_same_site(request: Request) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _SITES:
        raise CrossSiteNavigation(site=site[:40])
