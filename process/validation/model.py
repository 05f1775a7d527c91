"""Forms held to their data model: by the JSON schema, and by the XML schema."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import structlog

from apps_registry.definition import AppDefinition, DataType
from common.errors import Invalid
from data_elements.models import DataElement
from forms import places
from forms.breaches import breaches
from forms.constraints import Constraints, Violation
from forms.content import XML
from forms.errors import ModelUnreadable
from forms.model import Model
from forms.models import constraints_of, xml_schema_of
from forms.task_data import data_type_of_set, layout_set_of
from forms.xml_schema import XmlFault, XmlSchema
from process.form_data import Form
from process.validation.issues import MOST_ISSUES, Issue, Place, Severity
from process.validation.layouts import switches
from process.validation.sentences import SENTENCES
from process.validation.texts import sentence
from process.validation.validators import Changes, Subject, TaskValidator

log = structlog.get_logger()

_LONGEST: Final = 60  # of a value that is told
_MOST_CHOICES: Final = 20
_PREFIXES: Final = {
    "*WARNING*": Severity.WARNING,
    "*FIXED*": Severity.FIXED,
    "*INFO*": Severity.INFORMATION,
    "*SUCCESS*": Severity.SUCCESS,
}


class DataAnnotations(TaskValidator):
    """Holds all forms of the instance to what their model demands of values.

    That is what the JSON schema says, or the facets of the XML schema where there is no
    JSON schema. What is missing is told when the task is validated as a whole, not
    after each change: a form is filled in one field after the other. It is an error
    in the task's own forms, where nothing else says what must be filled in: no pages,
    and no server that made the form beforehand.
    """

    source = "DataAnnotations"
    is_incremental = True
    wants_hidden_removed = True

    def is_relevant(self, subject: Subject, changes: Changes) -> bool:
        """Take changes of forms to matter."""
        return any(one.is_content for one in changes.forms.values())

    def issues(self, subject: Subject) -> Iterator[Issue]:
        """Yield what breaks the model, with its place and how to mend it."""
        for data_type, element in subject.readable_forms():
            try:
                form = subject.forms.of(element)
            except Invalid as error:
                yield _unreadable(element, error, subject.language)
                continue
            if form is not None:
                yield from _of_form(subject, data_type, element, form)


class Xsd(TaskValidator):
    """Holds the XML of the task's forms to the XML schema, where the app wants that."""

    source = "Xsd"

    def runs_for(self, subject: Subject) -> bool:
        """Run where the app's settings say so."""
        return switches(subject).xsd_validation

    def issues(self, subject: Subject) -> Iterator[Issue]:
        """Yield what the schema finds, with line and place."""
        for data_type, element in subject.elements_of_task():
            if not (data_type.is_form and subject.may_read(data_type)):
                continue
            schema = _xml_schema(subject.definition, data_type)
            try:
                found = _xml_faults(subject, element, schema)
            except Invalid as error:
                yield _unreadable(element, error, subject.language)
                continue
            name = data_type.class_ref.rpartition(".")[2]
            for fault, model in found:
                path = places.json_path(fault.steps, model)
                yield Issue(
                    "Xsd",
                    field=places.written(path) or None,
                    element_id=str(element.pk),
                    text_key="backend.xsd_validation",
                    parameters={"schema": name, "message": fault.reason},
                    place=Place(places.pointer(path), _xpath(fault, model), fault.line),
                )


def _xml_faults(
    subject: Subject, element: DataElement, schema: XmlSchema | None
) -> Iterable[tuple[XmlFault, Model]]:
    form = None if schema is None else subject.forms.of(element)
    if schema is None or form is None:
        return ()
    content = subject.forms.xml_of(element, form)
    faults = schema.faults(content, most=MOST_ISSUES + 1)
    return [(fault, form.model) for fault in faults]


def _of_form(
    subject: Subject, data_type: DataType, element: DataElement, form: Form
) -> Iterator[Issue]:
    constraints = _constraints(subject.definition, data_type)
    if constraints is None:
        yield from _of_facets(subject, data_type, element, form)
        return
    found = breaches(form.document, constraints, most=MOST_ISSUES)
    is_whole = _must_be_whole(subject, data_type, element)
    for one in found.found:
        issue = _breach(one, element, form.model, subject.language)
        if one.keyword != "required":
            yield issue
        elif not subject.is_after_change:
            yield issue if is_whole else replace(issue, severity=Severity.WARNING)
    if found.is_cut:
        yield Issue(
            "TooManyIssues",
            sentence("TooManyIssues", subject.language, most=MOST_ISSUES),
            element_id=str(element.pk),
        )


