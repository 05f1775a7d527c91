"""Scopes that an application asks for, as its metadata states them."""

import pytest

from apps_registry.api_scopes import ApiScopes, ScopePair, read_api_scopes
from common.errors import Issue


def read(document: object) -> tuple[ApiScopes | None, list[Issue]]:
    """Read the member for the application ``skatt``."""
    issues: list[Issue] = []
    return read_api_scopes(document, issues, app="skatt", file="f"), issues


def test_nothing_asks_for_nothing() -> None:
    """Z-036"""
    assert read(None) == (None, [])
    assert read({}) == (ApiScopes(), [])


def test_the_placeholder_is_the_applications_name() -> None:
    """Z-036, A-031: in any case of letters, as elsewhere in a folder"""
    scopes, issues = read(
        {"users": {"read": "a:[app].read", "write": None}, "serviceOwners": None}
    )
    assert issues == []
    assert scopes is not None
    assert scopes.users == ScopePair(read="a:skatt.read")
    assert scopes.service_owners == ScopePair()


@pytest.mark.parametrize(
    ("document", "pointer", "code"),
    [
        ("x", "", "metadata-wrong-type"),
        ({"user": {}}, "/user", "member-unknown"),
        ({"users": "x"}, "/users", "metadata-wrong-type"),
        ({"users": {"reed": "x"}}, "/users/reed", "member-unknown"),
        ({"users": {"read": 1}}, "/users/read", "metadata-wrong-type"),
        ({"users": {"read": ["x"]}}, "/users/read", "metadata-wrong-type"),
        ({"users": {"read": "a b"}}, "/users/read", "scope-invalid"),
        ({"users": {"write": "a\n"}}, "/users/write", "scope-invalid"),
        ({"users": {"write": 'a"'}}, "/users/write", "scope-invalid"),
        ({"users": {"write": "ø"}}, "/users/write", "scope-invalid"),
        ({"users": {"write": "x" * 256}}, "/users/write", "scope-invalid"),
        (
            {"serviceOwners": {"errorMessageTextResourceKey": 1}},
            "/serviceOwners/errorMessageTextResourceKey",
            "metadata-wrong-type",
        ),
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(
    document: object, pointer: str, code: str
) -> None:
    """Z-036: a rule that nobody reads must not look as if it were in force"""
    _, issues = read(document)
    assert [(i.pointer, i.code) for i in issues] == [(f"f#/apiScopes{pointer}", code)]
