"""Multipart bodies: where parts begin and end, and headers that reach us as sent."""

from io import BytesIO

import pytest

from api.filenames import filename_of
from api.multipart import MultipartMalformed, MultipartReader
from instances.models import Instance
from tests.client import Api, assert_problem, body_of
from tests.factories import PDF

NAMED = b'Content-Disposition: form-data; name="x"\r\n'
TYPE = "multipart/form-data; boundary=b"


def reader_of(
    *parts: bytes, before: bytes = b"", after: bytes = b""
) -> MultipartReader:
    """Return a reader of a body of parts, each from its headers on."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return MultipartReader(BytesIO(before + body + b"--b--" + after), TYPE)


def read(*parts: bytes, before: bytes = b"", after: bytes = b"") -> list[bytes]:
    """Return the content of each part."""
    reader = reader_of(*parts, before=before, after=after)
    contents = [part.stream.read(2**20) for part in reader]
    reader.finish()
    return contents


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (b"\r\nhello", b"hello"),
        (b"Content-Type: text/plain\r\n\r\nhello", b"hello"),
        (NAMED + b"\r\nhello", b"hello"),
        (NAMED + b"\r\n", b""),
        (NAMED, b""),
        (NAMED + b"\r\n\r\n\r\nhello\r\n", b"\r\n\r\nhello\r\n"),
        (b"\r\n--", b"--"),
    ],
)
def test_a_part_is_what_follows_its_headers(part: bytes, content: bytes) -> None:
    """S-148"""
    assert read(part) == [content]
    assert read(NAMED + b"\r\n1", part, NAMED + b"\r\n2") == [b"1", content, b"2"]


def test_what_stands_before_and_after_the_parts_is_no_part() -> None:
    """S-148, RFC 2046 §5.1.1"""
    before, after = b"X: y\r\n\r\npreamble\r\n", b"\r\nepilogue\r\n"
    assert read(NAMED + b"\r\n1", before=before, after=after) == [b"1"]


@pytest.mark.parametrize("length", [100, 600, 3 * 2**20])
def test_an_epilogue_of_any_length_may_follow(length: int) -> None:
    """RFC 2046 §5.1.1"""
    assert read(NAMED + b"\r\nx", after=b"\r\n" + b"e" * length) == [b"x"]


def test_parts_that_are_not_read_are_passed_over() -> None:
    """S-148"""
    parts = [NAMED + b"\r\n" + b"x" * 300_000] * 3
    assert [part.number for part in reader_of(*parts)] == [0, 1, 2]


def test_long_headers_are_read_up_to_a_limit() -> None:
    """S-148"""
    name = "æ" * 200
    header = f"Content-Disposition: form-data; name=x; filename*=UTF-8''{name}.pdf\r\n"
    padding = b"X-Padding: " + b"x" * 1_500 + b"\r\n"
    (part,) = reader_of(padding + header.encode() + b"\r\nhello")
    assert filename_of(part.disposition) == f"{name}.pdf"
    with pytest.raises(MultipartMalformed, match="8192"):
        next(iter(reader_of(b"X: " + b"x" * 8_192 + b"\r\n\r\nhello")))


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        (r'filename="a\"b.txt"', 'a"b.txt'),
        ("filename*=UTF-8''a%2525b", "a%25b"),
        ('filename="a%2525b"', "a%25b"),
        ('filename="a;b.txt"', "a;b.txt"),
        ('filename="æ.txt"', "æ.txt"),
    ],
)
def test_file_names_of_parts_are_decoded_once(parameter: str, name: str) -> None:
    """S-151, S-152, A-097, Z-092"""
    header = f'CONTENT-disposition: form-data;\r\n name="the part"; {parameter}\r\n'
    (part,) = reader_of(header.encode() + b"Content-Type:  a/b; c=d \r\n\r\n")
    assert filename_of(part.disposition) == name
    assert part.name == "the part"
    assert part.content_type == "a/b; c=d"


@pytest.mark.parametrize(
    "body", [b"--b\r\nhello\r\n--b--", b"--b--", b"", b"no boundary at all"]
)
def test_a_body_without_a_readable_part_is_malformed(body: bytes) -> None:
    """S-148"""
    with pytest.raises(MultipartMalformed):
        list(MultipartReader(BytesIO(body), TYPE))


def test_too_many_parts_are_refused() -> None:
    """T-19"""
    with pytest.raises(MultipartMalformed, match="100 parts"):
        list(reader_of(*[b"\r\n"] * 101))


def test_a_boundary_is_found_beside_parameters_that_nobody_can_read() -> None:
    """S-148"""
    content_type = "multipart/mixed; x*=bogus''%41; Boundary=\"a b\""
    reader = MultipartReader(BytesIO(b"--a b\r\n\r\nhello\r\n--a b--"), content_type)
    assert [part.stream.read(9) for part in reader] == [b"hello"]


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [(b"", None), (b"Content-Type: text/plain\r\n", "text/plain")],
)
def test_storage_takes_a_part_without_disposition_whole(
    storage: Api, instance: Instance, headers: bytes, content_type: str | None
) -> None:
    """S-148"""
    url = f"/storage/api/v1/instances/{instance.instance_id}/data"
    answer = storage.post(
        f"{url}?dataType=vedlegg",
        body=b"--b\r\n" + headers + b"\r\n" + PDF + b"\r\n--b--",
        content_type=TYPE,
    )
    assert answer.status_code == 201
    assert answer.json().get("contentType") == content_type
    assert body_of(storage.get(f"{url}/{answer.json()['id']}")) == PDF


def test_a_control_character_in_the_type_of_a_part_is_refused(
    storage: Api, instance: Instance
) -> None:
    """S-148: a type that is stored becomes a header of the download"""
    answer = storage.post(
        f"/storage/api/v1/instances/{instance.instance_id}/data?dataType=vedlegg",
        body=b"--b\r\nContent-Type: text/plain\n; x=y\r\n\r\nhello\r\n--b--",
        content_type=TYPE,
    )
    assert_problem(answer, 400, code="content-type-malformed")
