"""The catalogue of what problems say: every code, in every language (D-5)."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

from api.problem_texts import title_in
from api.problem_texts.applications import APPLICATIONS
from api.problem_texts.calls import CALLS
from api.problem_texts.data_elements import DATA_ELEMENTS
from api.problem_texts.instances import INSTANCES
from api.problem_texts.parties import PARTIES
from api.problem_texts.phrases import PHRASES
from api.problem_texts.process import PROCESS
from api.problem_texts.spoken import Spoken
from api.problem_texts.titles import STATUS_TITLES, TITLES
from api.problem_texts.translation import DETAILS, stating_class
from api.problems import problem_kinds, status_of_class
from common.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = sorted(
    one.parent.name
    for one in ROOT.glob("*/__init__.py")
    if one.parent.name not in ("tests", "bench", "samples")
)
# What a class gives beside the values that its English names.
ALSO_GIVEN = {
    "DataTypeUnknown": {"data_type"},
    "LockedInstanceNotFound": {"instance_id"},
    "TypeNotPermitted": {"action"},
}
# Who operates a server, registers or imports an application, tests with made-up people
# or builds a component of the platform reads English.
OPERATORS = {
    "app-file-not-found", "app-folder-refused", "app-id-invalid", "app-id-mismatch",
    "app-purge-refused", "database-not-migrated", "delivery-has-ended",
    "deployment-conflict",
    "deployment-not-found", "deployment-too-large", "deployment-unreadable",
    "designer-only", "enterprise-user-gone", "export-gone", "export-not-failed",
    "export-not-found", "export-not-ready", "generated-otherwise",
    "identity-provider-not-configured", "identity-provider-unavailable",
    "instance-state-unfit", "instances-stranded", "issuer-config-invalid",
    "language-mismatch", "language-name-invalid", "metrics-token-refused",
    "metrics-unavailable",
    "nothing-belongs", "oidc-config-invalid", "org-and-app-missing", "org-invalid",
    "org-mismatch", "org-number-unknown", "owner-not-permitted", "policy-refused",
    "policy-too-large", "process-refused", "provider-unknown", "queue-lease-lost",
    "register-changed", "seed-folder-refused", "sign-in-refused",
    "signing-key-unusable", "test-org-unknown", "test-parameter-invalid",
    "test-parameter-missing", "test-party-unknown", "test-system-user-unknown",
    "test-user-real", "test-user-unknown", "too-many-exports",
}  # fmt: skip
COMPONENTS = {
    "agent-given-directly", "agent-not-of-organisation", "agent-not-one",
    "client-not-of-organisation", "decision-body-too-large",
    "decision-request-too-large", "event-code-wrong", "event-instance-missing",
    "event-not-yet-handled", "event-of-another-instance", "event-span-invalid",
    "event-type-missing", "event-type-reserved", "event-type-unknown",
    "event-unsupported", "event-user-invalid", "notification-code-wrong",
    "own-app-only", "passed-on-already", "platform-token-missing",
    "platform-token-required", "process-state-missing", "right-elsewhere",
    "values-missing",
}  # fmt: skip
# The detail is one value: the words of an application, or a reason with its place.
WITHOUT_WORDS = {
    "api-key-refused", "api-scope-missing", "app-refused-action",
    "app-refused-action-caller", "app-refused-action-input", "app-refused-data",
    "app-refused-instantiation", "app-refused-list", "app-refused-query-prefill",
    "app-refused-read", "app-refused-step", "external-api-forbidden",
    "external-api-found-nothing", "external-api-unavailable", "form-json-refused",
    "form-xml-refused",
    "multipart-malformed", "patch-operation-failed", "patch-result-refused",
    "patch-test-failed", "person-headers-invalid", "service-task-refused-by-app",
    "subscription-invalid",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _all_are_known() -> None:
    """Import whatever declares a problem, so that no test sees others than the next."""
    for path in _sources():
        if re.search(r"^    (code|detail) = ", path.read_text(), re.MULTILINE):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def kinds() -> Iterator[type[DomainError]]:
    """Yield every class of problem that the server has, and none of a test's."""
    for kind in set(problem_kinds()):
        if kind.__module__.partition(".")[0] in ROOMS:
            yield kind


def fields(template: str) -> set[str]:
    """Return the named values of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def stating() -> dict[str, list[type[DomainError]]]:
    """Return the classes that state a detail, by code."""
    found = defaultdict(list)
    for kind in kinds():
        if stating_class(kind) is kind:
            found[kind.code].append(kind)
    return found


def test_every_code_has_a_title_in_each_language() -> None:
    for kind in kinds():
        status = status_of_class(kind)
        english = kind.title or status.phrase
        assert title_in("en", kind, status) == english
        assert title_in("fr", kind, status) == english
        spoken = TITLES.get(kind.title) if kind.title else STATUS_TITLES.get(status)
        assert spoken is not None, f"{kind.code}: {english!r} has no translation"
        for language, said in spoken._asdict().items():
            assert said
            assert title_in(language, kind, status) == said


def test_no_title_is_translated_that_no_problem_has() -> None:
    assert set(TITLES) == {kind.title for kind in kinds() if kind.title}
    untitled = {status_of_class(kind) for kind in kinds() if not kind.title}
    assert set(STATUS_TITLES) == untitled


def test_each_detail_is_translated_or_known_to_stay_english() -> None:
    english = OPERATORS | COMPONENTS | WITHOUT_WORDS
    assert not english & DETAILS.keys()
    assert stating().keys() == english | DETAILS.keys()
    for code in WITHOUT_WORDS:
        for kind in stating()[code]:
            assert kind.detail == f"{{{next(iter(fields(kind.detail)))}}}"


def test_no_code_is_translated_twice_or_for_nobody() -> None:
    rooms = (CALLS, APPLICATIONS, INSTANCES, DATA_ELEMENTS, PROCESS, PARTIES)
    assert sum(map(len, rooms)) == len(DETAILS)
    assert not DETAILS.keys() - stating().keys()


def test_translated_details_name_exactly_the_values_that_are_given() -> None:
    """Of several classes with one code, those that all of them give"""
    by_code = stating()
    for code, spoken in DETAILS.items():
        given = [
            fields(kind.detail) | ALSO_GIVEN.get(kind.__name__, set())
            for kind in by_code[code]
        ]
        for language, template in spoken._asdict().items():
            assert template, (code, language)
            assert fields(template) == set.intersection(*given), (code, language)


def test_each_phrase_of_the_code_is_translated_with_its_values() -> None:
    """What stands in a detail as words of ours"""
    said = set(_phrases())
    assert said == set(PHRASES)
    for english, spoken in PHRASES.items():
        for language, template in spoken._asdict().items():
            assert template, (english, language)
            assert fields(template) == fields(english), (english, language)


def _phrases() -> Iterator[str]:
    """Yield the templates of all ``Phrase(…)`` in the code."""
    for path in _sources():
        source = path.read_text()
        if "Phrase(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and _name(node.func) == "Phrase":
                yield from _texts(node.args[0])


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
        return
    assert isinstance(node, ast.Constant), ast.dump(node)
    assert isinstance(node.value, str)
    yield node.value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def test_the_two_written_forms_are_two() -> None:
    """Nynorsk is written as such: what is the same in both is short"""
    for said in (*DETAILS.values(), *PHRASES.values()):
        assert isinstance(said, Spoken)
        assert said.nb != said.nn or len(fields(said.nb)) or len(said.nb) < 50, said
