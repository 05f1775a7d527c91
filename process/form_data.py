"""Form data as the application's model has it: read, held to it, and projected.

A form without a schema has no model: it is kept and handed out as it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from apps_registry.definition import AppDefinition, DataType
from common.errors import TooLarge
from data_elements import blobs, rules
from data_elements.errors import BlobMissing
from data_elements.models import DataElement
from data_elements.services import Content
from forms import content as form_content
from forms import projection
from forms.content import Document
from forms.errors import ModelUnreadable
from forms.model import ROW_ID, Model
from forms.models import model_of
from forms.rows import has_rows
from instances import services as instances
from instances import values
from instances.models import Instance
from parties.identity import Principal

log = structlog.get_logger()

MAX_FORM_BYTES = 32 * 2**20


class FormTooLarge(TooLarge):
    """Form data is read into memory as a whole, so it has a limit of its own.

    What is larger is an attachment, of a data type without a class.
    """

    code = "form-too-large"
    detail = "The form has {size} bytes, more than the {limit} that one may have."


@dataclass(frozen=True, slots=True)
class Form:
    """What form data holds, and the model that says so."""

    model: Model
    document: Document

    def to_bytes(self, content_type: str | None) -> bytes:
        """Return it as the content type has it."""
        return form_content.write(self.document, content_type, self.model)


Texts: TypeAlias = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Projected:
    """What stands on an instance of its forms."""

    presentation_texts: Texts
    data_values: Texts


def model_for(definition: AppDefinition, data_type: DataType) -> Model | None:
    """Return the model of a data type, None for what is no form or has no schema."""
    if not data_type.is_form:
        return None
    try:
        return model_of(definition, data_type)
    except ModelUnreadable as error:
        log.warning(
            "form_model_unreadable",
            app_id=definition.app_id,
            data_type=data_type.id,
            reason=str(error),
        )
        return None


def read_content(
    definition: AppDefinition,
    data_type: DataType,
    *,
    key: str,
    size: int,
    content_type: str | None,
) -> Form | None:
    """Return what stored bytes hold, None where there is no model.

    Raises FormTooLarge, FormXmlRefused, FormJsonRefused and what malformed XML raises.
    """
    model = model_for(definition, data_type)
    if model is None:
        return None
    stored = _bytes_of(key, size)
    return Form(model, form_content.read(stored, content_type, model))


def read_bytes(model: Model, content: bytes, content_type: str | None) -> Form:
    """Return what bytes hold; raises what they may be refused for."""
    return Form(model, form_content.read(content, content_type, model))


def read_element(definition: AppDefinition, element: DataElement) -> Form | None:
    """Return what an element holds, None where there is no model.

    Raises BlobMissing too.
    """
    data_type = definition.data_types.get(element.data_type)
    if data_type is None:
        return None
    try:
        return read_content(
            definition,
            data_type,
            key=element.blob_key,
            size=element.size,
            content_type=element.content_type,
        )
    except FileNotFoundError:
        raise BlobMissing(element_id=element.pk) from None


def stores_row_ids(definition: AppDefinition, element: DataElement) -> bool:
    """Whether the stored bytes may have ids of rows, which are told if asked for."""
    data_type = definition.data_types.get(element.data_type)
    model = None if data_type is None else model_for(definition, data_type)
    if model is None or element.size > MAX_FORM_BYTES or not has_rows(model.type):
        return False
    try:
        return ROW_ID.encode() in _bytes_of(element.blob_key, element.size)
    except FileNotFoundError:  # whoever hands the bytes out deals with that
        return False


def stored_xml(element: DataElement, form: Form) -> bytes:
    """Return an element's form as XML: as it is stored, or written from the form.

    Raises BlobMissing and FormTooLarge.
    """
    if form_content.is_json(element.content_type):
        return form.to_bytes(form_content.XML)
    try:
        return _bytes_of(element.blob_key, element.size)
    except FileNotFoundError:
        raise BlobMissing(element_id=element.pk) from None


def read_incoming(
    definition: AppDefinition,
    data_type: DataType,
    *,
    content: Content,
    stored_as: str | None = None,
) -> tuple[Form | None, str | None, bytes | None]:
    """Hold content to the model of its type.

    Return the form, the content type that it is stored as, and the bytes to store
    instead of the sender's: None where his are what we would write. ``stored_as`` is
    what the element is stored as already.
    """
    model = model_for(definition, data_type)
    if model is None:
        return None, content.content_type, None
    sent = _bytes_of(content.blob.key, content.blob.size)
    form = Form(model, form_content.read(sent, content.content_type, model))
    kept_as = stored_as or form_content.storage_type(data_type)
    written = form.to_bytes(kept_as)
    same_kind = form_content.is_json(kept_as) is form_content.is_json(
        content.content_type
    )
    if (
        same_kind
        and rules.is_allowed(data_type, content.content_type)
        and form_content.is_as_written(sent, kept_as, written)
    ):
        return form, content.content_type, None
    return form, kept_as, written


def project(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    data_type: DataType,
    form: Form,
) -> None:
    """Put the form's presentation texts and data values on its instance (§18.5).

    It is part of the caller's transaction, and no statement where nothing changed.
    """

    def found_beside(present: Projected) -> Projected:
        return projected(definition, data_type=data_type, form=form, present=present)

    present = Projected(instance.presentation_texts, instance.data_values)
    if found_beside(present) != present:
        # Others change these without changing the instance, whose row is held here.
        values.refresh(instance)
        found = found_beside(
            Projected(instance.presentation_texts, instance.data_values)
        )
        instances.update(
            principal,
            instance=instance,
            now=instance.last_changed,
            presentation_texts=found.presentation_texts,
            data_values=found.data_values,
        )


def projected(
    definition: AppDefinition, *, data_type: DataType, form: Form, present: Projected
) -> Projected:
    """Return what the instance has now that the form holds this."""

    def merged(member: str, texts: Texts) -> Texts:
        fields = projection.fields_of(definition, member, data_type.id)
        if not fields:
            return texts
        found = projection.projected(form.document, form.model, fields)
        return projection.merged(texts, found) or None

    return Projected(
        merged(projection.PRESENTATION, present.presentation_texts),
        merged(projection.DATA, present.data_values),
    )


def _bytes_of(key: str, size: int) -> bytes:
    if size > MAX_FORM_BYTES:
        raise FormTooLarge(size=size, limit=MAX_FORM_BYTES)
    with blobs.open_blob(key) as content:
        return content.read()
