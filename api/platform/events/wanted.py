"""Reading what a subscription asks for, and whether the caller may ask for it."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from django.conf import settings

from api.permissions import ScopeMissing, require
from apps_registry import addresses, catalogue
from apps_registry.bpmn import EndEvent, Task
from apps_registry.definition import AppDefinition
from apps_registry.errors import AppNotFound
from authorization import services as authorization
from authorization.resources import Resource
from authorization.services import RoleLookup
from common.egress import EgressRefused, target_of, to_receivers
from common.errors import Issue
from events.cloudevents import (
    APP_RESOURCE,
    OF_EVERY_APP,
    app_of,
    app_resource,
    moved_to,
)
from events.errors import SourceNotServed, SubscriptionInvalid
from events.services import Wanted
from parties.models import Party
from parties.numbers import LARGEST_ID, whole_number

_GENERIC_SCOPE = "altinn:events.subscribe"
_PARTY, _ORG, _PERSON = "/party/", "/org/", "/person/"
_NOBODY = 0  # no party has this id


def read_wanted(roles: RoleLookup, body: Mapping[str, str | None]) -> Wanted:
    """Return what is asked for, if the caller may be told of it.

    An application's owner may be told of all; anybody else names a party for which he
    may read. Raises SubscriptionInvalid, ScopeMissing, SourceNotServed, NotPermitted or
    LevelTooLow.
    """
    given = {name: value or "" for name, value in body.items()}
    issues = list(_issues(given))
    if issues:
        raise invalid(issues)
    definition = _application(roles, given)
    resource = app_resource(definition.org, definition.app)
    stated = given.get("resourceFilter", "")
    if stated and stated != resource:
        raise invalid(
            [_issue("resourceFilter", "It names another application than the source.")]
        )
    if issue := _issue_of_type(given.get("typeFilter", ""), definition):
        raise invalid([issue])
    wanted = Wanted(
        end_point=given["endPoint"],
        resource=resource,
        source=_without_slash(given.get("sourceFilter", "")),
        subject=given.get("subjectFilter", ""),
        alternative_subject=given.get("alternativeSubjectFilter", ""),
        type=given.get("typeFilter", ""),
    )
    if not roles.principal.owns(definition.org):
        _ensure_permitted(roles, definition, wanted)
    return wanted


def invalid(issues: list[Issue]) -> SubscriptionInvalid:
    """Return the problem that lists these findings."""
    errors: dict[str, list[str]] = {}
    for issue in issues:
        errors.setdefault(issue.pointer.lstrip("/"), []).append(issue.detail)
    reasons = " ".join(issue.detail for issue in issues)
    return SubscriptionInvalid(
        issues=issues, members={"errors": errors}, reasons=reasons
    )


def _issues(given: Mapping[str, str]) -> Iterator[Issue]:
    try:
        hosts = to_receivers().internal_hosts
        target_of(given["endPoint"], internal_hosts=hosts)
    except EgressRefused as error:
        yield _issue("endPoint", f"The receiver cannot be called: {error.reason}.")
    if not given.get("sourceFilter") and not given.get("resourceFilter"):
        yield _issue(
            "resourceFilter", "Name the application: sourceFilter or resourceFilter."
        )
    subject = given.get("subjectFilter", "")
    if subject and _party_id(subject) is None:
        yield _issue("subjectFilter", f"{subject!r} is not /party/ and a party id.")
    other = given.get("alternativeSubjectFilter", "")
    if other and not other.startswith((_ORG, _PERSON, "urn:")):
        yield _issue(
            "alternativeSubjectFilter",
            "It begins with /org/, /person/ or urn:, as events have it.",
        )


def _application(roles: RoleLookup, given: Mapping[str, str]) -> AppDefinition:
    """Return the application; of what is none of this server's nobody is told."""
    source, resource = given.get("sourceFilter", ""), given.get("resourceFilter", "")
    org, app = _app_at(source) if source else app_of(resource)
    try:
        return catalogue.definition_of(org, app)
    except AppNotFound:
        # Which applications there are is public, so a slip is no lack of a scope.
        if _is_of_this_server(source):
            raise invalid([_issue("sourceFilter", _no_address(source))]) from None
        if not source and resource.startswith(APP_RESOURCE):
            raise invalid([_issue("resourceFilter", _no_name(resource))]) from None
        if _GENERIC_SCOPE not in roles.principal.scopes:
            raise ScopeMissing(scope=_GENERIC_SCOPE) from None
        raise SourceNotServed(source=source or resource) from None


