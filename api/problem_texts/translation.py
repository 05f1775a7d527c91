"""Putting a problem into a language, with the values of the call."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_texts.applications import APPLICATIONS
from api.problem_texts.calls import CALLS
from api.problem_texts.data_elements import DATA_ELEMENTS
from api.problem_texts.instances import INSTANCES
from api.problem_texts.members import MEMBERS
from api.problem_texts.parties import PARTIES
from api.problem_texts.phrases import PHRASES
from api.problem_texts.process import PROCESS
from api.problem_texts.spoken import Spoken
from api.problem_texts.titles import STATUS_TITLES, TITLES
from common.errors import DomainError, Phrase, Sentences

DETAILS: Final[Mapping[str, Spoken]] = {
    **CALLS,
    **APPLICATIONS,
    **INSTANCES,
    **DATA_ELEMENTS,
    **PROCESS,
    **PARTIES,
}


def title_in(language: str, kind: type[DomainError], status: HTTPStatus) -> str:
    """Return the title of a kind of problem; in English for a language unknown here."""
    spoken = TITLES.get(kind.title) if kind.title else STATUS_TITLES.get(status)
    return _said(spoken, language) or kind.title or status.phrase


def detail_in(language: str, error: DomainError) -> str:
    """Return the detail of a problem; in English where it has no other."""
    template = _said(DETAILS.get(stating_class(type(error)).code), language)
    if not template:
        return error.detail
    values = {name: said_in(language, value) for name, value in error.context.items()}
    return template.format(**values)


def details_of(kind: type[DomainError]) -> Mapping[str, str]:
    """Return what a kind of problem says by language, where that is not English."""
    spoken = DETAILS.get(stating_class(kind).code)
    if spoken is None or spoken.nb == kind.detail:
        return {}
    return spoken._asdict()


def said_in(language: str, value: object) -> object:
    """Return a value with the phrases in it told in the language."""
    match value:
        case Phrase():
            spoken = PHRASES.get(value.template) or MEMBERS.get(value.template)
            template = _said(spoken, language) or value.template
            values = value.values.items()
            return template.format(**{n: said_in(language, one) for n, one in values})
        case Sentences():
            return " ".join(str(said_in(language, one)) for one in value.parts)
        case dict():
            return {name: said_in(language, one) for name, one in value.items()}
        case list() | tuple():
            return [said_in(language, one) for one in value]
    return value


def stating_class(kind: type[DomainError]) -> type[DomainError]:
    """Return the class that states the detail of this one: itself, or what it is of."""
    return next(one for one in kind.__mro__ if "detail" in vars(one))


def _said(spoken: Spoken | None, language: str) -> str:
    return "" if spoken is None else str(spoken._asdict().get(language, ""))
