"""Answers held against the committed OpenAPI files: what is not documented fails."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCS = Path(__file__).resolve().parent.parent / "docs" / "openapi"
_COMMON = {401, 405}
_PATTERNS = {
    "org": r"[a-zæøå][a-zæøå0-9]*",
    "app": r"(?!instances\b)[a-zæøå][a-zæøå0-9-]*",
    "party": r"-?\d+",
}
_GUID = r"[{(]?[0-9a-fA-F-]{32,36}[)}]?"


def check(host: str, method: str, path: str, answer: Any) -> None:
    """Assert that the answer's status and body are as a face's file says.

    Addresses that are no API (pages, health) and unknown ones are passed over.
    """
    route = path.partition("?")[0].rstrip("/") or "/"
    found = _operation(_faces(host), method, route)
    if found is None:
        return
    face, operation = found
    status = answer.status_code
    if method in ("HEAD", "OPTIONS") or status in _COMMON:
        return
    documented = operation["responses"]
    assert str(status) in documented, (
        f"{method} {route} answered {status}, which {face}.yaml does not document:"
        f" {answer.content[:300] if not answer.streaming else ''}"
    )
    content = documented[str(status)].get("content", {})
    media = answer.get("Content-Type", "").partition(";")[0]
    schema = content.get(media, {}).get("schema")
    if schema is not None and not answer.streaming and media.endswith("json"):
        _validator(face, yaml.safe_dump(schema)).validate(answer.json())


def _faces(host: str) -> tuple[tuple[str, str], ...]:
    """Return the faces that a host serves, with what its paths lack of the documents'."""
    if host.startswith("storage."):
        return (("platform", "/storage"),)
    if host.startswith("platform."):
        return (("platform", ""),)
    if ".apps." in host:
        return (("application", ""),)
    return (("platform", ""), ("application", ""))


def _operation(
    faces: tuple[tuple[str, str], ...], method: str, route: str
) -> tuple[str, dict[str, Any]] | None:
    for face, prefix in faces:
        for expression, operations in _routes(face):
            if expression.fullmatch(prefix + route) and method.lower() in operations:
                return face, operations[method.lower()]
    return None


@lru_cache
def document(face: str) -> dict[str, Any]:
    """Return a committed OpenAPI document."""
    loaded: dict[str, Any] = yaml.safe_load((DOCS / f"{face}.yaml").read_text("utf-8"))
    return loaded


@lru_cache
def _routes(face: str) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    def expression(template: str) -> re.Pattern[str]:
        text = re.sub(
            r"\{(\w+)\}",
            lambda found: _PATTERNS.get(
                found.group(1), _GUID if found.group(1) != "state" else "[^/]+"
            ),
            template.rstrip("/"),
        )
        return re.compile(text, re.IGNORECASE)

    if not (DOCS / f"{face}.yaml").exists():
        return []
    return [(expression(path), ops) for path, ops in document(face)["paths"].items()]


@lru_cache
def _validator(face: str, schema: str) -> Draft202012Validator:
    root = Resource.from_contents(document(face), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:face", root)
    inner = yaml.safe_load(schema.replace("#/components", "urn:face#/components"))
    return Draft202012Validator(inner, registry=registry)
