"""Form data by its model: made with a type in the address, patched, told whole."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.data import DataViewSet, write_rules
from api.application.representations import form_document, models_document
from api.serializers.form_data import PatchesSerializer, PatchSerializer
from common.errors import Invalid
from common.transactions import together
from data_elements import blobs, rules
from data_elements.errors import DataElementLocked
from data_elements.models import DataElement
from instances.models import Instance
from process import form_data, form_edits
from process.form_data import Form
from process.form_edits import Patch
from process.validation.issues import (
    SourceIssues,
    by_source_document,
    grouped_document,
)
from process.validation.validators import Changes, FormChange


class DataTypeMismatch(Invalid):
    """The address names another data type than the element's.

    Leave the type out, or name the right one.
    """

    code = "data-type-mismatch"
    detail = (
        "Data type {stated} does not match data element {element_id}, which is of type"
        " {data_type}"
    )


class FormDataViewSet(DataViewSet):
    """Form data, answered with the instance and the forms that changed."""

    actions = {
        **DataViewSet.actions,
        "create_of_type": "write",
        "patch": "write",
        "patch_one": "write",
    }
    parameters = {
        **DataViewSet.parameters,
        "create_of_type": ("language", "ignoredValidators"),
        "patch": ("language",),
        "patch_one": ("language",),
    }

    def create_of_type(self, request: Request, **kwargs: object) -> Response:
        """Add a data element of the type in the address; the body is its content."""
        instance = self.get_instance()
        ignored = self.ignored_in_query()
        with blobs.all_or_none(), together():
            # The ids that the answer tells must be those that patches find.
            added = self.add_of_type(
                request, instance, self.kwargs["dataType"], with_row_ids=True
            )
            element = added.element
            form = form_data.read_element(self.app, element)
            made = {} if form is None else {element: form}
            made |= {other: one.form for other, one in added.others.items()}
            found = (
                []
                if ignored is None
                else self.issues_after(
                    instance,
                    self._addition(element, form).with_forms(self.app, added.others),
                    ignored=ignored,
                    known=_by_id(made),
                )
            )
        changed = self._changed(instance, made, found)
        return Response({"newDataElementId": str(element.id), **changed})

    def patch(self, request: Request, **kwargs: object) -> Response:
        """Change parts of forms by JSON Patch, all of them or none."""
        instance = self.get_instance()
        body = self.read_input(PatchesSerializer)
        wanted = [(one["dataElementId"], one["patch"]) for one in body["patches"]]
        forms, found = self._patched(instance, wanted, body.get("ignoredValidators"))
        return Response(self._changed(instance, forms, found))

    def patch_one(self, request: Request, **kwargs: object) -> Response:
        """Change parts of one form by JSON Patch."""
        instance = self.get_instance()
        body = self.read_input(PatchSerializer)
        wanted = [(self.kwargs["element"], body["patch"])]
        forms, found = self._patched(instance, wanted, body.get("ignoredValidators"))
        form = next(iter(forms.values()))
        return Response(
            {
                "validationIssues": by_source_document(found),
                "newDataModel": form_document(form),
                "instance": self.instance_document(instance),
            }
        )

    def get_element(self, instance: Instance) -> DataElement:
        """Return the element, which is of the type that the address names, if any."""
        element = super().get_element(instance)
        stated = self.kwargs.get("dataType", element.data_type)
        if stated != element.data_type:
            raise DataTypeMismatch(
                stated=stated, element_id=element.pk, data_type=element.data_type
            )
        return element

    def _patched(
        self,
        instance: Instance,
        wanted: Iterable[tuple[Any, list[object]]],
        ignored: list[str] | None,
    ) -> tuple[dict[DataElement, Form], list[SourceIssues]]:
        """Patch the forms and say what is amiss then; that it is keeps nothing back."""
        patches = [
            self._patch(instance, element_id, operations)
            for element_id, operations in wanted
        ]
        with blobs.all_or_none(), together():
            patched = form_edits.patch(
                self.principal,
                definition=self.app,
                patches_=patches,
                rules=write_rules(instance),
            )
            forms = {element: one.form for element, one in patched.items()}
            found = self.issues_after(
                instance,
                Changes().with_forms(self.app, patched),
                ignored=ignored,
                known=_by_id(forms),
            )
        return forms, found

    def _addition(self, element: DataElement, form: Form | None) -> Changes:
        """Return what adding the element changes."""
        if form is None:
            return Changes(files=frozenset({element.pk}))
        change = FormChange(self.type_of(element), None, form.document)
        return Changes({element.pk: change})

    def _patch(
        self, instance: Instance, element_id: object, operations: list[object]
    ) -> Patch:
        """Find the element, if the caller may change it now.

        And may read it: a test of a patch tells what is in it, and the answer all.
        """
        self.kwargs["element"] = element_id
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_read(instance, data_type)
        self.require_write(instance, data_type)
        rules.ensure_replaceable(self.principal, instance=instance, data_type=data_type)
        if element.is_locked:  # the write asks again
            raise DataElementLocked(element_id=element.id)
        return Patch(element, data_type, operations)

    def _changed(
        self,
        instance: Instance,
        forms: Mapping[DataElement, Form],
        found: Iterable[SourceIssues],
    ) -> dict[str, object]:
        """Return the members that tell what an operation has changed.

        Of forms that the caller may not read nothing is told.
        """
        told = {
            element: form
            for element, form in forms.items()
            if self.may_read(instance, element)
        }
        return {
            "instance": self.instance_document(instance),
            "validationIssues": grouped_document(found),
            "newDataModels": models_document(told),
        }


def _by_id(forms: Mapping[DataElement, Form]) -> dict[UUID, Form]:
    return {element.pk: form for element, form in forms.items()}
