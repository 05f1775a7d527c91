"""What the tests of importing registers share: rows, files of them, and the import."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from authorization.models import RoleAssignment
from authorization.register_import import RegisterReport, import_register
from common.errors import Issue
from parties.choices import PartyType
from parties.models import Party, Profile
from parties.register_files import register_files
from parties.synthetic import synthetic_parties

SSN, OTHER_SSN, WRONG_SSN = "17858296439", "08829698278", "17858296438"
ORG, UNIT, WRONG_ORG = "974760673", "910423185", "974760674"
PERSON = {"partyId": 600001, "ssn": SSN, "firstName": "Kari", "lastName": "Ås"}
ORGANISATION = {
    "partyId": 700001,
    "orgNumber": ORG,
    "name": "Bakeri AS",
    "unitType": "AS",
}
SUB_UNIT = {
    "partyId": 700002,
    "orgNumber": UNIT,
    "name": "Bakeri avd.",
    "unitType": "BEDR",
}
USER = {"userId": 10001, "partyId": 600001, "userName": "kari", "language": "nn"}
ROLE = {"userId": 10001, "partyId": 700001, "role": "DAGL"}
Rows = Mapping[str, Sequence[Mapping[str, object]]]
ALL: Rows = {
    "persons": [PERSON],
    "organisations": [ORGANISATION, {**SUB_UNIT, "parentPartyId": 700001}],
    "users": [USER],
    "roles": [ROLE],
}


def as_csv(folder: Path, rows: Rows, *, delimiter: str = ",") -> Path:
    """Write rows as CSV files, all columns in each."""
    for kind, listed in rows.items():
        names = list(dict.fromkeys(name for row in listed for name in row))
        lines = [delimiter.join(names)]
        lines += [
            delimiter.join(str(row.get(name, "")) for name in names) for row in listed
        ]
        (folder / f"{kind}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def as_json(folder: Path, rows: object) -> Path:
    """Write rows as a JSON document."""
    file = folder / "parties.json"
    file.write_text(json.dumps(rows), "utf-8")
    return file


BOTH = pytest.mark.parametrize("write", [as_csv, as_json])


def run(path: Path, **options: bool) -> tuple[RegisterReport, list[tuple[str, str]]]:
    """Import; return the report, and the findings."""
    found: list[Issue] = []
    report = import_register(register_files(path), note=found.append, **options)
    assert report.findings == len(found)
    return report, [(issue.pointer, issue.code) for issue in found]


def everything() -> list[object]:
    """Return every row that an import writes."""
    tables = (Party, Profile, RoleAssignment)
    return [list(table.objects.order_by("pk").values()) for table in tables]  # type: ignore[attr-defined]  # each has it


def refused(path: Path, **options: bool) -> list[tuple[str, str]]:
    """Import what is refused; return the findings, once nothing was stored."""
    before = everything()
    _, found = run(path, **options)
    assert found
    assert everything() == before
    return found


def many(folder: Path, count: int) -> Path:
    """Write so many made-up persons."""
    lines = [
        f"{party.id},{party.uuid},{party.number},{party.name}"
        for party in synthetic_parties(count=count * 2, seed=3)
        if party.type == PartyType.PERSON
    ][:count]
    header = "partyId,partyUuid,ssn,name"
    (folder / "persons.csv").write_text("\n".join([header, *lines]))
    return folder
