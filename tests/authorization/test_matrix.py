"""The authorisation matrix of authorization.md §6, cell by cell.

Every cell is a request over the real address with a real token; a refusal must also
leave every row and every stored byte as it was.
"""

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection

from authorization.models import Delegation
from events.models import Subscription
from exports.models import Export
from instances.models import Instance, QueueLease
from tests.authorization.matrix import (
    application,
    application_callers,
    instances,
    message_box,
    platform,
    storage,
    storage_steps,
)
from tests.authorization.matrix.fixture import (
    CALLERS,
    SETTINGS,
    Names,
    deploy,
    headers_of,
    populate,
)
from tests.authorization.matrix.rows import (
    APP2,
    COLUMNS,
    MACHINES,
    PLATFORM_COLUMNS,
    Call,
    Row,
)
from tests.client import DOMAIN, PLATFORM_HOST, Api
from tests.foreign_issuer import ForeignIssuer, raw_claims, serving
from tests.shared import SHARED
from tests.stored import files_in

APP_HOST = f"ttd.apps.{DOMAIN}"
# A refusal is told of, a miss is counted, and keys are fetched.
_WRITTEN_ALL_THE_SAME = {"AuditEntry", "LookUpAttempt", "IssuerKeySet"}
_SPECIFICATION = SHARED / "spec" / "authorization.md"
_LEVEL_IN_BODY = {"A-01", "A-03"}
_NOT_SERVED = {"route-not-found", "method-not-allowed"}
_OF_STORAGE = (storage.ROWS, storage_steps.ROWS, message_box.ROWS)
_OF_APPLICATION = (
    application.ROWS,
    application_callers.ROWS,
    instances.ROWS,
)
_TABLES_OF_ROWS = (
    *_OF_STORAGE,
    *_OF_APPLICATION,
    platform.ROWS,
)
# Second cases of a row, which has other cells for them, or a word in place of cells.
_OTHER_CASES = {"no-label", "malformed", "no-lock", "wrong-secret", "expired"}
_CELL = re.compile(r"(\d{3}(?:/\d{3})?)( true| false)?(∅)?")
_LATER = partial(pytest.mark.xfail, strict=True, raises=AssertionError)


@pytest.fixture
def world(sandbox: None, settings: LazySettings, tmp_path: Path) -> Path:
    """Both applications and the rights of the callers; a folder for changed ones."""
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    deploy(tmp_path)
    deploy(tmp_path, app_id=APP2)
    populate()
    return tmp_path


def _cells(*tables: tuple[Row, ...]) -> list[Any]:
    """Return a case for each cell; one that is not served yet must come out wrong.

    Callers beyond the columns ask what is served, in the tables of ten columns.
    """
    return [
        pytest.param(
            row,
            caller,
            id=f"M:{row.id}-{caller}",
            marks=_LATER(reason=row.later) if row.is_later(caller) else (),
        )
        for row in chain(*tables)
        for caller in (row.columns if row.later or row.columns != COLUMNS else CALLERS)
    ]


def _api(host: str, caller: str) -> Api:
    return Api(host, CALLERS[caller], headers=headers_of(caller))


@cache
def _tables() -> list[str]:
    house = Path(__file__).resolve().parents[2]
    return [
        table._meta.db_table
        for table in apps.get_models()
        if (house / table._meta.app_label / "models.py").is_file()
        and table.__name__ not in _WRITTEN_ALL_THE_SAME
        and not table._meta.proxy
    ]


def stored(blobs: Path) -> dict[str, object]:
    """Return every row of the tables and the place and content of every blob."""
    rows: dict[str, object] = {}
    with connection.cursor() as cursor:  # thousands of cells look at all of them, twice
        for table in _tables():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {name}")  # noqa: S608  the models' own name
            rows[table] = sorted(map(_shown, cursor.fetchall()))
    return rows | {str(path): path.read_bytes() for path in files_in(blobs)}


def _shown(row: tuple[object, ...]) -> str:
    return repr([bytes(one) if isinstance(one, memoryview) else one for one in row])


def _ask(api: Api, call: Call, names: Names) -> Any:
    return api.call(
        call.method,
        str(names.fill(call.path)),
        json=names.fill(call.json),
        body=str(names.fill(call.body)).encode(),
        content_type=call.content_type,
        filename=call.filename,
        headers={name: str(names.fill(text)) for name, text in call.headers.items()},
    )


def _prepare(call: Call, host: str, names: Names) -> None:
    """Let the director call what comes before, and keep the token of a lock."""
    director = Api(host, CALLERS["UW"])
    for before in call.after:
        names["lockToken"] = _ask(director, before, names).json().get("lockToken")


def _assert_status(answer: Any, cell: str, *, served: bool) -> None:
    status = answer.status_code
    body = "" if answer.streaming else answer.content[:300]
    document = answer.json() if "json" in answer.get("Content-Type", "") else {}
    document = document if isinstance(document, dict) else {}
    if served:  # whoever meets no call at all is not refused by one
        assert document.get("code") not in _NOT_SERVED, body
    if cell == "2xx":
        assert 200 <= status < 300, (status, body)
        return
    read = _CELL.fullmatch(cell)
    assert read is not None, cell
    expected, valid, empty = read.groups()
    assert status in map(int, expected.split("/")), (status, body)
    if "instances" in document:
        assert bool(document["count"]) is not bool(empty), document
    if valid:
        assert document["valid"] is (valid == " true"), document


