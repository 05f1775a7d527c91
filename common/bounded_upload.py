"""Files that people send with forms: to the disk, and never more than was agreed on.

Django reads the body of a form before it looks who sent it. So no page takes files
(``NoFiles``) but those that look first, and then say how much they take.
"""

from typing import Any

from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
)


class NoFiles(FileUploadHandler):
    """Passes over every file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Read on to what follows the file."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Return no file."""


class BoundedFiles(TemporaryFileUploadHandler):
    """Spools files to the disk, all together up to ``most`` bytes.

    What comes after that is not read; ``is_too_large`` says so.
    """

    def __init__(self, most: int) -> None:
        """Take up to ``most`` bytes."""
        super().__init__()
        self._left = most
        self.is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece, while there is room for it."""
        self._left -= len(raw_data)
        if self._left < 0:
            self.is_too_large = True
            raise StopUpload(connection_reset=True)
        super().receive_data_chunk(raw_data, start)