def _must_be_whole(subject: Subject, data_type: DataType, element: DataElement) -> bool:
    """Whether the model alone says what of the form must be filled in."""
    app = subject.definition
    if data_type.task_id != subject.task.id:
        return False
    sets = layout_set_of(app, data_type.task_id)
    if sets is not None and data_type_of_set(app, sets) == data_type.id:
        return False
    untouched = element.created == element.last_changed
    return not (data_type.auto_create and untouched)


def _of_facets(
    subject: Subject, data_type: DataType, element: DataElement, form: Form
) -> Iterator[Issue]:
    schema = _xml_schema(subject.definition, data_type)
    if schema is None:
        return
    for fault in schema.faults(form.to_bytes(XML), most=MOST_ISSUES + 1):
        if fault.is_of_value:
            path = places.json_path(fault.steps, form.model)
            field = places.written(path)
            yield Issue(
                "facet",
                sentence(
                    "model.facet", subject.language, place=field, reason=fault.reason
                ),
                field=field,
                element_id=str(element.pk),
                place=Place(places.pointer(path), _xpath(fault, form.model)),
            )


def _breach(one: Violation, element: DataElement, model: Model, language: str) -> Issue:
    field = places.written(one.path)
    place = Place(places.pointer(one.path), places.xpath(one.path, model))
    if one.text:
        severity, key = _severity_of(one.text)
        return Issue(
            key,
            severity=severity,
            field=field or None,
            element_id=str(element.pk),
            text_key=key,
            place=place,
        )
    return Issue(
        one.keyword,
        _sentence(one, field or model.root, language),
        field=field or None,
        element_id=str(element.pk),
        place=place,
    )


def _severity_of(text: str) -> tuple[Severity, str]:
    """Part a text of the model from the prefix that says how grave it is."""
    for prefix, severity in _PREFIXES.items():
        if text.startswith(prefix):
            return severity, text.removeprefix(prefix)
    return Severity.ERROR, text


def _sentence(one: Violation, place: str, language: str) -> str:
    named = f"model.{one.keyword}"
    if one.keyword == "format" and f"{named}:{one.limit}" in SENTENCES:
        named = f"{named}:{one.limit}"
    if named not in SENTENCES:
        named = "model.other"
    return sentence(
        named,
        language,
        place=place,
        value=_shown(one.value),
        limit=_shown_limit(one.limit),
        rule=one.keyword,
    )


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _shown_limit(limit: object) -> str:
    if isinstance(limit, list):
        more = ", …" if len(limit) > _MOST_CHOICES else ""
        return ", ".join(str(one) for one in limit[:_MOST_CHOICES]) + more
    return str(limit)


def _unreadable(element: DataElement, error: Invalid, language: str) -> Issue:
    return Issue(
        "FormUnreadable",
        sentence("model.unreadable", language, reason=error.detail),
        field=element.data_type,
        element_id=str(element.pk),
    )


def _xpath(fault: XmlFault, model: Model) -> str:
    steps = (f"/{name}[{place}]" for name, place in fault.steps)
    return f"/{model.root}{''.join(steps)}"


def _constraints(app: AppDefinition, data_type: DataType) -> Constraints | None:
    try:
        return constraints_of(app, data_type)
    except ModelUnreadable as error:
        _log_unusable(app, data_type, "JSON", error)
        return None


def _xml_schema(app: AppDefinition, data_type: DataType) -> XmlSchema | None:
    try:
        return xml_schema_of(app, data_type)
    except ModelUnreadable as error:
        _log_unusable(app, data_type, "XML", error)
        return None


def _log_unusable(
    app: AppDefinition, data_type: DataType, kind: str, error: ModelUnreadable
) -> None:
    log.warning(
        "form_schema_unusable",
        app_id=app.app_id,
        data_type=data_type.id,
        kind=kind,
        reason=str(error),
    )
