"""Answers held against the committed OpenAPI files: what is not documented fails."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from apps_registry.choices import RESERVED_APP_NAMES, RESERVED_ORG_CODES

DOCS = Path(__file__).resolve().parent.parent / "docs" / "openapi"
# What no operation answers: the address has none, or none with this method; or what the
# server depends on is out of order.
_NO_OPERATION = {
    "route-not-found",
    "method-not-allowed",
    "host-unknown",
    "database-unavailable",
    "storage-unavailable",
}
_PATTERNS = {
    "org": rf"(?!(?:{'|'.join(RESERVED_ORG_CODES)})(?:/|$))[a-zæøå][a-zæøå0-9]*",
    "app": rf"(?!(?:{'|'.join(RESERVED_APP_NAMES)})(?:/|$))[a-zæøå][a-zæøå0-9-]*",
    "party": r"-?\d+",
    "user": r"-?\d+",
    "subscription": r"\d+",
    "state": r"[^/]+",
    "provider": r"[^/]+",
    "language": r"[^/]+",
    "setId": r"[^/]+",
    "schemaId": r"[^/]+",
    "dataType": r"[^/]+",
    "optionsId": r"[^/]+",
}
_BY_PATH = "application by path"
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
    if method in ("HEAD", "OPTIONS") or _code(answer) in _NO_OPERATION:
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


def _code(answer: Any) -> str:
    """Return the code of a problem, empty for every other answer."""
    media = answer.get("Content-Type", "").partition(";")[0]
    return str(answer.json()["code"]) if media == "application/problem+json" else ""


def _faces(host: str) -> tuple[tuple[str, str], ...]:
    """Return a host's faces, each with what its paths lack of the document's."""
    if host.startswith("storage."):
        return (("platform", "/storage"),)
    if host.startswith("platform."):
        return (("platform", ""),)
    if ".apps." in host:
        return (("application", ""),)
    return (("platform", ""), (_BY_PATH, ""))


def _operation(
    faces: tuple[tuple[str, str], ...], method: str, route: str
) -> tuple[str, dict[str, Any]] | None:
    for face, prefix in faces:
        for expression, operations in _routes(face):
            if expression.fullmatch(prefix + route) and method.lower() in operations:
                return face.partition(" ")[0], operations[method.lower()]
    return None


@lru_cache
def document(face: str) -> dict[str, Any]:
    """Return a committed OpenAPI document."""
    loaded: dict[str, Any] = yaml.safe_load((DOCS / f"{face}.yaml").read_text("utf-8"))
    return loaded


@lru_cache
def _routes(face: str) -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return the paths of a face as expressions, those with the most literals first."""
    paths: dict[str, dict[str, Any]] = document(face.partition(" ")[0])["paths"]
    if face == _BY_PATH:
        below = {f"/{{org}}{p}": o for p, o in paths.items() if p.startswith("/{app}")}
        paths = below | {p: o for p, o in paths.items() if p.startswith("/{org}")}
    ordered = sorted(paths, key=lambda template: template.count("{"))
    return [(_expression(template), paths[template]) for template in ordered]


def _expression(template: str) -> re.Pattern[str]:
    text = re.sub(
        r"\{(\w+)\}",
        lambda found: _PATTERNS.get(found.group(1), _GUID),
        template.rstrip("/"),
    )
    return re.compile(text, re.IGNORECASE)


@lru_cache
def _validator(face: str, schema: str) -> Draft202012Validator:
    root = Resource.from_contents(document(face), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:face", root)
    inner = yaml.safe_load(schema.replace("#/components", "urn:face#/components"))
    return Draft202012Validator(
        inner, registry=registry, format_checker=FormatChecker()
    )
