"""Every error as an RFC 9457 problem document: the one table from classes to statuses.

``type`` links to the problem's page, ``instance`` is the request's path, ``traceId``
stands in the log too, ``code`` is stable, ``issues`` point at what to mend. ``title``
and ``detail`` are in the language that the call asks for. The same module is
``handler400/403/404/500`` of every urlconf, so nothing answers in HTML but
an address that a person mistyped in a browser.
"""

import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import Final

import orjson
import structlog
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from api import missing
from api.headers import vary_by
from api.languages import language_of_problem, say_language
from api.outages import as_outage
from api.problem_texts import detail_in, said_in, sentence_of, title_in
from common import errors
from common.errors import DomainError, Issue, Phrase
from signing.errors import SignatureTypeUnfit

log = structlog.get_logger()
_LOGGED: Final = 255  # characters of a host name, which may have no more

CONTENT_TYPE = "application/problem+json"


class RouteNotFound(errors.NotFound):
    """The server has no such address.

    Check the path against the API's documentation.
    """

    code = "route-not-found"
    detail = "There is no resource at {path}; see /docs/application and /docs/platform."


class MethodNotAllowed(DomainError):
    """The address exists, and not with this method. ``Allow`` names those it has."""

    code = "method-not-allowed"
    detail = "The method {method} is not allowed at {path}; see the header Allow."


class TokenMissing(errors.Unauthenticated):
    """The call needs an access token. Send it as ``Authorization: Bearer …``."""

    code = "token-missing"
    detail = "This call needs an access token; send it as a Bearer token."


class HostUnknown(errors.Invalid):
    """The request came by a host name that this server does not answer to."""

    code = "host-unknown"
    detail = "This server does not answer to the host {host!r}; see ALTINN_BASE_URL."


class RequestRefused(errors.Invalid):
    """The request is not one that the server can read."""

    code = "request-refused"
    detail = "The request cannot be read: {reason}"


class AntiForgeryFailed(errors.Invalid):
    """A change that was authenticated by cookie lacks the anti-forgery header.

    Send the value of the cookie ``XSRF-TOKEN`` as the header ``X-XSRF-TOKEN``, or use a
    Bearer token.
    """

    code = "anti-forgery-failed"
    detail = (
        "A change authenticated by cookie needs the header X-XSRF-TOKEN with the value"
        " of the cookie XSRF-TOKEN."
    )


class InternalError(DomainError):
    """Something went wrong inside the server. Tell its operator the trace id."""

    code = "internal-error"
    detail = "The server failed to carry out the request; its log has the trace id."


class RateLimited(errors.TooManyRequests):
    """The caller has called this too often in the last minute.

    Wait for as long as ``Retry-After`` says, and keep a token until it expires.
    """

    code = "rate-limited"
    detail = "This was called too often; try again in {retry_after} seconds."


class ContentTypeUnsupported(errors.UnsupportedMedia):
    """The operation does not read content of this type; send one that it does."""

    code = "content-type-unsupported"
    detail = "The content type {content_type!r} is not supported here."


class BodyTooLarge(errors.TooLarge):
    """The body is larger than such a body may be."""

    code = "body-too-large"
    detail = "The request body is larger than the server reads here."


class ValidationFailed(errors.Invalid):
    """Members of the body are missing or of the wrong type; each is listed."""

    code = "validation-failed"
    title = "One or more validation errors occurred."
    detail = "{count} member(s) of the body are not as they must be: {names}."


