"""Variables that come from files, as people write them."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from altinn.environment import Environment

NAME = "ALTINN_AZURE_CONNECTION"


def value(monkeypatch: pytest.MonkeyPatch, path: Path) -> str:
    monkeypatch.setenv(f"{NAME}_FILE", str(path))
    monkeypatch.setattr(Environment.ENVIRON, "files_cache", {})
    return str(Environment().str(NAME))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"a=b;c=d==", "a=b;c=d=="),
        (b"a=b;c=d==\n", "a=b;c=d=="),
        (b"a=b;c=d==\r\n", "a=b;c=d=="),
        (b" a\nb \n\n", " a\nb \n"),
        (b"", ""),
    ],
)
def test_a_final_line_break_is_no_part_of_a_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: bytes, meant: str
) -> None:
    """What ``echo`` and editors write; no library takes it as the end of a key"""
    path = tmp_path / "secret"
    path.write_bytes(written)
    assert value(monkeypatch, path) == meant


def test_a_variable_of_its_own_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NAME, "a\n")
    assert Environment().str(NAME) == "a\n"


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_cannot_be_read_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME}_FILE names {path}, which"):
        value(monkeypatch, path)
