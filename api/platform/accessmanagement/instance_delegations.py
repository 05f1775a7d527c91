"""Rights to an instance, given and revoked by the instance's own application."""

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import platform_caller
from api.issuer import PLATFORM
from api.permissions import PLATFORM as PLATFORM_TOKEN
from api.serializers.delegations import (
    InstanceDelegationSerializer,
    result_document,
)
from api.views import FaceViewSet
from apps_registry import xacml_ast as ast
from authorization import instance_delegation
from authorization.instance_delegation import Identifier, Right
from authorization.resources import Resource
from common.errors import Forbidden, Invalid, Issue
from instances.errors import InstanceNotFound


class OwnAppOnly(Forbidden):
    """Only the application itself gives rights to its instances.

    The platform access token must be the app's own: its ``iss`` the org code and its
    ``urn:altinn:app`` the app's name.
    """

    code = "own-app-only"
    detail = "The platform access token is not one of the application {resource}."


class RightElsewhere(Invalid):
    """A right names another application than the address, or something unknown.

    Its ``resource`` may name the org, the app, the resource id and one task.
    """

    code = "right-elsewhere"
    detail = "{count} right(s) are not to the instance at this address."


class InstanceDelegationViewSet(FaceViewSet):
    """Rights that an application gives others to one of its instances."""

    actions = {"delegate": PLATFORM_TOKEN, "revoke": PLATFORM_TOKEN}

    def delegate(self, request: Request, **kwargs: object) -> Response:
        """Give rights that the application's policy lets the application give.

        Answers 206 when it lets it give only some of them.
        """
        words = ("NotDelegated", "Delegated")
        return self._each(instance_delegation.delegate, words)

    def revoke(self, request: Request, **kwargs: object) -> Response:
        """Take back rights that the application gave; nobody can use them any more.

        Answers 206 when some of them were not there.
        """
        words = ("NotRevoked", "Revoked")
        return self._each(instance_delegation.revoke, words)

    def _each(
        self, change: Callable[..., list[bool]], words: tuple[str, str]
    ) -> Response:
        instance = self._own_instance()
        body = self.read_input(InstanceDelegationSerializer)
        done = change(
            instance=instance,
            giver=Identifier(**body["from"]),
            to=Identifier(**body["to"]),
            rights=_rights(body["rights"], instance),
        )
        document = result_document(
            body,
            resource=self.kwargs["resource"],
            instance=str(self.guid),
            words=[words[is_done] for is_done in done],
        )
        return Response(document, status=200 if all(done) else 206)

    def _own_instance(self) -> Resource:
        """Return the instance, if the application at the address is the caller.

        Raises OwnAppOnly and InstanceNotFound.
        """
        caller, resource = platform_caller(self.request), self.kwargs["resource"]
        name = "" if caller is None else str(caller)
        if caller is not None and caller.issuer == PLATFORM:
            name = caller.app  # components of the platform vouch for the whole name
        org, _, app = name.partition("/")
        if resource != ast.app_attributes(org, app)[ast.RESOURCE_ID]:
            raise OwnAppOnly(resource=resource)
        instance = self.find_instance()
        if instance is None or instance.app_id != name:
            raise InstanceNotFound(instance_id=str(self.guid))
        return instance.resource


def _rights(rights: Sequence[dict[str, Any]], instance: Resource) -> list[Right]:
    """Return the rights; raises RightElsewhere for what the address does not name."""
    known = {
        **ast.app_attributes(instance.org, instance.app),
        ast.INSTANCE_ID: instance.instance_id,
    }
    found: list[Right] = []
    issues: list[Issue] = []
    for number, right in enumerate(rights):
        tasks: list[str] = []
        for place, urn in enumerate(right["resource"]):
            name, value = urn["type"], urn["value"]
            if name == ast.TASK:
                tasks.append(value)
            if known.get(name) != value and (name != ast.TASK or len(tasks) > 1):
                detail = f"{name} {value!r} is not of this instance; leave it out."
                pointer = f"/rights/{number}/resource/{place}"
                issues.append(Issue(pointer, "resource-elsewhere", detail))
        found.append(Right(right["action"]["value"], tasks[0] if tasks else ""))
    if issues:
        raise RightElsewhere(issues=issues, count=len({i.pointer for i in issues}))
    return found
