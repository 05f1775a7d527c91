"""What a process says of a task to sign in (app-api.md §15.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps_registry.bpmn import Extension, Task
from apps_registry.definition import AppDefinition, DataType
from apps_registry.environments import extension_of
from signing.errors import SigningMisconfigured

TASK_TYPE = "signing"
# What who is asked to sign is given in the task, whatever roles he has.
RIGHTS_OF_SIGNEES = ("read", "sign")
_EXTENSION = "signatureConfig"
_TO_SIGN = "dataTypesToSign"


@dataclass(frozen=True, slots=True)
class SignatureConfig:
    """What is signed in a task, where signatures go, and who is to sign.

    ``signee_provider`` and ``signee_states_type`` are set together, or neither is.
    """

    types_to_sign: tuple[str, ...]
    signature_type: str
    unique_from_types: tuple[str, ...] = ()
    signee_provider: str = ""
    signee_states_type: str = ""
    pdf_type: str = ""
    runs_default_validator: bool = False


def config_of(task: Task) -> SignatureConfig | None:
    """Return what the task says of signing, None when it says nothing."""
    extension = extension_of(task, _EXTENSION)
    if extension is None:
        return None
    validates = _text(extension, "runDefaultValidator")
    return SignatureConfig(
        types_to_sign=_listed(extension, _TO_SIGN),
        signature_type=_text(extension, "signatureDataType"),
        unique_from_types=_listed(extension, "uniqueFromSignaturesInDataTypes"),
        signee_provider=_text(extension, "signeeProviderId"),
        signee_states_type=_text(extension, "signeeStatesDataTypeId"),
        pdf_type=_text(extension, "signingPdfDataType"),
        runs_default_validator=validates.lower() == "true",
    )


def types_to_sign_of(task: Task) -> list[tuple[str, int]]:
    """Return the ids of what is signed in the task, each with its line."""
    extension = extension_of(task, _EXTENSION)
    if extension is None:
        return []
    return [
        (child.text, child.line)
        for outer in _named(extension, _TO_SIGN)
        for child in outer.children
        if child.text
    ]


def needed_config(definition: AppDefinition, task: Task) -> SignatureConfig:
    """Return what the task says of signing; raises SigningMisconfigured."""
    config = config_of(task)
    if config is None or not config.signature_type:
        raise SigningMisconfigured(
            app_id=definition.app_id,
            task=task.id,
            reason="it names no signatureDataType",
        )
    if bool(config.signee_provider) != bool(config.signee_states_type):
        raise SigningMisconfigured(
            app_id=definition.app_id,
            task=task.id,
            reason="signeeProviderId and signeeStatesDataTypeId are set together",
        )
    return config


def declared_type(definition: AppDefinition, task: Task, type_id: str) -> DataType:
    """Return a data type that the task names; raises SigningMisconfigured."""
    data_type = definition.data_types.get(type_id)
    if data_type is None:
        raise SigningMisconfigured(
            app_id=definition.app_id,
            task=task.id,
            reason=f"the data type {type_id} is not declared",
        )
    return data_type


def _named(extension: Extension, name: str) -> Iterator[Extension]:
    return (child for child in extension.children if child.name == name)


def _text(extension: Extension, name: str) -> str:
    return next((child.text for child in _named(extension, name)), "")


def _listed(extension: Extension, name: str) -> tuple[str, ...]:
    return tuple(
        child.text
        for outer in _named(extension, name)
        for child in outer.children
        if child.text
    )
