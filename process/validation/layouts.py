"""What the task's pages require, and what the application's own rules say of fields."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.conf import settings

from apps_registry.app_settings import Switches, switches_of
from forms.backend_texts import REQUIRED
from forms.contexts import Contexts
from forms.form_scope import Around
from forms.hidden import hidden_fields
from forms.required import Missing, missing
from forms.rule_file import has_file, rules_of
from forms.rules import Broken, broken
from forms.task_data import layout_set_of
from process.form_layouts import around_of, contexts_of, evaluating
from process.validation.issues import Issue, Severity
from process.validation.validators import Subject, TaskValidator

_SEVERITIES: Final[Mapping[str, Severity]] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFORMATION,
    "success": Severity.SUCCESS,
}


class RequiredValidator(TaskValidator):
    """Finds what the task's pages require and show, and nobody has filled in."""

    source = "Required"
    is_incremental = True

    def runs_for(self, subject: Subject) -> bool:
        """Run where the application asks for it, in tasks with pages."""
        task = subject.task.id
        return switches(subject).required_validation and (
            layout_set_of(subject.definition, task) is not None
        )

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield each binding that holds nothing, of types that the caller may read."""
        readable = {str(one.pk) for _, one in subject.readable_forms()}
        with evaluating(subject.task.id):
            around, contexts = pages_of(subject)
            if contexts is None:
                return
            for one in missing(contexts):
                if one.element_id in readable:
                    yield _required(one, around, contexts)


class ExpressionValidator(TaskValidator):
    """Holds the task's forms to the rules that the application has for their fields."""

    source = "Expression"
    is_incremental = True

    def runs_for(self, subject: Subject) -> bool:
        """Run where the application asks for it, in tasks with rules for a form."""
        return switches(subject).expression_validation and any(
            data_type.is_form
            and data_type.task_id == subject.task.id
            and has_file(subject.definition, data_type.id)
            for data_type in subject.definition.data_types.values()
        )

    def issues(self, subject: Subject) -> Iterable[Issue]:
        """Yield what the rules say of fields that hold something and are shown."""
        with evaluating(subject.task.id):
            around, contexts = pages_of(subject)
            hidden = (
                () if contexts is None else hidden_fields(contexts, for_removal=False)
            )
            for data_type, element in subject.elements_of_task():
                rules = rules_of(subject.definition, data_type.id)
                if not (rules and data_type.is_form and subject.may_read(data_type)):
                    continue
                yield from map(
                    _broken,
                    broken(
                        around,
                        data_type=data_type.id,
                        element_id=str(element.pk),
                        rules=rules,
                        hidden=hidden,
                        components=contexts,
                    ),
                )


def switches(subject: Subject) -> Switches:
    """Return what the application has switched on."""
    return switches_of(subject.definition, environment=settings.ALTINN_ENVIRONMENT)


def pages_of(subject: Subject) -> tuple[Around, Contexts | None]:
    """Return the task's pages over the subject's forms, made once for all validators.

    Raises ExpressionFailed.
    """
    return subject.forms.once("pages", lambda: _pages_of(subject))


def _pages_of(subject: Subject) -> tuple[Around, Contexts | None]:
    around = around_of(
        subject.definition,
        instance=subject.instance,
        elements=subject.elements,
        form_of=subject.forms.of,
        language=subject.language,
    )
    return around, contexts_of(subject.definition, around, task=subject.task.id)


def _required(one: Missing, around: Around, contexts: Contexts) -> Issue:
    scope = contexts.scope(one.context)
    page, title = one.context.page.name, one.component.title
    parameters = {
        "field": one.field,
        "layoutId": one.context.set_id,
        "pageId": page,
        "componentId": one.component.id,
        "bindingName": one.binding,
        "pageName": scope.text(page),
        **({"componentTitle": scope.text(title)} if title else {}),
    }
    return Issue(
        code="required",
        description=around.texts.text(REQUIRED, scope, parameters) or "",
        field=one.field,
        element_id=one.element_id,
        text_key=REQUIRED,
        parameters=parameters,
    )


def _broken(one: Broken) -> Issue:
    return Issue(
        code=one.text_key,
        description=one.description or "",
        severity=_SEVERITIES.get(one.severity, Severity.ERROR),
        field=one.field,
        element_id=one.element_id,
        text_key=one.text_key,
    )