def _app_at(source: str) -> tuple[str, str]:
    """Return the org and the app whose address the source begins with, or nothing."""
    try:
        segments = urlsplit(source).path.split("/")
    except ValueError:
        return "", ""
    if len(segments) < 3:
        return "", ""
    org, app = segments[1], segments[2]
    base = f"{addresses.application_base(org)}/{org}/{app}"
    return (org, app) if f"{source}/".startswith(f"{base}/") else ("", "")


def _is_of_this_server(source: str) -> bool:
    try:
        host = urlsplit(source).hostname or ""
    except ValueError:
        return False
    ours = urlsplit(settings.ALTINN_BASE_URL).hostname or ""
    return host == ours or host.endswith(f".{ours}")


def _no_address(source: str) -> str:
    pattern = f"{addresses.application_base('{org}')}/{{org}}/{{app}}"
    return (
        f"{source!r} is the address of no application; applications are at {pattern},"
        f" and {_list_of_apps()} lists them."
    )


def _no_name(resource: str) -> str:
    return f"{resource!r} names no application; {_list_of_apps()} lists them."


def _list_of_apps() -> str:
    return f"{addresses.platform_base()}/storage/api/v1/applications"


def _issue_of_type(stated: str, definition: AppDefinition) -> Issue | None:
    """Return what is amiss with a type that no event of the application has."""
    tasks = [
        one for one in definition.process.elements.values() if isinstance(one, Task)
    ]
    known = [*OF_EVERY_APP, *(moved_to(task.id) for task in tasks)]
    if not stated or stated in known:
        return None
    detail = (
        f"No event of {definition.app_id} has the type {stated!r}; those it has are:"
        f" {', '.join(known)}."
    )
    return _issue("typeFilter", detail)


def _without_slash(source: str) -> str:
    return source.rstrip("/")


def _ensure_permitted(
    roles: RoleLookup, definition: AppDefinition, wanted: Wanted
) -> None:
    """Raise unless the caller may read for the party, in some state of an instance.

    Whether he may read the very instance is asked when an event of it is sent.
    """
    if not wanted.subject and not wanted.alternative_subject:
        detail = (
            f"Only the service owner {definition.org} is told of everybody; name a"
            " party: subjectFilter or alternativeSubjectFilter."
        )
        raise invalid([_issue("subjectFilter", detail)])
    party_id = _party_of(wanted)
    somewhere = Resource(definition.org, definition.app, party_id=party_id)
    if not any(
        authorization.decide(roles, resource=resource, action="read").permitted
        for resource in _states(definition, party_id)
    ):
        require(roles, resource=somewhere, action="read", app_stated=True)


def _states(definition: AppDefinition, party_id: int) -> Iterator[Resource]:
    org, app = definition.org, definition.app
    yield Resource(org, app, party_id=party_id)
    for element in definition.process.elements.values():
        if isinstance(element, Task):
            yield Resource(org, app, party_id=party_id, task=element.id)
        elif isinstance(element, EndEvent):
            yield Resource(org, app, party_id=party_id, end_event=element.id)


def _party_of(wanted: Wanted) -> int:
    """Return the party that both filters name; 0 for none, which nobody acts for."""
    named = _party_id(wanted.subject) if wanted.subject else None
    other = wanted.alternative_subject
    rows = Party.objects.none()
    if other.startswith(_ORG):
        rows = Party.objects.with_org_number(other.removeprefix(_ORG))
    elif other.startswith(_PERSON):
        rows = Party.objects.with_ssn(other.removeprefix(_PERSON))
    elif other:
        rows = Party.objects.with_external_urn(other)
    found = rows.values_list("pk", flat=True).first() if other else named
    if found is None or (named is not None and named != found):
        return _NOBODY
    return found


def _party_id(subject: str) -> int | None:
    number = whole_number(subject.removeprefix(_PARTY))
    if not subject.startswith(_PARTY) or number is None or number > LARGEST_ID:
        return None
    return number


def _issue(member: str, detail: str) -> Issue:
    return Issue(f"/{member}", "subscription-invalid", detail)
