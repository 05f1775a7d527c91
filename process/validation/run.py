"""Runs the validators of a task: all of them, or those that a change is relevant to."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from django.conf import settings

from apps_registry.app_settings import switches_of
from process.validation import order
from process.validation.issues import (
    CUT,
    MOST_ISSUES,
    Issue,
    Severity,
    SourceIssues,
    has_errors,
)
from process.validation.texts import described, sentence
from process.validation.validators import Changes, Subject, Validator


def validate(
    subject: Subject,
    *,
    ignored: Iterable[str] = (),
    only_incremental: bool | None = None,
) -> list[Issue]:
    """Return what is amiss in the task, in the order of the validators.

    ``ignored`` are sources in any case of letters. ``only_incremental`` chooses those
    that run after each change, and what they find then, or only the others. What a
    validator raises, or the app's code, is the caller's failure.
    """
    if only_incremental:
        subject = replace(subject, is_after_change=True)
    views = _Views(subject)
    return [
        issue
        for validator in _chosen(subject, ignored)
        if only_incremental is None or validator.is_incremental is only_incremental
        for issue in _found(validator, views.of(validator))
    ]


def validate_changes(
    subject: Subject, changes: Changes, *, ignored: Iterable[str] = ()
) -> list[SourceIssues]:
    """Run what is incremental, and what the changes matter to; each has its entry."""
    views = _Views(subject)
    return [
        SourceIssues(validator.source, tuple(_found(validator, views.of(validator))))
        for validator in _chosen(subject, ignored)
        if validator.is_incremental
        and validator.is_relevant(views.of(validator), changes)
    ]


class _Views:
    """The subject as it is, and without what is hidden: made once, if it is wanted."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def of(self, validator: Validator) -> Subject:
        """Return what the validator is shown."""
        return self._cleaned if validator.wants_hidden_removed else self._subject

    @cached_property
    def _cleaned(self) -> Subject:
        app, environment = self._subject.definition, settings.ALTINN_ENVIRONMENT
        if not switches_of(app, environment=environment).remove_hidden_data:
            return self._subject  # what is hidden stays, so it must be right too
        return order.WITHOUT_HIDDEN(self._subject)


def _chosen(subject: Subject, ignored: Iterable[str]) -> Iterator[Validator]:
    unwanted = {name.strip().casefold() for name in ignored}
    for validator in order.validators_of(subject):
        if validator.source.casefold() not in unwanted:
            yield validator


def _found(validator: Validator, subject: Subject) -> Iterator[Issue]:
    """Yield the issues of one validator; what is too much is cut, and that is told."""
    listed: list[Issue] = []
    issues = iter(validator.issues(subject))
    for issue in issues:
        if len(listed) == MOST_ISSUES:
            listed.append(_cut(subject, listed, (issue, *issues)))
            break
        listed.append(issue)
    for issue in listed:
        named = issue.found_by(
            validator.source, is_incremental=validator.is_incremental
        )
        yield described(named, subject.definition, subject.language)


def _cut(subject: Subject, listed: Iterable[Issue], rest: Iterable[Issue]) -> Issue:
    """Return what stands for the rest: an error where any is, so that it counts."""
    grave = has_errors(listed) or has_errors(rest)
    return Issue(
        CUT,
        sentence(CUT, subject.language, most=MOST_ISSUES),
        Severity.ERROR if grave else Severity.INFORMATION,
    )
