"""Data elements of an instance: add, read, replace, delete."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.refusals import ContentTypeMissing, FileEmpty, told_of_form
from api.application.representations import (
    accepted_kind,
    form_response,
    is_stored_form,
    models_document,
    unstored_response,
)
from api.application.validated import ValidatedViewSet
from api.downloads import Download
from api.languages import language_of
from api.uploads import Upload, has_body, upload_of
from apps_registry.definition import DataType
from common.errors import Invalid
from common.transactions import together
from data_elements import blobs, rules
from data_elements.errors import DataElementLocked
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from forms.content import JSON, XML, is_json
from forms.values import Value
from instances.models import Instance
from process import data as process_data
from process import data_reads, form_data, form_edits, form_reads
from process.data import Added
from process.form_data import Form
from process.validation.issues import grouped_document
from process.validation.validators import Changes, FormChange


class DataTypeMissing(Invalid):
    """The call does not say of which data type the content is. Give ``dataType``."""

    code = "data-type-missing"
    title = "One or more validation errors occurred."
    detail = "The query parameter dataType (in the proposal: formId) is required."


class DataViewSet(ValidatedViewSet):
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
        self.tag = element.etag
        return Response(
            self.element_document(element), status=201, headers={"Location": location}
        )

    def retrieve(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Download the content: a form as JSON or XML where that is asked for."""
        return self.download()

    def _content_response(self, element: DataElement) -> Download:
        kind = accepted_kind(self.request)
        with_rows = self.query.flag("includeRowId") or False
        by_app = form_reads.is_by_app(self.app)
        if (
            is_stored_form(element, kind)
            and not (with_rows or by_app)
            and not form_data.stores_row_ids(self.app, element)
        ):
            return super()._content_response(element)
        form = form_data.read_element(self.app, element)
        if form is None:
            return super()._content_response(element)
        if with_rows:
            form = self._with_row_ids(element, form)
        kind = kind or (JSON if is_json(element.content_type) else XML)
        if by_app:
            form = data_reads.as_read(
                self.principal,
                definition=self.app,
                element=element,
                form=form,
                language=language_of(self.request, self.app),
            )
            told = unstored_response(form, kind, with_rows=with_rows)
            return Download(told, has_first_byte=True)
        answer = form_response(self.request, element, form, kind, with_rows=with_rows)
        return Download(answer, has_first_byte=True)

    def _with_row_ids(self, element: DataElement, form: Form) -> Form:
        """Return the form with ids for its rows, which stay if the caller may write.

        The owner's reading changes nothing: the form is its user's.
        """
        instance = element.instance
        may_write = (
            instance.is_active
            and not self.is_owner(instance)
            and instance.current_task is not None
            and not element.is_locked
            and self.permits(instance, "write")
        )
        return form_edits.with_row_ids(
            self.principal,
            definition=self.app,
            element=element,
            data_type=self.readable_type_of(element),
            form=form,
            rules=write_rules(instance) if may_write else None,
        )

    def check_download(self, element: DataElement) -> None:
        """Let the app's own code refuse the download."""
        data_reads.check_read(self.principal, definition=self.app, element=element)

    def update(self, request: Request, **kwargs: object) -> Response:
        """Replace the content."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_write(instance, data_type)
        rules.ensure_replaceable(self.principal, instance=instance, data_type=data_type)
        if element.is_locked:  # before any byte is taken; the write asks again
            raise DataElementLocked(element_id=element.id)
        changed = self._replace(request, element, data_type)
        document = self.element_document(element)
        if changed and self.may_read(instance, element):
            return Response({**document, "changedFields": dict(changed)})
        location = self.links.element(instance, element.id)["apps"]
        return Response(document, status=201, headers={"Location": location})

    def destroy(self, request: Request, **kwargs: object) -> Response:
        """Delete the data element."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_write(instance, data_type)
        rules.ensure_deletable(self.principal, instance=instance, data_type=data_type)
        ignored = self.ignored_in_query()
        with blobs.all_or_none(), together():
            change = None if ignored is None else self._removal(element, data_type)
            others = process_data.delete(
                self.principal,
                definition=self.app,
                element=element,
                rules=write_rules(instance),
            )
            found = (
                self.issues_after(
                    instance, change.with_forms(self.app, others), ignored=ignored
                )
                if change
                else []
            )
        document = {
            "instance": self.instance_document(instance),
            "validationIssues": grouped_document(found),
            "newDataModels": models_document(
                {element: one.form for element, one in others.items()}
            ),
        }
        return Response(document)

    def _removal(self, element: DataElement, data_type: DataType) -> Changes:
        """Return what deleting the element changes."""
        if not data_type.is_form:
            return Changes(files=frozenset({element.pk}))
        try:
            form = form_data.read_element(self.app, element)
        except Invalid:  # what cannot be read may well be deleted
            form = None
        before = {} if form is None else form.document
        return Changes({element.pk: FormChange(data_type, before, None)})

    # --- what the proposal's calls share ----------------------------------------------
    def add(self, request: Request, instance: Instance) -> DataElement:
        """Check, store and add the body as a data element of the type in the query."""
        type_id = self.query.text("dataType", "formId")
        if not type_id:
            raise DataTypeMissing
        return self.add_of_type(request, instance, type_id).element

    def add_of_type(
        self,
        request: Request,
        instance: Instance,
        type_id: str,
        *,
        with_row_ids: bool = False,
    ) -> Added:
        """Check, store and add the body as a data element of a type.

        Without a body and its type, a form begins with what the app fills it in with.
        """
        data_type = self.declared(type_id)
        self.require_write(instance, data_type)
        rules.ensure_creatable(self.principal, instance=instance, data_type=data_type)
        sent = request._request
        if data_type.is_form and not (has_body(sent) or sent.META.get("CONTENT_TYPE")):
            return process_data.add_form(
                self.principal,
                definition=self.app,
                instance=instance,
                data_type=data_type,
                rules=write_rules(instance, data_type),
            )
        upload = self._fitting(data_type, request)
        with self._stored(upload, data_type) as content:
            return process_data.add(
                self.principal,
                definition=self.app,
                instance=instance,
                data_type=data_type,
                content=content,
                rules=write_rules(instance, data_type),
                with_row_ids=with_row_ids,
            )

    def _replace(
        self, request: Request, element: DataElement, data_type: DataType
    ) -> Mapping[str, Value]:
        """Check, store and put the body in place of the element's content.

        Return the fields that the app's own code changed.
        """
        upload = self._fitting(data_type, request)
        with self._stored(upload, data_type) as content:
            return process_data.replace_content(
                self.principal,
                definition=self.app,
                element=element,
                data_type=data_type,
                content=content,
                rules=write_rules(element.instance),
            ).changed

    def _fitting(self, data_type: DataType, request: Request) -> Upload:
        """Return the body as content that the data type takes."""
        upload = upload_of(request._request)
        if data_type.is_form:
            has_model = form_data.model_for(self.app, data_type) is not None
            rules.ensure_form_type(
                data_type, content_type=upload.content_type, has_model=has_model
            )
            # Without a type it is read as XML, so it is stored as that.
            return replace(upload, content_type=upload.content_type or XML)
        rules.ensure_file_type(
            data_type,
            has_disposition=upload.has_disposition,
            filename=upload.filename,
            content_type=upload.content_type,
            length=upload.announced,
        )
        if not upload.content_type:
            raise ContentTypeMissing
        return upload

    @contextmanager
    def _stored(self, upload: Upload, data_type: DataType) -> Iterator[Content]:
        storing = self.stored(
            upload,
            max_bytes=rules.limit_in_bytes(data_type),
            well_formed=data_type.is_form,
            empty=None if data_type.is_form else FileEmpty(),
        )
        with told_of_form(), storing as content:
            yield content


def write_rules(instance: Instance, data_type: DataType | None = None) -> WriteRules:
    """Return what a write must still find when it commits."""
    return WriteRules(
        in_task=instance.current_task or "",
        max_count=0 if data_type is None else data_type.max_count,
    )
