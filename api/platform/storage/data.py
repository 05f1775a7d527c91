"""Data elements in storage: bytes in and out, and what describes them.

Storage holds a write to no rule of the application: the policy alone decides here.
"""

from collections.abc import Mapping
from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from api.content import ContentViewSet
from api.entity_tags import element_tag
from api.parameters import ParameterInvalid
from api.platform.storage.base import StorageViewSet, StoredAppNotFound
from api.serializers.casing import in_wire_case, read_as, shape_of
from api.serializers.data_elements import (
    DataElementMetadataSerializer,
    element_documents,
)
from api.uploads import upload_of
from apps_registry.definition import DataType
from common.errors import Invalid, Issue
from data_elements import services as data_elements
from data_elements.errors import (
    DataElementLocked,
    ElementAddressMismatch,
    ReplacementEmpty,
)
from data_elements.models import DataElement

_GUID = "instanceGuid"
_CONTENT = ("dataType", "formId", "refs", "generatedFromTask")


class DataTypeMissing(Invalid):
    """The call does not say of which data type the content is. Give ``dataType``."""

    code = "data-type-missing"
    detail = (
        "Missing parameter values: instanceId, elementType or attached file content"
        " cannot be null"
    )


class OwnerPartyMissing(Invalid):
    """The address names no instance owner: no party has the id 0."""

    code = "owner-party-missing"
    detail = "Missing parameter value: instanceOwnerPartyId can not be empty"


class DataViewSet(StorageViewSet, ContentViewSet):
    """The content of data elements."""

    actions = {
        "create": "write",
        "retrieve": "read",
        "update": "write",
        "destroy": "write",
        "list": "read",
        "metadata_of_one": "read",
        "describe": "write",
    }
    parameters = {
        "create": _CONTENT,
        "update": ("refs", "generatedFromTask"),
        "destroy": ("delay",),
    }
    look_first = frozenset({"retrieve", "list", "metadata_of_one"})
    missing_app = StoredAppNotFound

    def create(self, request: Request, **kwargs: object) -> Response:
        """Add a data element; the body, or the first part of it, is its content."""
        instance = self.get_instance()
        type_id = self.query.text("dataType", "formId")
        if not type_id:
            raise DataTypeMissing
        data_type = self.definition(instance).data_type(type_id)
        self.require_write(instance, data_type)
        upload = upload_of(request._request)
        refs, task = self._refs(), self.query.text("generatedFromTask")
        with self.stored(upload, refs=refs, generated_from_task=task) as content:
            element = data_elements.add(
                self.principal, instance=instance, data_type=data_type, content=content
            )
        location = self.links.element(instance, element.id)["platform"]
        self.tag = element.etag
        return Response(
            self.element_document(element), status=201, headers={"Location": location}
        )

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Download the content, as it was uploaded."""
        self._require_party()
        return self.download()

    def update(self, request: Request, **kwargs: object) -> Response:
        """Replace the content."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self._writable_type(element)
        upload = upload_of(request._request)
        refs, task = self._refs(), self.query.text("generatedFromTask")
        empty = ReplacementEmpty()
        with self.stored(
            upload, refs=refs, generated_from_task=task, empty=empty
        ) as content:
            data_elements.replace_content(
                self.principal, element=element, data_type=data_type, content=content
            )
        self.tag = element.etag
        return Response(self.element_document(element))

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete the element, or with `delay=true` mark it for the purge."""
        instance = self.get_instance()
        delay = self.query.flag("delay") or False
        element = self.get_element(instance)
        document = self.element_document(element)
        if element.deleted_at is not None and delay:
            return Response(document)
        data_type = self._writable_type(element)
        if delay:
            data_elements.mark_deleted(
                self.principal, element=element, data_type=data_type
            )
            return Response(self.element_document(element))
        data_elements.delete(self.principal, element=element)
        # As it was, but for who deleted it.
        return Response({**document, "lastChangedBy": self.principal.id})

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the instance's data elements."""
        self._require_party()
        instance = self.read_instance()
        documents = element_documents(
            self.shown_elements(instance),
            instance,
            self.links.instance(instance),
            self.spelling,
        )
        return Response({"dataElements": documents})

    def describe(self, request: Request, **kwargs: object) -> Response:
        """Replace what describes the element: refs, references, tags and metadata."""
        instance = self.get_instance()
        shape = shape_of(DataElementMetadataSerializer)
        sent = in_wire_case(self.read_json(), shape)
        if isinstance(sent, Mapping) and not (sent.get("id") and sent.get(_GUID)):
            raise ElementAddressMismatch
        body = read_as(DataElementMetadataSerializer, sent)
        if (body["id"], body[_GUID]) != (self.kwargs["element"], self.guid):
            raise ElementAddressMismatch
        element = self.get_element(instance)
        self._writable_type(element)
        data_elements.update_metadata(
            self.principal,
            element=element,
            refs=_texts(body.get("refs")),
            references=body.get("references"),
            tags=body.get("tags") or [],
            user_defined_metadata=body.get("userDefinedMetadata"),
            metadata=body.get("metadata"),
        )
        self.tag = element_tag(element)
        return Response(self.element_document(element))

    def metadata_of_one(self, request: Request, **kwargs: object) -> Response:
        """Read what describes one data element, without its content."""
        element = self.get_element(self.get_instance())
        self.tag = element_tag(element)
        return Response(self.element_document(element))

    def tag_of(self, element: DataElement) -> str:
        """Return the tag of the content, or of what describes it."""
        return element_tag(element) if self.action == "describe" else element.etag

    def _require_party(self) -> None:
        if self.kwargs.get("party") == 0:
            raise OwnerPartyMissing

    def _writable_type(self, element: DataElement) -> DataType:
        """Return the stored type, if the caller may write it and nothing locks it."""
        data_type = self.type_of(element)
        self.require_write(element.instance, data_type)
        if element.is_locked:
            raise DataElementLocked(element_id=element.id)
        return data_type

    def _refs(self) -> tuple[str, ...]:
        """Read the guids that the content refers to."""
        try:
            return tuple(str(UUID(text)) for text in self.query.texts("refs"))
        except ValueError:
            given = ", ".join(self.query.texts("refs"))
            detail = f"The values of refs must be guids; they are: {given}."
            issue = Issue("?refs", "parameter-value-invalid", detail)
            raise ParameterInvalid([issue]) from None


def _texts(values: object) -> list[str] | None:
    return [str(value) for value in values] if isinstance(values, list) else None
