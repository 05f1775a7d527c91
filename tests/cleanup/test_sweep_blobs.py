"""The sweep of orphan blobs: dry run first, and never what a row points to."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from data_elements import blobs
from data_elements.blobs import Incoming
from data_elements.models import DataElement
from tests.stored import files_in

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
    path.with_name(f"{path.name[:4]}{'0' * 28}.part").write_bytes(b"half")
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
    assert files_in(own_blobs) == [own_blobs / element.blob_key]


def test_young_blobs_are_left_alone(orphan: Path) -> None:
    """An upload may still be on its way: a day by default"""
    assert "Looked at 0 blobs" in sweep("--execute")
    assert orphan.exists()


def put_many(folder: Path) -> None:
    """Put contents into the store that no row points to."""
    for number in range(101):
        name = f"{number:032x}"
        path = folder / name[:2] / name[2:4] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")


def test_a_store_of_which_nothing_belongs_is_left_alone(own_blobs: Path) -> None:
    """A database that is not restored yet must not cost the contents"""
    put_many(own_blobs)
    with pytest.raises(CommandError, match="None of the first 101 blobs"):
        sweep("--older-than", "0", "--execute")
    assert "found 101 orphans" in sweep("--older-than", "0")
    assert "removed 101" in sweep("--older-than", "0", "--execute", "--force")


def test_one_that_belongs_is_enough(element: DataElement, own_blobs: Path) -> None:
    put_many(own_blobs)
    assert "removed 101" in sweep("--older-than", "0", "--execute")
    assert (own_blobs / element.blob_key).exists()
