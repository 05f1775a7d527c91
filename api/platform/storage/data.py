"""Data elements in storage: bytes in and out, and what describes them.

Storage holds a write to no rule of the application: the policy alone decides here.
"""

from uuid import UUID

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from api.content import ContentViewSet
from api.parameters import ParameterInvalid
from api.serializers.data_elements import DataElementMetadataSerializer
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

_CONTENT = ("dataType", "formId", "refs", "generatedFromTask")


class DataTypeMissing(Invalid):
    """The call does not say of which data type the content is. Give ``dataType``."""

    code = "data-type-missing"
    detail = (
        "Missing parameter values: instanceId, elementType or attached file content"
        " cannot be null"
    )


class DataViewSet(ContentViewSet):
    """The content of data elements."""

    actions = {
        "create": "write",
        "retrieve": "read",
        "update": "write",
        "destroy": "write",
        "list": "read",
        "describe": "write",
    }
    parameters = {
        "create": _CONTENT,
        "update": ("refs", "generatedFromTask"),
        "destroy": ("delay",),
    }
    look_first = frozenset({"retrieve", "list"})

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
        return Response(
            self.element_document(element), status=201, headers={"Location": location}
        )

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Download the content, as it was uploaded."""
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
        return Response(document)

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the instance's data elements."""
        instance = self.get_instance()
        elements = self.elements_of(instance)
        for element in elements:
            element.instance = instance
        return Response({"dataElements": [self.element_document(e) for e in elements]})

    def describe(self, request: Request, **kwargs: object) -> Response:
        """Replace what describes the element: refs, references, tags and metadata."""
        instance = self.get_instance()
        body = self.read_input(DataElementMetadataSerializer)
        if body["id"] != self.kwargs["element"] or body["instanceGuid"] != self.guid:
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
        return Response(self.element_document(element))

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
