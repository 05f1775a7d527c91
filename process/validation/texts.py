"""The sentences of issues: the app's own, else the server's, in a language."""

from collections.abc import Mapping
from dataclasses import replace

from apps_registry.definition import AppDefinition
from apps_registry.texts import FALLBACK
from forms.scope import BareScope
from forms.texts import Texts
from process.validation.issues import Issue
from process.validation.sentences import SENTENCES


def sentence(key: str, language: str, **values: object) -> str:
    """Return a sentence of the server's own, values filled in."""
    told = SENTENCES[key]
    return told.get(language, told[FALLBACK]).format(**values)


def described(issue: Issue, app: AppDefinition, language: str) -> Issue:
    """Return the issue with a description: its own, else the text of its key.

    A text of the application may have ``{0}``, ``{1}`` … in it, which its variables
    fill from the parameters.
    """
    if issue.description or issue.text_key is None:
        return issue
    named = issue.parameters if isinstance(issue.parameters, Mapping) else {}
    text = Texts(app, language).text(issue.text_key, BareScope(), named)
    if not isinstance(issue.parameters, Mapping):
        for place, value in enumerate(issue.parameters):
            text = None if text is None else text.replace(f"{{{place}}}", value)
    return replace(issue, description=text or "")
