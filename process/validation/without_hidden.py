"""The subject as those validators see it which want nothing of what is hidden."""

from collections import defaultdict
from copy import deepcopy
from dataclasses import replace
from uuid import UUID

import structlog

from data_elements.models import DataElement
from forms.errors import ExpressionFailed
from forms.form_scope import Reference
from forms.hidden import hidden_fields, remove
from process.errors import FormNotEvaluable
from process.form_data import Form
from process.validation.layouts import pages_of, switches
from process.validation.validators import Subject, TaskForms

log = structlog.get_logger()


class _Cleaned(TaskForms):
    """Forms without what is hidden; those that hide nothing are as they were."""

    def __init__(self, subject: Subject, hidden: dict[UUID, list[Reference]]) -> None:
        super().__init__(subject.definition)
        self._whole = subject.forms
        self._hidden = hidden

    def of(self, element: DataElement) -> Form | None:
        """Return what an element holds and shows."""
        if element.pk not in self._hidden:
            return self._whole.of(element)
        if element.pk not in self._read:
            self._read[element.pk] = _without(
                self._whole.of(element), self._hidden[element.pk]
            )
        return self._read[element.pk]


def without_hidden(subject: Subject) -> Subject:
    """Return the subject whose forms have rows emptied and fields gone that are hidden.

    Rows stay in their places, so that issues point where the caller looks. Pages that
    cannot be evaluated hide nothing, unless the application has the server remove what
    they hide: then that raises FormNotEvaluable.
    """
    try:
        _, contexts = pages_of(subject)
        found = () if contexts is None else hidden_fields(contexts, for_removal=False)
    except ExpressionFailed as error:
        reason = str(error)
        if switches(subject).remove_hidden_data:
            raise FormNotEvaluable(task=subject.task.id, reason=reason) from None
        log.warning("pages_not_evaluable", task=subject.task.id, reason=reason)
        return subject
    hidden: dict[UUID, list[Reference]] = defaultdict(list)
    for reference in found:
        hidden[UUID(reference.element_id)].append(reference)
    return replace(subject, forms=_Cleaned(subject, hidden)) if hidden else subject


def _without(form: Form | None, hidden: list[Reference]) -> Form | None:
    if form is None:
        return None
    document = deepcopy(form.document)
    remove(document, hidden, delete_rows=False)
    return Form(form.model, document)
