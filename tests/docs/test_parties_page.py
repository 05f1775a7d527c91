"""docs/parties.md says what an import takes, and its examples can be imported."""

import re
from pathlib import Path

import pytest

from authorization.models import RoleAssignment
from authorization.register_import import import_register
from common.errors import Issue
from parties.models import Party, Profile
from parties.register_columns import SETTINGS, Kind, columns
from parties.register_files import register_files

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "parties.md").read_text(encoding="utf-8")
_CODE = re.compile(r'"([a-z]+(?:-[a-z0-9]+)+)"')
_EXAMPLE = re.compile(r"`(\w+\.csv)`:\n\n```csv\n(.*?)```", re.DOTALL)
_CODED = (
    "parties/register_columns.py",
    "parties/register_rows.py",
    "parties/register_files.py",
    "authorization/register_import.py",
)


def _section(title: str) -> str:
    found = re.search(rf"^### {title}\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def _first_cells(text: str) -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_column_is_documented(kind: Kind) -> None:
    """Z-045"""
    documented = _first_cells(_section(kind.value))
    if kind is Kind.PERSONS:  # they take the columns of users too
        documented |= _first_cells(_section("users")) - set(SETTINGS)
    assert documented == set(columns(kind, check_digits=True))


def test_every_code_is_documented() -> None:
    """Z-045: and no other is"""
    coded = {
        code
        for path in _CODED
        for code in _CODE.findall((ROOT / path).read_text(encoding="utf-8"))
    } - {"utf-8", "utf-8-sig"}
    coded |= {"party-unknown", "user-unknown"}  # made of a word
    table = PAGE.partition("| Code |")[2]
    assert (
        set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)+)`", table.partition("\n\n")[0]))
        == coded
    )


def _import(path: Path) -> list[tuple[str, str]]:
    found: list[Issue] = []
    import_register(register_files(path), note=found.append)
    return [(issue.pointer, issue.code) for issue in found]


def _stored() -> list[object]:
    parties = Party.objects.filter(pk__range=(600001, 700002))
    roles = RoleAssignment.objects.filter(user_id__in=(10001, 10002, 10003))
    return [
        list(parties.values("pk", "type", "name", "ssn", "org_number", "parent")),
        list(Profile.objects.filter(pk__range=(10001, 10003)).values("pk", "party")),
        sorted(roles.values_list("user_id", "party_id", "role_code")),
    ]


@pytest.mark.django_db
def test_the_examples_are_the_same_register_in_both_forms(tmp_path: Path) -> None:
    """Z-045"""
    for name, content in _EXAMPLE.findall(PAGE):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == len(Kind)
    assert _import(tmp_path) == []
    in_csv = _stored()
    RoleAssignment.objects.filter(user_id__in=(10001, 10002, 10003)).delete()
    Profile.objects.filter(pk__range=(10001, 10003)).delete()
    Party.objects.filter(pk__range=(600001, 700002)).delete()
    document = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
    (tmp_path / "example.json").write_text(document, encoding="utf-8")
    assert _import(tmp_path / "example.json") == []
    assert _stored() == in_csv
