"""Data models and what belongs to them, lists of options, and the app's settings."""

import posixpath
import re
from collections.abc import Mapping
from typing import Any, Final

from apps_registry.app_contents import Contents
from apps_registry.expressions import read_expression, unknown_functions
from apps_registry.metadata import FILE as METADATA
from apps_registry.shape_check import (
    check_json_schema,
    list_of_shape,
    object_of_shape,
)
from common.pointers import pointer_to

# What stands beside a data type's model: models/{data type}.{suffix}
_BESIDE: Final = {
    ".prefill.json": "prefill",
    ".validation.json": "validation",
    ".calculation.json": "calculation",
}
_SCHEMA = ".schema.json"
_SETTINGS = re.compile(r"appsettings[^/]*\.json")
_SECRETS = (
    ("PlatformSettings", "SubscriptionKey"),
    ("NetsPaymentSettings", "SecretApiKey"),
)


def check_models(contents: Contents) -> None:
    """Note what is wrong with models, options and settings."""
    for file, document in contents.documents.items():
        folder, name = posixpath.split(file)
        if folder == "models":
            _check_model_file(contents, file, name, document)
        elif file.startswith("options/"):
            _check_options(contents, file, document)
        elif _SETTINGS.fullmatch(file):
            _check_settings(contents, file, document)
    _expect_schemas(contents)


def _check_model_file(
    contents: Contents, file: str, name: str, document: object
) -> None:
    if name.endswith(_SCHEMA):
        check_json_schema(document, file=file, findings=contents.findings)
        return
    for suffix, shape in _BESIDE.items():
        if not name.endswith(suffix):
            continue
        type_id = name.removesuffix(suffix)
        metadata = contents.metadata
        if metadata is not None and type_id not in metadata.data_types:
            detail = f"The file is for {type_id!r:.90}, which is no data type."
            contents.findings.warn(file, "data-type-unknown", detail)
        findings = contents.findings
        beside = object_of_shape(document, shape, file=file, findings=findings)
        if beside is not None and shape == "validation":
            _check_validation(contents, file, beside)
        elif beside is not None and shape == "calculation":
            _check_calculation(contents, file, beside)


def _check_validation(
    contents: Contents, file: str, document: Mapping[str, Any]
) -> None:
    defined = document.get("definitions") or {}
    for name, rule in defined.items():
        _check_rule(
            contents, f"{file}#{pointer_to(['definitions', name])}", rule, defined
        )
    for field, rules in (document.get("validations") or {}).items():
        for index, rule in enumerate(rules):
            place = f"{file}#{pointer_to(['validations', field, index])}"
            _check_rule(contents, place, rule, defined)


def _check_rule(
    contents: Contents, place: str, rule: Any, defined: Mapping[str, Any]
) -> None:
    """Hold a rule, or the name of one, to what is defined and can be evaluated."""
    reference = rule if isinstance(rule, str) else rule.get("ref")
    if reference is not None and reference not in defined:
        where = place if isinstance(rule, str) else f"{place}/ref"
        detail = f"There is no definition {reference!r:.90}."
        contents.findings.error(where, "definition-unknown", detail)
    if not isinstance(rule, str):
        for name in ("condition", "message"):
            _check_expression(contents, f"{place}/{name}", rule.get(name))


def _check_calculation(
    contents: Contents, file: str, document: Mapping[str, Any]
) -> None:
    for path, calculation in document["calculations"].items():
        place = f"{file}#{pointer_to(['calculations', path, 'expression'])}"
        _check_expression(contents, place, calculation["expression"])


def _check_expression(contents: Contents, place: str, value: object) -> None:
    try:
        expression = read_expression(value)
    except ValueError:
        detail = "An expression is a value, or a list that a function's name begins."
        contents.findings.error(place, "condition-malformed", detail)
        return
    for function in sorted(unknown_functions(expression)):
        detail = f"The server has no function {function!r:.60}."
        contents.findings.warn(place, "function-unknown", detail)


def _check_options(contents: Contents, file: str, document: object) -> None:
    findings = contents.findings
    options = list_of_shape(document, "options", file=file, findings=findings)
    seen: set[tuple[type, object]] = set()
    for index, option in enumerate(options or ()):
        value = (type(option["value"]), option["value"])
        if value in seen:
            detail = f"The value {option['value']!r:.90} was given before."
            place = f"{file}#/{index}/value"
            findings.warn(place, "option-twice", detail)
        seen.add(value)


def _check_settings(contents: Contents, file: str, document: object) -> None:
    findings = contents.findings
    stated = object_of_shape(document, "appsettings", file=file, findings=findings)
    settings = stated or {}
    for section, name in _SECRETS:
        if (settings.get(section) or {}).get(name):
            place = f"{file}#/{section}/{name}"
            detail = "A secret stands in a file that is kept, exported and compared."
            findings.warn(place, "secret-in-settings", detail)


def _expect_schemas(contents: Contents) -> None:
    """Warn of form data whose shape clients cannot ask for."""
    if contents.metadata is None:
        return
    for index, data_type in enumerate(contents.metadata.data_types.values()):
        models = (data_type.id, data_type.class_ref.rpartition(".")[2])
        names = [f"models/{m}{suffix}" for m in models for suffix in (_SCHEMA, ".xsd")]
        if data_type.is_form and contents.files.keys().isdisjoint(names):
            place = f"{METADATA}#/dataTypes/{index}"
            detail = f"Clients cannot ask for the shape of the form: no {names[0]}."
            contents.findings.warn(place, "schema-missing", detail)