def _check(row: Row, caller: str, api: Api, world: Path, blobs: Path) -> None:
    for call in row.calls:
        if row.app is not None:
            deploy(world)  # the call before has left it changed
        names = Names(call.given, caller)
        names.make(call.path, call.json, call.body)
        names.settle()
        if row.app is not None:
            deploy(world, change=row.app)
        _prepare(call, api.host, names)
        before = stored(blobs)
        for _ in range(call.times):
            answer = _ask(api, call, names)
            _assert_status(answer, row.cell(caller), served=row.id != "P-12")
        if answer.status_code < 400:
            continue
        stands_in = Instance.objects.get(pk=names.instance.pk).current_task
        if stands_in and stands_in == row.stays.get(str(answer.status_code)):
            by_writing = caller in ("OA", "OB") or answer.status_code != 403
            assert by_writing, "only who may write leaves the first task"
            continue
        assert stored(blobs) == before
        if caller in ("U1", "U0") and row.id in _LEVEL_IN_BODY:
            assert answer.json()["RequiredAuthenticationLevel"] == "2"


@pytest.mark.parametrize(("row", "caller"), _cells(*_OF_STORAGE))
def test_storage(world: Path, own_blobs: Path, row: Row, caller: str) -> None:
    """S-042 in the column US; S-052, S-053 in M:S-37 and M:S-40

    Z-004, Z-035, Z-078, Z-081, Z-082, Z-083, Z-101
    """
    _check(row, caller, _api(PLATFORM_HOST, caller), world, own_blobs)


@pytest.mark.parametrize(("row", "caller"), _cells(*_OF_APPLICATION))
def test_application(world: Path, own_blobs: Path, row: Row, caller: str) -> None:
    """Z-004, Z-079, Z-081, Z-088 in M:A-02; A-024: each address by its action"""
    _check(row, caller, _api(APP_HOST, caller), world, own_blobs)


@pytest.mark.parametrize(("row", "caller"), _cells(platform.ROWS))
def test_platform(world: Path, own_blobs: Path, row: Row, caller: str) -> None:
    """Z-004, Z-080, Z-081"""
    _check(row, caller, _api(PLATFORM_HOST, caller), world, own_blobs)


@pytest.fixture(scope="module")
def another_issuer() -> Iterator[ForeignIssuer]:
    """A Maskinporten with keys of its own."""
    with serving("maskinporten") as issuer:
        yield issuer


@pytest.fixture
def maskinporten(
    another_issuer: ForeignIssuer, settings: LazySettings, tmp_path: Path
) -> ForeignIssuer:
    """The same, trusted by the server of the test."""
    another_issuer.trust(settings, tmp_path)
    return another_issuer


@pytest.mark.parametrize(
    ("host", "row", "caller"),
    [
        pytest.param(host, *case.values, id=f"{case.id}-raw", marks=case.marks)
        for host, tables in (
            (PLATFORM_HOST, _OF_STORAGE),
            (APP_HOST, _OF_APPLICATION),
        )
        for case in _cells(*tables)
        if case.values[1] in MACHINES
    ],
)
def test_tokens_of_maskinporten_as_they_are(
    maskinporten: ForeignIssuer,
    world: Path,
    own_blobs: Path,
    host: str,
    row: Row,
    caller: str,
) -> None:
    """Z-029, Z-078, Z-079: the same cells for whoever brings the token unexchanged"""
    person = CALLERS[caller]
    assert person is not None
    token = maskinporten.token(raw_claims(person.claims))
    api = Api(host, headers={"Authorization": f"Bearer {token}"})
    _check(row, caller, api, world, own_blobs)


@pytest.mark.skipif(not _SPECIFICATION.is_file(), reason="the tables are not at hand")
def test_the_cells_are_those_of_the_specification() -> None:
    """Z-078, Z-079, Z-080"""
    printed = {}
    for line in _SPECIFICATION.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\| ([SAP]-\d\db?) \|(.*)\|", line.rstrip()):
            cells = [cell.strip() for cell in found[2].split("|")]
            columns = PLATFORM_COLUMNS if found[1].startswith("P") else COLUMNS
            printed.setdefault(found[1], cells[-len(columns) :])
    rows = {row.id: row for row in chain(*_TABLES_OF_ROWS)}
    # The one row that is printed for four cases at once has a row for each of them.
    assert printed.keys() - rows.keys() == {"S-59"}
    for row_id, row in rows.items():
        # A word after the id: some of the row's calls, or its second case.
        base, _, word = row_id.partition("-")[2].partition("-")
        cells = printed[f"{row_id[:2]}{base}"]
        if word not in _OTHER_CASES:
            assert row.cells.split("|") == cells, row_id


def test_every_table_is_looked_at() -> None:
    """Z-078: what a refusal changes, in whichever table, fails its cell"""
    for table in (Instance, Delegation, Subscription, Export, QueueLease):
        assert table._meta.db_table in _tables()
    assert len(_tables()) > 30
