"""A process beside the files that it names, and a policy beside the process."""

import pytest
from django.conf import LazySettings

from apps_registry.app_folder import POLICY, PROCESS
from apps_registry.metadata import FILE as METADATA
from tests.apps_registry.test_check_app import (
    TASK,
    found,
    line_of,
    report_of,
    with_text,
)


def task_with(*inside: str, kind: str = "data") -> bytes:
    """Return the process with a type and extensions for its first task."""
    told = f"<altinn:taskType>{kind}</altinn:taskType>\n" + "\n".join(inside)
    return with_text(PROCESS, TASK, told)


def test_extensions_of_tasks_are_held_to_what_they_name() -> None:
    """A-203: data types that are declared, tasks that exist, whole configurations"""
    content = task_with(
        "<altinn:signatureConfig>",
        "<altinn:dataTypesToSign><altinn:dataType>default</altinn:dataType>",
        "<altinn:dataType>ukjent</altinn:dataType></altinn:dataTypesToSign>",
        "<altinn:runDefaultValidator>ja</altinn:runDefaultValidator>",
        "<altinn:noe>x</altinn:noe>",
        "</altinn:signatureConfig>",
        "<altinn:pdfConfig><altinn:autoPdfTaskIds>",
        "<altinn:taskId>borte</altinn:taskId></altinn:autoPdfTaskIds>",
        "</altinn:pdfConfig>",
        '<altinn:eFormidlingConfig><altinn:disabled env="mars">true</altinn:disabled>',
        "</altinn:eFormidlingConfig><altinn:annet/>",
        kind="signing",
    )
    first = line_of(content, "<altinn:signatureConfig>")
    assert found(report_of(**{PROCESS: content})) == {
        ("error", f"{PROCESS}:{first}", "extension-incomplete"),
        ("error", f"{PROCESS}:{first + 2}", "data-type-unknown"),
        ("error", f"{PROCESS}:{first + 3}", "extension-malformed"),
        ("warning", f"{PROCESS}:{first + 4}", "extension-unknown"),
        ("warning", f"{PROCESS}:{first + 7}", "task-unknown"),
        ("error", f"{PROCESS}:{first + 9}", "environment-unknown"),
        ("warning", f"{PROCESS}:{first + 10}", "extension-unknown"),
    }


@pytest.mark.parametrize(
    ("kind", "more"), [("payment", set()), ("subformPdf", {"data-type-unknown"})]
)
def test_tasks_that_need_a_configuration_have_one(kind: str, more: set[str]) -> None:
    """A-203, §15.1: and a PDF needs the data type that it is kept as"""
    report = report_of(**{PROCESS: task_with(kind=kind)})
    assert {f.code for f in report.errors} == {"extension-incomplete", *more}


@pytest.mark.parametrize("missing", ["WeasyPrint", ""])
def test_an_app_that_draws_pdf_is_warned_of_where_nothing_draws(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-15: at import, and what to install"""
    monkeypatch.setattr("apps_registry.process_check.what_is_missing", lambda: missing)
    report = report_of(**{PROCESS: task_with(kind="pdf")})
    told = [f.detail for f in report.all if f.code == "pdf-unavailable"]
    assert [missing in detail for detail in told] == ([True] if missing else [])


def test_a_task_of_a_custom_type_is_warned_of() -> None:
    """app-api.md §15.2: or a custom type"""
    report = report_of(**{PROCESS: task_with(kind="ping")})
    assert [(f.severity, f.code) for f in report.all] == [
        ("warning", "task-type-custom")
    ]


@pytest.mark.parametrize(
    ("kind", "disabled", "warned"),
    [
        ("fiksArkiv", "", True),
        ("eFormidling", "", True),
        ("eFormidling", '<altinn:disabled env="dev">true</altinn:disabled>', True),
        ("eFormidling", '<altinn:disabled env="tt02">true</altinn:disabled>', False),
        ("eFormidling", "<altinn:disabled>true</altinn:disabled>", False),
        (
            "eFormidling",
            "<altinn:disabled>true</altinn:disabled>"
            '<altinn:disabled env="TT02">false</altinn:disabled>',
            True,
        ),
    ],
)
def test_what_takes_a_national_network_is_warned_of(
    kind: str, disabled: str, warned: bool, settings: LazySettings
) -> None:
    """A-202, A-239: not where it is disabled in this environment"""
    settings.ALTINN_ENVIRONMENT = "test"
    config = f"<altinn:eFormidlingConfig>{disabled}</altinn:eFormidlingConfig>"
    report = report_of(**{PROCESS: task_with(config, kind=kind)})
    assert ("service-task-unsupported" in {f.code for f in report.all}) is warned
    assert not report.errors


def test_a_policy_that_names_no_task_is_warned_of() -> None:
    """D-2: what can never hold is hardly meant"""
    content = with_text(POLICY, ">formfilling<", ">formfiling<")
    report = report_of(**{POLICY: content})
    match = line_of(content, ">formfiling<") - 1  # the value stands in a Match
    assert ("warning", f"{POLICY}:{match}") in {
        (f.severity, f.pointer) for f in report.all if f.code == "policy-task-unknown"
    }
    assert not report.errors


def test_what_cannot_be_read_brings_no_findings_of_others() -> None:
    """D-2: a broken file is told of once, and nothing that names its parts"""
    report = report_of(**{METADATA: b"{", PROCESS: b"<a>"})
    assert found(report) == {
        ("error", f"{METADATA}:1", "json-malformed"),
        ("error", f"{PROCESS}:1", "xml-malformed"),
    }
