"""Exceptions of the frameworks become problems."""

from django.test import RequestFactory
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from api.problems import as_domain_error, status_of


def test_a_view_that_forgot_an_action_refuses_it() -> None:
    """Deny by default: 403, and not a server error"""
    problem = as_domain_error(PermissionDenied(), Request(RequestFactory().get("/")))
    assert problem is not None
    assert (status_of(problem), problem.code) == (403, "forbidden")
