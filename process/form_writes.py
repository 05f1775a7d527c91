"""Writing a form inside of a transaction that is about more than the form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO

from apps_registry.definition import AppDefinition, DataType
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from forms.content import Document
from instances.models import Instance
from parties.identity import Principal
from process import form_data
from process.form_data import Form


@dataclass(frozen=True, slots=True)
class Written:
    """What a form holds, and what it held before it was written."""

    form: Form
    before: Document


def merged(
    done: Mapping[DataElement, Written], followed: Mapping[DataElement, Written]
) -> dict[DataElement, Written]:
    """Return what forms hold in the end, beside what they held at first."""
    return {
        **done,
        **{
            element: Written(
                one.form, done[element].before if element in done else one.before
            )
            for element, one in followed.items()
        },
    }


def write_form(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    element: DataElement,
    data_type: DataType,
    form: Form,
    rules: WriteRules,
) -> None:
    """Give the element the form, unless it is another than was read.

    No code of the application is asked, and nothing is calculated. Raises
    DataElementLocked, DataElementChanged and what changing the instance raises.
    """
    element.instance = instance
    written = form.to_bytes(element.content_type)
    with blobs.stored(Incoming(BytesIO(written), max_bytes=len(written))) as blob:
        data_elements.replace_content(
            principal,
            element=element,
            data_type=data_type,
            content=Content(
                blob, element.content_type, element.filename, element.refs or ()
            ),
            rules=replace(rules, only_if_same=True, max_count=0),
        )
    form_data.project(
        principal,
        definition=definition,
        instance=instance,
        data_type=data_type,
        form=form,
    )
