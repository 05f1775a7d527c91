"""The sweep of orphan blobs: dry run first, and never what a row points to."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.models import DataElement

pytestmark = pytest.mark.usefixtures("sandbox")


def sweep(*arguments: str) -> str:
    """Run the command and return what it printed."""
    output = StringIO()
    call_command("sweep_blobs", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def orphan(own_blobs: Path) -> Path:
    """A blob without a row, and an upload that a crash broke off."""
    with blobs.stored(Incoming(BytesIO(b"orphan"), max_bytes=10)) as blob:
        pass
    path = own_blobs / blob.key
    path.with_name("unfinished.part").write_bytes(b"half")
    return path


def test_a_dry_run_counts_and_removes_nothing(
    element: DataElement, orphan: Path
) -> None:
    """Safe by default"""
    printed = sweep("--older-than", "0")
    assert "found 2 orphans (10 bytes), removed none" in printed
    assert orphan.exists()


def test_execute_removes_orphans_and_keeps_what_rows_point_to(
    element: DataElement, orphan: Path, own_blobs: Path
) -> None:
    """What a crash left behind is found"""
    assert "removed 2" in sweep("--older-than", "0", "--execute")
    assert not orphan.exists()
    assert [p for p in own_blobs.rglob("*") if p.is_file()] == [
        own_blobs / element.blob_key
    ]


def test_young_blobs_are_left_alone(orphan: Path) -> None:
    """An upload may still be on its way: a day by default"""
    assert "Looked at 0 blobs" in sweep("--execute")
    assert orphan.exists()
