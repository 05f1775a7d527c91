"""Data of an instance as the application lets it change: its own code is asked first.

The application API writes, reads and deletes through here. The platform API does not:
there the policy alone decides, and no code of an application runs.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from io import BytesIO

import orjson
from django.db import transaction

from apps_registry.definition import AppDefinition, DataType
from common import xml
from common.transactions import atomic
from data_elements import blobs
from data_elements import services as data_elements
from data_elements.blobs import Incoming
from data_elements.errors import ContentEmpty
from data_elements.models import DataElement
from data_elements.services import Content, WriteRules
from forms import content as form_content
from forms import rows
from forms.changes import changed_fields
from forms.content import read
from forms.values import Value
from instances.models import Instance
from parties.identity import Principal
from process import data_changes, file_checks, hook_calls
from process.auto_creation import new_form
from process.calculations import Calculating, calculating_in
from process.form_data import Form, project, read_incoming
from process.form_writes import Written, merged
from process.hook_refusals import DataRefusedByApp
from process.hook_views import (
    access_view,
    caller_of,
    element_view,
    incoming_view,
    instance_view,
)
from process.hooks import ChangeKind, ContentView, DataWrite, InstanceView
from process.prefill import Beginning, begin, beginning_in


@dataclass(frozen=True, slots=True)
class Accepted:
    """Content as it is stored, and what it holds where it is a form with a model.

    ``changed`` has the fields that the app's own code and calculations changed, by
    path.
    """

    content: Content
    form: Form | None = None
    changed: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Added:
    """A new element, and the other forms of the task that were calculated anew."""

    element: DataElement
    others: Mapping[DataElement, Written]


def add(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    data_type: DataType,
    content: Content,
    rules: WriteRules,
    with_row_ids: bool = False,
) -> Added:
    """Add an element; raises DataRefusedByApp, HookFailed and what adding raises.

    A form is held to its model and filled in, its rows with ids if that is asked, and
    what the app projects from it goes to the instance.
    """
    beginning = beginning_in(principal, definition=definition, instance=instance)
    calculating = calculating_in(principal, definition=definition, instance=instance)
    with accepted(
        principal,
        definition=definition,
        instance=beginning.instance,
        data_type=data_type,
        content=content,
        beginning=beginning,
        calculate=calculating.of(data_type) if calculating else None,
        with_row_ids=with_row_ids,
    ) as kept:
        return _added(beginning, instance, data_type, kept, rules, calculating)


def add_form(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Instance,
    data_type: DataType,
    rules: WriteRules,
) -> Added:
    """Add a form that holds what it begins with and nothing else.

    Raises ContentEmpty for a type without a data model, and what ``add`` does.
    """
    beginning = beginning_in(principal, definition=definition, instance=instance)
    calculating = calculating_in(principal, definition=definition, instance=instance)
    with new_form(beginning, data_type) as made:
        if made is None:
            raise ContentEmpty
        with accepted(
            principal,
            definition=definition,
            instance=beginning.instance,
            data_type=data_type,
            content=made.content,
            form=made.form,
            calculate=calculating.of(data_type) if calculating else None,
            with_row_ids=True,
        ) as kept:
            return _added(beginning, instance, data_type, kept, rules, calculating)


def replace_content(
    principal: Principal,
    *,
    definition: AppDefinition,
    element: DataElement,
    data_type: DataType,
    content: Content,
    rules: WriteRules,
    form: Form | None = None,
    calculating: Calculating | None = None,
    is_alone: bool = True,
) -> Accepted:
    """Replace content; return it as it is stored.

    ``form`` is what the content holds, where it was written from that. Where there is
    ``calculating``, the caller has it write the other forms of the task; where the call
    is about more, he asks the app's code what is to follow. Raises DataRefusedByApp,
    HookFailed and what replacing does.
    """
    own = None
    if calculating is None:
        own = calculating = calculating_in(
            principal, definition=definition, instance=element.instance
        )
    with (
        accepted(
            principal,
            definition=definition,
            instance=lambda: instance_view(element.instance),
            data_type=data_type,
            content=content,
            previous=lambda: element_view(definition, element),
            stored_as=element.content_type,
            form=form,
            calculate=calculating.of(data_type, element) if calculating else None,
        ) as kept,
        atomic(),
    ):
        data_elements.replace_content(
            principal,
            element=element,
            data_type=data_type,
            content=kept.content,
            rules=rules,
        )
        _project(principal, definition, element.instance, data_type, kept)
        if own is not None:
            own.write_others(rules=rules)
        return _followed(principal, definition, element, kept) if is_alone else kept


def delete(
    principal: Principal,
    *,
    definition: AppDefinition,
    element: DataElement,
    rules: WriteRules,
) -> Mapping[DataElement, Written]:
    """Delete it; return the forms of the task that were calculated anew.

    Raises DataRefusedByApp, HookFailed and what deleting raises.
    """
    hook_calls.call(
        definition,
        "check_data_delete",
        lambda: access_view(principal, definition, element),
        refusal=DataRefusedByApp,
        accept=hook_calls.nothing,
    )
    with atomic():
        instance = element.instance
        data_elements.delete(principal, element=element, rules=rules)
        calculating = calculating_in(
            principal, definition=definition, instance=instance
        )
        others = {} if calculating is None else calculating.write_others(rules=rules)
        followed = data_changes.follow(
            principal,
            definition=definition,
            instance=instance,
            changed=[element],
            kind=ChangeKind.DELETED,
        )
        return merged(others, followed)


@contextmanager
def accepted(
    principal: Principal,
    *,
    definition: AppDefinition,
    instance: Callable[[], InstanceView],
    data_type: DataType,
    content: Content,
    previous: Callable[[], ContentView | None] = lambda: None,
    stored_as: str | None = None,
    form: Form | None = None,
    beginning: Beginning | None = None,
    calculate: Callable[[Form], bool] | None = None,
    with_row_ids: bool = False,
) -> Iterator[Accepted]:
    """Give the content as its model and the app's code leave it, for a block.

    ``beginning`` is there for new elements, whose forms are filled in; ``calculate``
    does the app's calculations in a form, after its code. Where that is other bytes
    than the sender's they are stored beside them, and the sender's go once the block is
    through. Raises DataRefusedByApp, HookFailed, and what a form that does not fit its
    model raises.
    """
    kept_as, written = content.content_type, None
    if form is None:
        form, kept_as, written = read_incoming(
            definition, data_type, content=content, stored_as=stored_as
        )
        if (
            form is not None
            and beginning is not None
            and begin(beginning, data_type=data_type, form=form)
        ):
            kept_as = form_content.storage_type(data_type)
            written = form.to_bytes(kept_as)
    if not data_type.is_form:
        file_checks.check(
            principal,
            definition=definition,
            instance=instance,
            data_type=data_type,
            content=content,
        )
    with _instead(content, written, kept_as) as modelled:
        changed = hook_calls.call(
            definition,
            "on_data_write",
            lambda: DataWrite(
                caller=caller_of(principal),
                instance=instance(),
                content=incoming_view(data_type, modelled),
                previous=previous(),
            ),
            refusal=DataRefusedByApp,
            accept=lambda answer: _rewritten(
                answer, data_type, modelled.content_type, form
            ),
        )
        left = form
        if form is not None and changed is not None:
            left = Form(form.model, read(changed, modelled.content_type, form.model))
        before = {} if form is None else form.document
        if calculate is not None and left is not None:
            before = deepcopy(before)
            if calculate(left):
                changed = left.to_bytes(modelled.content_type)
        if with_row_ids and left and rows.fill(left.document, left.model.type):
            changed = left.to_bytes(modelled.content_type)
        with _instead(modelled, changed, modelled.content_type) as kept:
            if left is None or changed is None:
                yield Accepted(kept, left)
            else:
                yield Accepted(kept, left, changed_fields(before, left.document))


@contextmanager
def _instead(
    content: Content, written: bytes | None, content_type: str | None
) -> Iterator[Content]:
    """Give the content with other bytes, if there are any, for a block."""
    if written is None:
        yield content
        return
    incoming = Incoming(BytesIO(written), max_bytes=len(written))
    with blobs.stored(incoming) as blob:
        yield replace(content, blob=blob, content_type=content_type)
    key = content.blob.key
    transaction.on_commit(lambda: blobs.discard(key), robust=True)


@atomic()
def _added(
    beginning: Beginning,
    instance: Instance,
    data_type: DataType,
    kept: Accepted,
    rules: WriteRules,
    calculating: Calculating | None,
) -> Added:
    principal, definition = beginning.principal, beginning.definition
    element = data_elements.add(
        principal,
        instance=instance,
        data_type=data_type,
        content=kept.content,
        rules=rules,
    )
    _project(principal, definition, instance, data_type, kept)
    others: Mapping[DataElement, Written] = {}
    if calculating is not None:
        calculating.take_in(element)
        others = calculating.write_others(rules=rules)
    followed = data_changes.follow(
        principal,
        definition=definition,
        instance=instance,
        changed=[element],
        kind=ChangeKind.ADDED,
    )
    return Added(element, merged(others, followed))


def _followed(
    principal: Principal,
    definition: AppDefinition,
    element: DataElement,
    kept: Accepted,
) -> Accepted:
    """Return what was kept, as the app's code has left it after the change."""
    written = data_changes.follow(
        principal,
        definition=definition,
        instance=element.instance,
        changed=[element],
        kind=ChangeKind.REPLACED,
    )
    own = written.get(element)
    if own is None:
        return kept
    changed = changed_fields(own.before, own.form.document)
    return replace(kept, form=own.form, changed={**kept.changed, **changed})


def _project(
    principal: Principal,
    definition: AppDefinition,
    instance: Instance,
    data_type: DataType,
    kept: Accepted,
) -> None:
    if kept.form is not None:
        project(
            principal,
            definition=definition,
            instance=instance,
            data_type=data_type,
            form=kept.form,
        )


def _rewritten(
    answer: object,
    data_type: DataType,
    content_type: str | None,
    form: Form | None,
) -> bytes | None:
    """Accept bytes that form data may be; whatever it raises is the hook's failure."""
    changed = hook_calls.content(answer)
    if changed is None:
        return None
    if not data_type.is_form:
        raise TypeError(f"{data_type.id} is no form data: its bytes stay as they came")
    if data_type.max_bytes is not None and len(changed) > data_type.max_bytes:
        raise ValueError(f"{len(changed)} bytes are more than {data_type.id} may have")
    if form is not None:
        read(changed, content_type, form.model)
    elif "json" in (content_type or ""):
        orjson.loads(changed)
    else:
        xml.parse(changed)
    return changed
