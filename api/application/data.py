"""Data elements of an instance: add, read, replace, delete."""

from contextlib import AbstractContextManager
from dataclasses import replace

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.uploads import XML, Upload, upload_of
from apps_registry.definition import DataType
from common.errors import Invalid
from data_elements import rules
from data_elements import services as data_elements
from data_elements.errors import DataElementLocked
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from instances.models import Instance


class DataTypeMissing(Invalid):
    """The call does not say of which data type the content is. Give ``dataType``."""

    code = "data-type-missing"
    title = "One or more validation errors occurred."
    detail = "The query parameter dataType (in the proposal: formId) is required."


class DataViewSet(AppViewSet):
    """The content of an instance's data elements."""

    actions = {
        "create": "write",
        "retrieve": "read",
        "update": "write",
        "destroy": "write",
    }
    parameters = {
        "create": ("dataType", "formId", "language"),
        "retrieve": ("language", "includeRowId"),
        "update": ("language",),
        "destroy": ("language", "ignoredValidators"),
    }

    def create(self, request: Request, **kwargs: object) -> Response:
        """Add a data element; the body is its content, streamed."""
        instance = self.get_instance()
        element = self.add(request, instance)
        location = self.links.element(instance, element.id)["apps"]
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
        data_type = self.type_of(element)
        self.require_write(instance, data_type)
        rules.ensure_replaceable(self.principal, instance=instance, data_type=data_type)
        if element.is_locked:  # before any byte is taken; the write asks again
            raise DataElementLocked(element_id=element.id)
        self._replace(request, element, data_type)
        location = self.links.element(instance, element.id)["apps"]
        return Response(
            self.element_document(element), status=201, headers={"Location": location}
        )

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete the data element."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_write(instance, data_type)
        rules.ensure_deletable(self.principal, instance=instance, data_type=data_type)
        data_elements.delete(self.principal, element=element, rules=_rules(instance))
        document = {
            "instance": self.instance_document(instance),
            "validationIssues": [],
            "newDataModels": [],
        }
        return Response(document)

    # --- what the proposal's calls share ----------------------------------------------
    def add(self, request: Request, instance: Instance) -> DataElement:
        """Check, store and add the body as a data element of the type in the query."""
        type_id = self.query.text("dataType", "formId")
        if not type_id:
            raise DataTypeMissing
        data_type = self.app.data_type(type_id)
        self.require_write(instance, data_type)
        rules.ensure_creatable(self.principal, instance=instance, data_type=data_type)
        upload = self._fitting(data_type, request)
        with self._stored(upload, data_type) as content:
            return data_elements.add(
                self.principal,
                instance=instance,
                data_type=data_type,
                content=content,
                rules=_rules(instance, data_type),
            )

    def _replace(
        self, request: Request, element: DataElement, data_type: DataType
    ) -> None:
        """Check, store and put the body in place of the element's content."""
        upload = self._fitting(data_type, request)
        with self._stored(upload, data_type) as content:
            data_elements.replace_content(
                self.principal,
                element=element,
                data_type=data_type,
                content=content,
                rules=_rules(element.instance),
            )

    def _fitting(self, data_type: DataType, request: Request) -> Upload:
        """Return the body as content that the data type takes."""
        upload = upload_of(request._request)
        if data_type.is_form:
            rules.ensure_form_type(data_type, content_type=upload.content_type)
            # Without a type it is read as XML, so it is stored as that.
            return replace(upload, content_type=upload.content_type or XML)
        rules.ensure_file_type(
            data_type,
            has_disposition=upload.has_disposition,
            filename=upload.filename,
            content_type=upload.content_type,
            length=upload.announced,
        )
        return upload

    def _stored(
        self, upload: Upload, data_type: DataType
    ) -> AbstractContextManager[Content]:
        return self.stored(
            upload,
            max_bytes=rules.limit_in_bytes(data_type),
            well_formed=data_type.is_form,
        )


def _rules(instance: Instance, data_type: DataType | None = None) -> WriteRules:
    return WriteRules(
        in_task=instance.current_task or "",
        max_count=0 if data_type is None else data_type.max_count,
    )
