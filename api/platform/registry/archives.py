"""An application's folder as it is uploaded: a zip file that streams to the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Final

from django.conf import settings
from django.http import HttpRequest

from api.problems import ContentTypeUnsupported
from api.uploads import media_type, upload_of
from apps_registry.definition import MEBIBYTE
from common.errors import TooLarge
from data_elements.errors import ContentCutShort, ContentEmpty

ZIP: Final = "application/zip"
_TYPES = frozenset(
    {"", ZIP, "application/x-zip-compressed", "application/octet-stream"}
)
_CHUNK = 256 * 1024


class DeploymentTooLarge(TooLarge):
    """The upload is larger than an application's folder may be.

    Leave out what the application does not need.
    """

    code = "deployment-too-large"
    detail = "An upload of an application may have {limit} MiB; this one has more."


@contextmanager
def uploaded_archive(request: HttpRequest) -> Iterator[IO[bytes]]:
    """Spool the body to a file that is gone after the block; it is not in memory.

    The zip file is the body itself or the first part of a multipart one. Raises
    ContentTypeUnsupported, DeploymentTooLarge, ContentEmpty and ContentCutShort.
    """
    upload = upload_of(request)
    if media_type(upload.content_type) not in _TYPES:
        raise ContentTypeUnsupported(content_type=upload.content_type)
    limit = settings.ALTINN_MAX_APP_MIB
    most, announced = limit * MEBIBYTE, upload.announced
    if announced is not None and announced > most:
        raise DeploymentTooLarge(limit=limit)
    with TemporaryFile() as file:
        while piece := upload.stream.read(_CHUNK):
            if file.tell() + len(piece) > most:
                raise DeploymentTooLarge(limit=limit)
            file.write(piece)
        if upload.finish is not None:
            upload.finish()
        if file.tell() == 0:
            raise ContentEmpty
        if announced is not None and file.tell() < announced:
            raise ContentCutShort(received=file.tell(), announced=announced)
        yield file
