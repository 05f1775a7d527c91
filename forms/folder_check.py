"""What is wrong with an application's forms that only their data models can tell.

It is part of the check of a folder (``apps_registry.app_check``), which knows no models
itself.
"""

import posixpath
from collections.abc import Mapping
from typing import Any, Final

from apps_registry.app_contents import Contents
from apps_registry.definition import DataType
from apps_registry.public_files import PREFILL
from common.pointers import pointer_to
from forms.errors import ModelUnreadable
from forms.fields_check import check_fields
from forms.filling import target_at
from forms.model import Model
from forms.models import derive
from forms.prefill import ORGANISATION, PERSON, QUERY, SECTIONS, USER, as_member
from forms.schemas_check import check_schemas
from parties.register_details import ORGANIZATION_MEMBERS, PERSON_MEMBERS

_USER: Final = frozenset(
    {
        "UserId",
        "UserUuid",
        "UserName",
        "ExternalIdentity",
        "IsReserved",
        "PhoneNumber",
        "Email",
        "PartyId",
        "Party",
        "UserType",
        "ProfileSettingPreference",
    }
)
_REGISTERS: Final = {
    USER: _USER,
    ORGANISATION: {
        "OrgNumber",
        "Name",
        "UnitType",
        *map(as_member, ORGANIZATION_MEMBERS),
    },
    PERSON: {"SSN", "Name", *map(as_member, PERSON_MEMBERS)},
}


def check_forms(contents: Contents) -> None:
    """Note what schemas say differently, and fields that no model has."""
    if contents.metadata is None:
        return
    types = contents.metadata.data_types.values()
    check_fields(contents, {one.id: _model(contents, one) for one in types})
    for data_type in types:
        if data_type.is_form:
            check_schemas(contents, data_type)
        file = PREFILL.path(data_type.id)
        document = contents.documents.get(file)
        if isinstance(document, Mapping):
            _check_prefill(contents, file, document, _model(contents, data_type))


def _model(contents: Contents, data_type: DataType) -> Model | None:
    """Return the model; what is wrong with its schema is noted elsewhere."""
    try:
        return derive(contents, data_type) if data_type.is_form else None
    except ModelUnreadable:
        return None


def _check_prefill(
    contents: Contents, file: str, document: Mapping[str, Any], model: Model | None
) -> None:
    findings = contents.findings
    for section in (*SECTIONS, QUERY):
        mapped = document.get(section)
        # An organisation and a person may fill in the same field: it is the one or the
        # other that the owner is.
        filled: dict[str, str] = {}
        for source, target in mapped.items() if isinstance(mapped, Mapping) else ():
            if not isinstance(target, str) or not target:
                continue
            place = f"{file}#{pointer_to((section, source))}"
            known = _REGISTERS.get(section)
            if known is not None and source.partition(".")[0] not in known:
                detail = (
                    f"{section} has no member {source!r:.90}; nothing is filled in."
                )
                findings.warn(place, "prefill-source-unknown", detail)
            if model is not None and target_at(target, model) is None:
                detail = (
                    f"The form of {posixpath.basename(file).partition('.')[0]!r:.90}"
                    f" has no field {target!r:.90} outside of rows."
                )
                # What a query does not lead to is left out; a register's is an error.
                note = findings.warn if section == QUERY else findings.error
                note(place, "prefill-target-unknown", detail)
            folded = target.replace("-", "").casefold()
            if folded in filled:
                detail = (
                    f"{target!r:.90} is filled in from {filled[folded]!r:.90} already."
                )
                findings.error(place, "prefill-target-twice", detail)
            filled.setdefault(folded, source)
