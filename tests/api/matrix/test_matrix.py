"""The authorisation matrix of authorization.md §6, cell by cell.

Every cell is a request over the real address with a real token; a refusal must also
leave every row and every stored byte as it was.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Model

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent
from tests.api.matrix import application, storage
from tests.api.matrix.fixture import (
    APP2,
    CALLERS,
    COLUMNS,
    Call,
    Names,
    Row,
    deploy,
    headers_of,
    populate,
)
from tests.client import DOMAIN, PLATFORM_HOST, Api
from tests.shared import SHARED

APP_HOST = f"ttd.apps.{DOMAIN}"
_TABLES: tuple[type[Model], ...] = (Instance, DataElement, InstanceEvent, CloudEvent)
_SPECIFICATION = SHARED / "spec" / "authorization.md"
_LEVEL_IN_BODY = {"A-01", "A-03"}


@pytest.fixture
def world(sandbox: None, tmp_path: Path) -> Path:
    """Both applications and the rights of the callers; a folder for changed ones."""
    deploy(tmp_path)
    deploy(tmp_path, app_id=APP2)
    populate()
    return tmp_path


def _cells(rows: tuple[Row, ...]) -> list[Any]:
    return [
        pytest.param(row, caller, id=f"M:{row.id}-{caller}")
        for row in rows
        for caller in CALLERS
    ]


def _stored(blobs: Path) -> dict[str, object]:
    """Return every row of the tables and the place and content of every blob."""
    rows: dict[str, object] = {
        table.__name__: sorted(map(str, table._default_manager.values()))
        for table in _TABLES
    }
    files = (path for path in blobs.rglob("*") if path.is_file())
    return rows | {str(path): path.read_bytes() for path in files}


def _ask(api: Api, call: Call, names: Names) -> Any:
    return api.call(
        call.method,
        str(names.fill(call.path)),
        json=names.fill(call.json),
        body=call.body.encode(),
        content_type=call.content_type,
        filename=call.filename,
        headers=dict(call.headers),
    )


def _assert_status(answer: Any, cell: str) -> None:
    status = answer.status_code
    body = "" if answer.streaming else answer.content[:300]
    if cell == "2xx":
        assert 200 <= status < 300, (status, body)
        return
    expected, _, valid = cell.removesuffix("∅").partition(":")
    assert status == int(expected), (status, body)
    document = answer.json() if "json" in answer.get("Content-Type", "") else {}
    if isinstance(document, dict) and "instances" in document:
        assert bool(document["count"]) is not cell.endswith("∅"), document
    if valid:
        assert document["valid"] is (valid == "true"), document


def _check(row: Row, caller: str, host: str, world: Path, blobs: Path) -> None:
    api = Api(host, CALLERS[caller], headers=headers_of(caller))
    for call in row.calls:
        deploy(world)
        names = Names(call.given)
        names.make(call.path, call.json)
        names.settle()
        if row.app is not None:
            deploy(world, change=row.app)
        before = _stored(blobs)
        for _ in range(call.times):
            answer = _ask(api, call, names)
            _assert_status(answer, row.cell(caller))
        if answer.status_code < 400:
            continue
        stands_in = Instance.objects.get(pk=names.instance.pk).current_task
        if stands_in and stands_in == row.stays.get(str(answer.status_code)):
            by_writing = caller in ("OA", "OB") or answer.status_code != 403
            assert by_writing, "only who may write leaves the first task"
            continue
        assert _stored(blobs) == before
        if caller in ("U1", "U0") and row.id in _LEVEL_IN_BODY:
            assert answer.json()["RequiredAuthenticationLevel"] == "2"


@pytest.mark.parametrize(("row", "caller"), _cells(storage.ROWS))
def test_storage(world: Path, own_blobs: Path, row: Row, caller: str) -> None:
    """Z-004, Z-035, Z-078, Z-081, Z-082, Z-083"""
    _check(row, caller, PLATFORM_HOST, world, own_blobs)


@pytest.mark.parametrize(("row", "caller"), _cells(application.ROWS))
def test_application(world: Path, own_blobs: Path, row: Row, caller: str) -> None:
    """Z-004, Z-079, Z-081"""
    _check(row, caller, APP_HOST, world, own_blobs)


@pytest.mark.skipif(not _SPECIFICATION.is_file(), reason="the tables are not at hand")
def test_the_cells_are_those_of_the_specification() -> None:
    """Z-078, Z-079"""
    printed = {}
    for line in _SPECIFICATION.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\| ([SA]-\d\d) \|(.*)\|", line.rstrip()):
            cells = [cell.strip() for cell in found[2].split("|")]
            printed.setdefault(found[1], cells[-len(COLUMNS) :])
    rows = {row.id: row for row in (*storage.ROWS, *application.ROWS)}
    copied = {row_id: row for row_id, row in rows.items() if row_id in printed}
    # One row more is the case that the table has in brackets, one waits for signing.
    assert rows.keys() - copied.keys() == {"A-12-no-label", "A-28-no-signing"}
    for row_id, row in copied.items():
        assert row.cells.replace(":", " ").split("|") == printed[row_id], row_id
