"""Altinn's own elements in a process: whether each is whole, and names what exists."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.conf import settings

from apps_registry.app_contents import Contents
from apps_registry.app_folder import PROCESS
from apps_registry.bpmn import ExclusiveGateway, Extension, Task
from apps_registry.definition import PDF_TYPE
from apps_registry.environments import ENVIRONMENTS, extension_of, value_for
from apps_registry.pdf_library import what_is_missing

TASK_TYPES: Final = frozenset(
    {
        "data",
        "confirmation",
        "feedback",
        "signing",
        "payment",
        "pdf",
        "subformPdf",
        "eFormidling",
        "fiksArkiv",
    }
)
# What a task of this type cannot do without: its element, and what that must hold.
_NEEDED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "signing": ("signatureConfig", ("signatureDataType",)),
    "payment": ("paymentConfig", ("paymentDataType", "paymentReceiptPdfDataType")),
    "subformPdf": ("subformPdfConfig", ("subformComponentId", "subformDataTypeId")),
}
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "signatureConfig": frozenset(
        {
            "dataTypesToSign",
            "signatureDataType",
            "uniqueFromSignaturesInDataTypes",
            "signeeProviderId",
            "signeeStatesDataTypeId",
            "signingPdfDataType",
            "correspondenceResource",
            "correspondenceResources",
            "runDefaultValidator",
        }
    ),
    "paymentConfig": frozenset({"paymentDataType", "paymentReceiptPdfDataType"}),
    "pdfConfig": frozenset({"filenameTextResourceKey", "autoPdfTaskIds"}),
    "subformPdfConfig": frozenset(
        {
            "filenameTextResourceKey",
            "subformComponentId",
            "subformDataTypeId",
            "parallelExecution",
        }
    ),
    "eFormidlingConfig": frozenset(
        {
            "disabled",
            "receiver",
            "process",
            "standard",
            "typeVersion",
            "type",
            "securityLevel",
            "dpfShipmentType",
            "dataTypes",
        }
    ),
}
_DATA_TYPES: Final = frozenset(
    {
        "dataType",
        "signatureDataType",
        "signeeStatesDataTypeId",
        "signingPdfDataType",
        "paymentDataType",
        "paymentReceiptPdfDataType",
        "subformDataTypeId",
    }
)
_DRAWING: Final = frozenset({"pdf", "subformPdf"})
_NATIONAL: Final = frozenset({"eFormidling", "fiksArkiv"})
_FLAGS: Final = frozenset({"runDefaultValidator", "disabled", "parallelExecution"})


def check_process(contents: Contents) -> None:
    """Note what is wrong with the extensions of tasks and gateways."""
    if contents.process is None:
        return
    _check_drawing(contents)
    for element in contents.process.elements.values():
        if isinstance(element, Task):
            _check_task(contents, element)
        elif isinstance(element, ExclusiveGateway):
            contents.require_data_type(_at(element.line), element.connected_data_type)


def _check_task(contents: Contents, task: Task) -> None:
    findings = contents.findings
    if task.task_type and task.task_type not in TASK_TYPES:
        detail = f"The task {task.id!r} is of the type {task.task_type!r:.90}."
        findings.warn(_at(task.line), "task-type-custom", detail)
    if task.task_type in _NATIONAL and not _is_disabled_here(task):
        detail = f"The {task.task_type} task {task.id!r} sends over a national network."
        findings.warn(_at(task.line), "service-task-unsupported", detail)
    for extension in task.extensions:
        _check_extension(contents, extension)
    element, members = _NEEDED.get(task.task_type, ("", ()))
    given = extension_of(task, element)
    if element and given is None:
        detail = f"The {task.task_type} task {task.id!r} has no altinn:{element}."
        findings.error(_at(task.line), "extension-incomplete", detail)
    elif given is not None:
        named = {child.name for child in given.children if child.text}
        for name in members:
            if name not in named:
                detail = f"The {element} of {task.id!r} has no altinn:{name}."
                findings.error(_at(given.line), "extension-incomplete", detail)


def _check_drawing(contents: Contents) -> None:
    """Warn of receipts that this server cannot draw."""
    process = contents.process
    elements = process.elements.values() if process is not None else ()
    tasks = [e for e in elements if isinstance(e, Task) and e.task_type in _DRAWING]
    for task in tasks:
        contents.require_data_type(_at(task.line), PDF_TYPE)
    types = contents.metadata.data_types if contents.metadata is not None else {}
    at_end = any(
        t.is_form and t.task_id and t.enable_pdf_creation for t in types.values()
    )
    drawn = bool(tasks) or (at_end and PDF_TYPE in types)
    missing = what_is_missing()
    if drawn and missing:
        place = _at(tasks[0].line if tasks else 1)
        detail = f"The application draws PDF, and this server cannot: {missing}."
        contents.findings.warn(place, "pdf-unavailable", detail)


def _is_disabled_here(task: Task) -> bool:
    disabled = value_for(
        task,
        "eFormidlingConfig",
        "disabled",
        environment=settings.ALTINN_ENVIRONMENT,
    )
    return disabled is not None and disabled.lower() == "true"


def _check_extension(contents: Contents, extension: Extension) -> None:
    findings = contents.findings
    known = _KNOWN.get(extension.name)
    if known is None:
        detail = f"The server knows no element altinn:{extension.name:.90}."
        findings.warn(_at(extension.line), "extension-unknown", detail)
        return
    for child in extension.children:
        if child.name not in known:
            detail = f"{extension.name} has no element altinn:{child.name:.90}."
            findings.warn(_at(child.line), "extension-unknown", detail)
    for inner in _below(extension):
        _check_value(contents, inner)


def _check_value(contents: Contents, element: Extension) -> None:
    place, text = _at(element.line), element.text
    if element.name in _DATA_TYPES:
        contents.require_data_type(place, text)
    elif element.name == "taskId":
        contents.expect_task(place, text, where="autoPdfTaskIds")
    elif element.name in _FLAGS and text.lower() not in ("true", "false"):
        detail = f"{element.name} is {text!r:.90}, neither true nor false."
        contents.findings.error(place, "extension-malformed", detail)
    environment = dict(element.attributes).get("env", "")
    if environment and environment.lower() not in ENVIRONMENTS:
        detail = f"There is no environment {environment!r:.90}."
        contents.findings.error(place, "environment-unknown", detail)


def _below(extension: Extension) -> Iterator[Extension]:
    for child in extension.children:
        yield child
        yield from _below(child)


def _at(line: int) -> str:
    return f"{PROCESS}:{line}"
