"""What differs between two deployments of an application, told by their files.

Only the files that differ are looked at: what each part lost, gained and changed, by
the names that people know it by. Every list is cut at ``MOST``.
"""

import json
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Final

from lxml import etree

from apps_registry import lenient_json
from apps_registry.app_folder import POLICY, PROCESS
from apps_registry.bpmn import parse_process
from apps_registry.metadata import FILE as METADATA
from apps_registry.texts import FOLDER as TEXTS
from apps_registry.xacml_ast import NAMESPACE
from common import xml
from common.errors import DomainError
from common.pointers import pointer_to

MOST: Final = 200
_SCHEMAS = (".schema.json", ".xsd")
_LONGEST = 200  # characters of a value that is shown

Files = Mapping[str, bytes]
Document = dict[str, object]


def compare(before: Files, after: Files) -> Document:
    """Return what changed, part by part; both have the files alone that differ."""
    texts = {*before, *after}
    parts = {METADATA, PROCESS, POLICY, *(p for p in texts if p.startswith(TEXTS))}
    others = sorted(texts - parts)
    schemas = [path for path in others if path.endswith(_SCHEMAS)]
    return {
        "metadata": _metadata(before, after),
        "process": _named(before, after, PROCESS, _process),
        "policy": _named(before, after, POLICY, _rules),
        "texts": {
            path: _named(before, after, path, _texts)
            for path in islice(sorted(p for p in parts if p.startswith(TEXTS)), MOST)
        },
        "schemas": _files(before, after, schemas),
        "others": _files(before, after, [p for p in others if p not in schemas]),
    }


def _files(before: Files, after: Files, paths: list[str]) -> Document:
    return _difference(
        {path: before[path] for path in paths if path in before},
        {path: after[path] for path in paths if path in after},
    )


def _named(
    before: Files,
    after: Files,
    path: str,
    read: Callable[[bytes], Mapping[str, object]],
) -> Document:
    """Compare the named parts of a file.

    One that cannot be read, or differs in nothing that has a name, is ``rewritten``.
    """
    if path not in before and path not in after:
        return {**_difference({}, {}), "rewritten": False}
    try:
        old, new = (
            read(files[path]) if path in files else {} for files in (before, after)
        )
    except (DomainError, ValueError):
        old, new = {}, {}
    found = _difference(old, new)
    return {**found, "rewritten": not any(found.values())}


def _difference(old: Mapping[str, object], new: Mapping[str, object]) -> Document:
    changed = (name for name in old if name in new and old[name] != new[name])
    return {
        "added": list(islice((name for name in new if name not in old), MOST)),
        "removed": list(islice((name for name in old if name not in new), MOST)),
        "changed": list(islice(changed, MOST)),
    }


def _process(content: bytes) -> Mapping[str, object]:
    """Return the elements and flows of a process by id, without where they stand."""
    definition = parse_process(content)
    return {**definition.elements, **definition.flows}


def _rules(content: bytes) -> Mapping[str, object]:
    """Return the rules of a policy by id, each as its canonical XML."""
    root = xml.parse(content)
    for node in root.iter():
        node.text, node.tail = _solid(node.text), _solid(node.tail)
    rules: dict[str, object] = {}
    for number, rule in enumerate(root.iterfind(f"{{{NAMESPACE}}}Rule")):
        name = rule.get("RuleId") or f"rule {number + 1}"
        rules[name] = etree.tostring(rule, method="c14n", with_comments=False)
    return rules


def _solid(text: str | None) -> str | None:
    """Leave out what is only there to indent."""
    return text if text and text.strip() else None


def _texts(content: bytes) -> Mapping[str, object]:
    document = lenient_json.parse(content, file="")
    resources = document.get("resources") if isinstance(document, dict) else None
    return {
        str(entry.get("id")): entry
        for entry in (resources if isinstance(resources, list) else ())
        if isinstance(entry, dict)
    }


# --- the metadata, member by member ---------------------------------------------------
def _metadata(before: Files, after: Files) -> list[Document]:
    """Return each member that differs, with its value before and after."""
    if METADATA not in before or METADATA not in after:
        return []
    found: list[Document] = []
    try:
        old, new = (
            _with_types_by_id(lenient_json.parse(files[METADATA], file=METADATA))
            for files in (before, after)
        )
    except ValueError:  # of a deployment that another version has stored
        return [{"pointer": "", "before": None, "after": None}]
    _compare_members(old, new, (), found)
    return found


def _with_types_by_id(document: object) -> object:
    """Put data types under their ids: one that moved in the list did not change."""
    if not isinstance(document, dict):
        return document
    types = document.get("dataTypes")
    if not isinstance(types, list):
        return document
    by_id = {str(t.get("id")): t for t in types if isinstance(t, dict)}
    return {**document, "dataTypes": by_id}


def _compare_members(
    old: object, new: object, path: tuple[str, ...], found: list[Document]
) -> None:
    if len(found) >= MOST or old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(n for n in new if n not in old)]:
            _compare_members(old.get(name), new.get(name), (*path, name), found)
        return
    found.append(
        {"pointer": pointer_to(path), "before": _shown(old), "after": _shown(new)}
    )


def _shown(value: object) -> str | None:
    """Return a value as JSON, cut short; None for an absent one."""
    return None if value is None else json.dumps(value, ensure_ascii=False)[:_LONGEST]
