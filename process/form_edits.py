"""Changes inside form data: patches, and the ids of rows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from uuid import UUID

from apps_registry.definition import AppDefinition, DataType
from common.errors import Conflict, Invalid, Unprocessable
from common.transactions import atomic
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from forms import content as form_content
from forms import json_data, patches, rows
from forms.errors import FormJsonRefused, PatchFailed, PatchTestFailed
from forms.values import Value
from parties.identity import Principal
from process import data as process_data
from process import data_changes
from process.calculations import Calculating, calculating_in
from process.form_data import Form, read_element
from process.form_writes import Written, merged
from process.hooks import ChangeKind


class NoForm(Invalid):
    """The element is no form data that the server knows the model of.

    Replace its content as a whole instead.
    """

    code = "no-form-data"
    detail = (
        "Data element {element_id} of type {data_type} is no form data with a schema."
    )


class PatchTestNotHeld(Conflict):
    """A test of the patch does not hold: the form is another than the sender saw.

    Read it again; ``previousModel`` has it as it is.
    """

    code = "patch-test-failed"
    title = "Precondition in patch failed"
    detail = "{reason}"


class PatchNotApplied(Unprocessable):
    """An operation of the patch cannot be done on the form as it is.

    ``patchOperationIndex`` counts it from 0, ``previousModel`` has the form.
    """

    code = "patch-operation-failed"
    title = "Patch Operation Failed"
    detail = "{reason}"


class PatchedFormRefused(Unprocessable):
    """What the patch makes of the form is not what the form consists of."""

    code = "patch-result-refused"
    title = "Patch operation did not deserialize"
    detail = "{reason}"


class SamePatchedTwice(Invalid):
    """Two patches are for one element. Put their operations into one patch."""

    code = "patch-element-twice"
    detail = "Data element {element_id} is patched twice; send one patch for it."


@dataclass(frozen=True, slots=True)
class Patch:
    """Operations on the form of an element."""

    element: DataElement
    data_type: DataType
    operations: Sequence[object]


def patch(
    principal: Principal,
    *,
    definition: AppDefinition,
    patches_: Sequence[Patch],
    rules: WriteRules,
) -> dict[DataElement, Written]:
    """Patch forms of one instance, all of them or none; return what they hold now.

    A form that a patch leaves as it was is not written. Other forms of the task that
    calculations change are among those returned. Raises NoForm, the problems
    above, DataElementChanged where another write came between, and what replacing
    raises.
    """
    seen: set[UUID] = set()
    for one in patches_:
        if one.element.pk in seen:
            raise SamePatchedTwice(element_id=one.element.pk)
        seen.add(one.element.pk)
    calculating = _calculating(principal, definition, patches_)
    with ExitStack() as stack:
        edits = [
            (one, done, stack.enter_context(_content_of(one.element, done.form)))
            for one, done in ((one, _patched(definition, one)) for one in patches_)
        ]
        if calculating is not None:
            for one, done, _ in edits:
                calculating.know(one.element, done.form)
        written = [
            one.element
            for one, _, content in edits
            if content.blob.sha256 != bytes(one.element.sha256 or b"")
        ]
        with atomic():
            changed = {
                one.element: replace(
                    done,
                    form=_save(
                        principal,
                        definition=definition,
                        one=one,
                        form=done.form,
                        content=content,
                        rules=replace(rules, only_if_same=True),
                        calculating=calculating,
                    ),
                )
                for one, done, content in edits
            }
            if calculating is not None:
                changed = merged(changed, calculating.write_others(rules=rules))
            for element in written[:1]:  # all are of one instance
                followed = data_changes.follow(
                    principal,
                    definition=definition,
                    instance=element.instance,
                    changed=written,
                    kind=ChangeKind.REPLACED,
                )
                changed = merged(changed, followed)
            return changed


def with_row_ids(
    principal: Principal,
    *,
    definition: AppDefinition,
    element: DataElement,
    data_type: DataType,
    form: Form,
    rules: WriteRules | None,
) -> Form:
    """Return the form with an id for each row; new ids are kept where ``rules`` are."""
    if rows.fill(form.document, form.model.type) and rules is not None:
        try:
            with _content_of(element, form) as content:
                data_elements.replace_content(
                    principal,
                    element=element,
                    data_type=data_type,
                    content=content,
                    rules=replace(rules, only_if_same=True),
                )
        except Conflict:
            pass  # who reads takes no offence at a write that came between
    return form


def _patched(definition: AppDefinition, one: Patch) -> Written:
    form = read_element(definition, one.element)
    if form is None:
        raise NoForm(element_id=one.element.pk, data_type=one.data_type.id)
    rows.fill(form.document, form.model.type)
    before = form_content.complete(form.document, form.model.type)
    try:
        after = patches.apply(before, one.operations)
    except PatchTestFailed as error:
        raise PatchTestNotHeld(
            reason=str(error), members=_members(one, error, before)
        ) from None
    except PatchFailed as error:
        raise PatchNotApplied(
            reason=str(error), members=_members(one, error, before)
        ) from None
    try:
        document = json_data.read_object(
            after, form.model.type, pointer="", strict=True
        )
    except FormJsonRefused as error:
        raise PatchedFormRefused(
            reason=error.detail,
            members={"dataElementId": str(one.element.pk), "previousModel": before},
        ) from None
    rows.fill(document, form.model.type)
    return Written(Form(form.model, json_data.without_nulls(document)), form.document)


def _members(
    one: Patch, error: PatchFailed, before: Mapping[str, Value]
) -> dict[str, object]:
    return {
        "dataElementId": str(one.element.pk),
        "patchOperationIndex": error.place,
        "previousModel": dict(before),
    }


def _save(
    principal: Principal,
    *,
    definition: AppDefinition,
    one: Patch,
    form: Form,
    content: Content,
    rules: WriteRules,
    calculating: Calculating | None,
) -> Form:
    """Write the form, if it is other bytes than before; return it as it is stored."""
    if content.blob.sha256 == bytes(one.element.sha256 or b""):
        blobs.discard(content.blob.key)
        return form
    kept = process_data.replace_content(
        principal,
        definition=definition,
        element=one.element,
        data_type=one.data_type,
        content=content,
        rules=rules,
        form=form,
        calculating=calculating,
        is_alone=False,
    )
    return kept.form or form


def _calculating(
    principal: Principal, definition: AppDefinition, patches_: Sequence[Patch]
) -> Calculating | None:
    """Return the calculations of the task, for all patches together."""
    for one in patches_:
        return calculating_in(
            principal, definition=definition, instance=one.element.instance
        )
    return None


@contextmanager
def _content_of(element: DataElement, form: Form) -> Iterator[Content]:
    """Store the form in place of the element's content, for the length of a block."""
    written = form.to_bytes(element.content_type)
    with blobs.stored(Incoming(BytesIO(written), max_bytes=len(written))) as blob:
        yield Content(
            blob=blob,
            content_type=element.content_type,
            filename=element.filename,
            refs=element.refs or (),
        )
