"""Zip files of application folders, ordinary and hostile."""

import io
import zipfile
from collections.abc import Mapping

from apps_registry.app_folder import read_folder
from tests.factories import SAMPLES

FILES: Mapping[str, bytes] = read_folder(SAMPLES / "nav" / "app2018").files


def archive(files: Mapping[str, bytes], *, below: str = "App/") -> bytes:
    """Return a zip file of the files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(f"{below}{name}", content)
    return packed.getvalue()


def with_entry(info: zipfile.ZipInfo | str, content: bytes = b"{}") -> bytes:
    """Return the sample's archive with one more entry."""
    packed = io.BytesIO(archive(FILES))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr(info, content)
    return packed.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """Return an entry of a file mode."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info
