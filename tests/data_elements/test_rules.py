"""Which media type a file name stands for."""

import pytest

from data_elements.rules import UploadRefused, ensure_type_fits_name, type_of


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.pdf", "application/pdf"),
        ("A.PDF", "application/pdf"),
        ("a.pdf.gz", "application/gzip"),
        ("a.tgz", "application/gzip"),
        ("a.xml.bz2", "application/x-bzip2"),
        ("a.xml.br", "application/octet-stream"),
        ("a.docx.pdf", "application/pdf"),
        ("a.ukjent", "application/octet-stream"),
    ],
)
def test_the_last_extension_decides(name: str, media_type: str) -> None:
    """A-098"""
    assert type_of(name) == media_type


def test_a_packed_file_is_not_what_it_packs() -> None:
    """A-098"""
    with pytest.raises(UploadRefused):
        ensure_type_fits_name("application/pdf", "a.pdf.gz")
    ensure_type_fits_name("application/gzip", "a.pdf.gz")