STATUS: Mapping[type[DomainError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Gone: HTTPStatus.GONE,
    errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.LengthRequired: HTTPStatus.LENGTH_REQUIRED,
    errors.UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.RangeUnsatisfiable: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    errors.Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooEarly: HTTPStatus.TOO_EARLY,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    # What clients know; the address does allow the method.
    SignatureTypeUnfit: HTTPStatus.METHOD_NOT_ALLOWED,
}


def status_of(error: DomainError) -> HTTPStatus:
    """Return the status of the nearest class that the table has."""
    return status_of_class(type(error))


def status_of_class(kind: type[DomainError]) -> HTTPStatus:
    """Return the status that problems of this class are answered with."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem_kinds(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Yield every class of problem that the server has."""
    yield kind
    for below in kind.__subclasses__():
        yield from problem_kinds(below)


def document(error: DomainError, request: HttpRequest) -> dict[str, object]:
    """Return the problem document of an error, for the request that it answers."""
    status, language = status_of(error), language_of_problem(request)
    issues = [issue.document() for issue in error.issues]
    more = ({"issues": issues} if issues else {}) | error.members
    return {
        "type": f"{_pages(error, request)}/problems/{error.code}",
        "title": title_in(language, type(error), status),
        "status": int(status),
        "detail": detail_in(language, error),
        "instance": request.path,
        "traceId": getattr(request, "trace_id", ""),
        "code": error.code,
        **{name: said_in(language, value) for name, value in more.items()},
    }


def response(error: DomainError, request: HttpRequest) -> HttpResponse:
    """Answer outside DRF."""
    answer = HttpResponse(
        orjson.dumps(document(error, request)),
        status=status_of(error),
        content_type=CONTENT_TYPE,
    )
    _add_headers(answer, error, request)
    return answer


def exception_handler(
    error: Exception, context: Mapping[str, object]
) -> Response | None:
    """Turn whatever a view raises into a problem document; DRF's EXCEPTION_HANDLER."""
    request = context["request"]
    assert isinstance(request, Request)  # noqa: S101  DRF's own contract
    problem = as_domain_error(error, request)
    if problem is None:
        return None  # Django logs it and calls handler500
    answer = Response(
        document(problem, request._request),
        status=status_of(problem),
        content_type=CONTENT_TYPE,
    )
    _add_headers(answer, problem, request._request)
    return answer


def as_domain_error(error: Exception, request: Request) -> DomainError | None:
    """Return the domain's word for an exception of Django's or DRF's."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return _validation_problem(error)
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotAllowed(method=request.method, path=request.path)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        problem = getattr(error, "problem", None)  # of a CallerRefused
        return problem if isinstance(problem, DomainError) else TokenMissing()
    if isinstance(error, exceptions.Throttled):
        wait = getattr(error, "wait", None)  # seconds, of a throttle that knows
        return RateLimited(retry_after=max(1, ceil(wait or 1)))
    if isinstance(error, exceptions.PermissionDenied):
        return errors.Forbidden()
    if isinstance(error, exceptions.UnsupportedMediaType):
        return ContentTypeUnsupported(content_type=request.content_type or "")
    if isinstance(error, Http404 | exceptions.NotFound):
        return RouteNotFound(path=request.path)
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(error, exceptions.ParseError | BadRequest | SuspiciousOperation):
        return RequestRefused(reason=str(error))
    return as_outage(error)


def _validation_problem(error: exceptions.ValidationError) -> DomainError:
    """Flatten DRF's tree of details into issues and ASP.NET's ``errors``."""
    issues: list[Issue] = []
    _flatten(error.get_full_details(), "", issues)
    by_field: dict[str, list[str]] = {}
    for issue in issues:
        by_field.setdefault(issue.pointer.lstrip("/").replace("/", "."), []).append(
            issue.detail
        )
    names = ", ".join(filter(None, by_field)) or Phrase("the body")
    return ValidationFailed(
        issues=issues, members={"errors": by_field}, count=len(by_field), names=names
    )


def _flatten(details: object, pointer: str, issues: list[Issue]) -> None:
    if isinstance(details, dict) and {"message", "code"} == details.keys():
        said = sentence_of(str(details["message"]))
        issues.append(Issue(pointer, str(details["code"]), said))
    elif isinstance(details, dict):
        for name, inner in details.items():
            below = pointer if name == "non_field_errors" else f"{pointer}/{name}"
            _flatten(inner, below, issues)
    elif isinstance(details, list):
        for inner in details:
            _flatten(inner, pointer, issues)


def _add_headers(
    answer: HttpResponse | Response, error: DomainError, request: HttpRequest
) -> None:
    say_language(answer, language_of_problem(request))
    if isinstance(error, errors.Unauthenticated):
        answer["WWW-Authenticate"] = 'Bearer realm="altinn"'
    if isinstance(error, errors.RangeUnsatisfiable):
        answer["Content-Range"] = f"bytes */{error.context['size']}"
    if "retry_after" in error.context:
        answer["Retry-After"] = str(error.context["retry_after"])


def _pages(error: DomainError, request: HttpRequest) -> str:
    """Return where the problems' pages are; a refused host is not echoed as one."""
    if isinstance(error, HostUnknown):
        return str(settings.ALTINN_BASE_URL)
    return f"{request.scheme}://{request.get_host()}"


# --- the handlers of every urlconf ----------------------------------------------------
def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django refused before a view."""
    if isinstance(exception, DisallowedHost):
        host = request.META.get("HTTP_HOST", "")
        log.info("host_refused", host=host[:_LOGGED])
        return response(HostUnknown(host=host), request)
    log.info("request_refused", reason=type(exception).__name__)
    if isinstance(exception, RequestDataTooBig):
        return response(BodyTooLarge(), request)
    return response(RequestRefused(reason=type(exception).__name__), request)


def handler403(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    """Answer a denial outside DRF."""
    return response(errors.Forbidden(), request)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address without a route, a person with a page."""
    if missing.wants_page(request):
        answer = missing.page(request, code=RouteNotFound.code)
    else:
        answer = response(RouteNotFound(path=request.path), request)
    vary_by("Accept", answer)
    return answer


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer a failure of the server's own; Django has logged it."""
    return response(as_outage(sys.exc_info()[1]) or InternalError(), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its anti-forgery token."""
    log.info("anti_forgery_failed", reason=reason)
    return response(AntiForgeryFailed(), request)
