"""Headers, names and numbers that nobody sends by accident: refused, never an error."""

import pytest

from api.filenames import FileNameTooLong, filename_of
from api.parsers import JsonMalformed, read_json
from instances.models import Instance
from tests import cast
from tests.client import APP_HOST, BASE_HOST, Api, assert_problem, body_of
from tests.factories import PDF

pytestmark = pytest.mark.usefixtures("sandbox")


def data_url(instance: Instance, tail: str = "") -> str:
    """Return the address of an instance's data in storage."""
    return f"/storage/api/v1/instances/{instance.instance_id}/data{tail}"


@pytest.mark.parametrize("character", ["\0", "\n", "\r", "\x1b", "\x7f"])
def test_a_control_character_in_the_content_type_is_refused(
    storage: Api, instance: Instance, character: str
) -> None:
    """S-147: a type that is stored becomes a header of the download"""
    url = data_url(instance, "?dataType=vedlegg")
    answer = storage.post(url, body=PDF, content_type=f"text/{character}plain")
    assert_problem(answer, 400, code="content-type-malformed")


UNREADABLE = [
    "text/plain; charset=hex",
    "text/plain; charset=undefined",
    "text/plain; charset=punycode",
    "text/plain; charset=unicode_escape",
    "text/plain; x*=bogus''%41",
    "text/plain; charset*=utf-8''%00",
]


@pytest.mark.parametrize("content_type", UNREADABLE)
@pytest.mark.parametrize(
    ("host", "path"),
    [
        (BASE_HOST, "/health"),
        (BASE_HOST, "/Home/Tokens?next=%5Cud800"),
        (APP_HOST, "/nav/app2018?x=%5Cud800"),
    ],
)
def test_no_charset_of_a_body_troubles_the_address(
    host: str, path: str, content_type: str
) -> None:
    """Z-092: the query is UTF-8, whatever the body is"""
    answer = Api(host, cast.SOPHIE).get(path, content_type=content_type)
    assert answer.status_code in (200, 400)


@pytest.mark.parametrize("content_type", UNREADABLE)
def test_an_upload_keeps_a_type_that_django_cannot_read(
    storage: Api, instance: Instance, content_type: str
) -> None:
    """S-147: the content type is kept as it was sent"""
    url = data_url(instance, "?dataType=vedlegg")
    answer = storage.post(url, body=PDF, content_type=content_type)
    assert answer.status_code == 201
    assert answer.json()["contentType"] == content_type
    download = storage.get(data_url(instance, f"/{answer.json()['id']}"))
    assert download["Content-Type"] == content_type
    assert body_of(download) == PDF


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("attachment; filename*=iso-8859-1''bl%E5.pdf", "blå.pdf"),
        ("attachment; filename*=utf-8'nb'bl%C3%A5.pdf", "blå.pdf"),
        ("attachment; filename*=undefined''x; filename=a.pdf", "a.pdf"),
        ("attachment; filename*=idna''x; filename=a.pdf", "a.pdf"),
        ("attachment; filename*=unicode_escape''%5Cud800; filename=a.pdf", "a.pdf"),
        ("attachment; filename*=utf-7''%2B2AA-", None),
        ('attachment; name="filename=no.pdf"; filename=a.pdf', "a.pdf"),
        ("attachment; filename*=UTF-8''a%E2%80%AEfdp.exe", "a_fdp.exe"),
        ("attachment; filename*=UTF-8''a%C2%85%E2%81%A6b%E2%80%8F.exe", "a__b_.exe"),
        ("attachment; filename*=iso-8859-1''a%9Bb.pdf", "a_b.pdf"),
    ],
)
def test_file_names_are_read_in_two_charsets_and_made_harmless(
    header: str, expected: str | None
) -> None:
    """A-097, S-150, S-152, Z-092"""
    assert filename_of(header) == expected


def test_the_limit_of_a_file_name_is_in_characters() -> None:
    """S-149"""
    name = "æ" * 255
    assert filename_of(f'attachment; filename="{name}"') == name
    with pytest.raises(FileNameTooLong):
        filename_of(f'attachment; filename="{name}a"')


@pytest.mark.parametrize(
    "body",
    [
        b"{'a': '" + b"x" * 8_192 + b"'}",
        b"{'a': '\\x00'}",
        b"{'a': '\\ud800'}",
        b"{'a': b'bytes'}",
        b"{'a': (1, 2)}",
        b"{'a': {1}}",
        b"{'a': 1j}",
        b"{'a': ...}",
        b"{1: 'a'}",
        b"{'a': " + b"[" * 40 + b"]" * 40 + b"}",
        b"{'a': " + b"1" * 5_000 + b"}",
    ],
)
def test_single_quotes_allow_nothing_that_json_does_not(body: bytes) -> None:
    """clients.md: lenient serializers; T-19"""
    with pytest.raises(JsonMalformed):
        read_json(body, single_quotes=True)


def test_single_quotes_hold_every_type_of_json() -> None:
    """clients.md: lenient serializers"""
    document = read_json(b"{'a': [1, 1.5, True, None, {'b': 'c'}]}", single_quotes=True)
    assert document == {"a": [1, 1.5, True, None, {"b": "c"}]}


@pytest.mark.parametrize("path", ["data?dataType=vedlegg", "events"])
def test_a_content_length_of_thousands_of_digits_is_refused(
    storage: Api, instance: Instance, path: str
) -> None:
    """T-19"""
    answer = storage.call(
        "POST",
        f"/storage/api/v1/instances/{instance.instance_id}/{path}",
        body=b"{}",
        content_type="application/json",
        headers={"Content-Length": "9" * 5_000},
    )
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (
            "/Home/GetTestUserToken/1337?authenticationLevel=" + "0" * 5_000,
            400,
            "test-parameter-invalid",
        ),
        (
            "/Home/GetTestOrgToken/nav?authenticationLevel=" + "3" * 5_000,
            400,
            "test-parameter-invalid",
        ),
        ("/Home/GetTestOrgToken/%00", 404, "route-not-found"),
        ("/Home/auth/serviceowner?org=nav%00", 400, "test-parameter-invalid"),
    ],
    ids=["zeros", "digits", "nul-in-path", "nul-in-query"],
)
def test_odd_parameters_of_test_tokens_are_refused(
    path: str, status: int, code: str
) -> None:
    """authorization.md §1.11"""
    assert_problem(Api(BASE_HOST).get(path), status, code=code)
