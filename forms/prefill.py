"""What an application fills a new form in with: ``models/{data type}.prefill.json``.

A file names, for each register, which of its members goes to which field (app-api.md
§18.1). Members of the query (``QueryParameters``) are for stateless forms: the client
sends them on as external prefill.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import structlog

from apps_registry.definition import AppDefinition, DataType
from apps_registry.public_files import PREFILL, parsed
from common.errors import Conflict
from forms.filling import Document, put, target_at
from forms.model import Member, Model
from forms.values import Value

log = structlog.get_logger()

USER, ORGANISATION, PERSON = "UserProfile", "ER", "DSF"
QUERY: Final = "QueryParameters"
# In the order in which they fill in.
SECTIONS: Final = (USER, ORGANISATION, PERSON)

# What a register has, by section: only what is asked for is looked up.
Sources = Mapping[str, Callable[[], Mapping[str, object] | None]]

_read: WeakKeyDictionary[AppDefinition, dict[str, "PrefillFile | None"]] = (
    WeakKeyDictionary()
)


class PrefillTargetUnknown(Conflict):
    """The application fills in a field that its form does not have.

    Nothing was made. The application's owner mends the file, which an import checks.
    """

    code = "prefill-target-unknown"
    detail = (
        "The file models/{data_type}.prefill.json fills in {target!r}, which the form"
        " does not have as a field outside of rows."
    )


class PrefillUnfit(Conflict):
    """What a register says is of another kind than the field that it is put into.

    Nothing was made. The application's owner lets the field take a text.
    """

    code = "prefill-unfit"
    detail = (
        "What the register says of {section}.{source} is not what the field {target!r}"
        " of {data_type} takes."
    )


@dataclass(frozen=True, slots=True)
class Filling:
    """One field that is filled in: from which member of which section."""

    section: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class PrefillFile:
    """The file of one data type, as it is declared."""

    data_type: str
    allow_overwrite: bool
    fillings: tuple[Filling, ...]
    queries: Mapping[str, str]


def as_member(name: str) -> str:
    """Return a member of the register as these files name it: ``EMailAddress``."""
    return f"{name[:1].upper()}{name[1:]}"


def prefill_of(app: AppDefinition, data_type: DataType) -> PrefillFile | None:
    """Return what a data type's form is filled in with; None where the app says none.

    Raises AppFileUnreadable, which importing prevents.
    """
    files = _read.setdefault(app, {})
    if data_type.id not in files:
        path = PREFILL.path(data_type.id)
        found = None
        if PREFILL.find(app, data_type.id) is not None:
            found = read_file(data_type.id, parsed(app, path))
        files[data_type.id] = found
    return files[data_type.id]


def read_file(data_type: str, document: object) -> PrefillFile:
    """Read a file that is of the shape that an import holds it to."""
    members: Mapping[str, object] = document if isinstance(document, Mapping) else {}
    return PrefillFile(
        data_type=data_type,
        allow_overwrite=members.get("allowOverwrite") is True,
        fillings=tuple(
            Filling(section, source, target)
            for section in SECTIONS
            for source, target in _texts(members.get(section))
        ),
        queries=dict(_texts(members.get(QUERY))),
    )


def fill_in(
    document: Document, prefill: PrefillFile, model: Model, sources: Sources
) -> bool:
    """Fill the form in from the registers; return whether that changed it.

    A section of which the register has nothing, an organisation's of a person, is left
    out, and so is a member that the register lacks. Raises PrefillTargetUnknown and
    PrefillUnfit.
    """
    changed = False
    known: dict[str, Mapping[str, object] | None] = {}
    for one in prefill.fillings:
        target = _target(one, prefill, model)
        if one.section not in known:
            known[one.section] = sources[one.section]()
        source = known[one.section]
        if source is None:
            continue
        value = _value(source, one, prefill)
        if value is None or value == "":
            continue
        try:
            overwrite = prefill.allow_overwrite
            changed = put(document, target, value, overwrite=overwrite) or changed
        except ValueError:
            # The value may be personal: it is not told.
            raise PrefillUnfit(
                section=one.section,
                source=one.source,
                target=one.target,
                data_type=prefill.data_type,
            ) from None
    return changed


def _target(one: Filling, prefill: PrefillFile, model: Model) -> tuple[Member, ...]:
    target = target_at(one.target, model)
    if target is None:
        raise PrefillTargetUnknown(data_type=prefill.data_type, target=one.target)
    return target


def _value(source: Mapping[str, object], one: Filling, prefill: PrefillFile) -> Value:
    """Return the register's simple value at a path; None where it has none."""
    found: object = source
    for name in one.source.split("."):
        if not isinstance(found, Mapping) or name not in found:
            log.warning(
                "prefill_source_missing",
                data_type=prefill.data_type,
                section=one.section,
                source=one.source,
            )
            return None
        found = found[name]
    return found if isinstance(found, str | int | float | bool) else None


def _texts(section: object) -> Iterator[tuple[str, str]]:
    """Yield what a section maps; an empty target means that nothing is filled in."""
    for source, target in section.items() if isinstance(section, Mapping) else ():
        if isinstance(target, str) and target:
            yield str(source), target
