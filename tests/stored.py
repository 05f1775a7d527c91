"""What a test finds in the stores, and holds to staying as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data_elements.models import DataElement
from events.models import CloudEvent
from instances.models import Instance, InstanceEvent


def files_in(folder: Path) -> list[Path]:
    """Return every file of a blob store, unfinished ones too."""
    return [path for path in folder.rglob("*") if path.is_file()]


@contextmanager
def nothing_added(blobs: Path) -> Iterator[None]:
    """Hold a block to leaving no instance, element, event or content behind."""

    def stored() -> list[object]:
        tables = (Instance, DataElement, InstanceEvent, CloudEvent)
        counts: list[object] = [one._default_manager.count() for one in tables]
        return [*counts, sorted(blobs.rglob("*"))]

    before = stored()
    yield
    assert stored() == before
