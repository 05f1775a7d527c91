"""Policies of applications: replaced by the designer, read by it and the owner."""

import hashlib
from typing import Final

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.audit import actor_of
from api.pagination import DEFAULT_SIZE, MAX_SIZE
from api.permissions import AUTHENTICATED, DESIGNER, PLATFORM, require_owner
from api.problems import ContentTypeUnsupported
from api.serializers.problems import IssueSerializer
from api.uploads import body_stream, is_xml
from api.views import FaceViewSet
from apps_registry import catalogue
from apps_registry import services as registry
from apps_registry.services import DeployedPolicy
from authorization.explain import roles_with_access
from authorization.services import compiled_policy
from common.errors import TooLarge
from common.times import wire_time
from parties.numbers import LARGEST_ID

# The largest known has 37 KB; one call can ask a thousand decisions of it.
MAX_POLICY: Final = 2**18
VERSION_HEADER: Final = "Policy-Version"


class PolicyTooLarge(TooLarge):
    """The policy is larger than any application needs; split what it says."""

    code = "policy-too-large"
    detail = f"A policy may have {MAX_POLICY} bytes; this one has more."


class PolicyReportSerializer(serializers.Serializer[object]):
    """What became of a policy that was sent in."""

    org = serializers.CharField()
    app = serializers.CharField()
    version = serializers.IntegerField(help_text="The deployment that is served now.")
    created = serializers.BooleanField(
        help_text="false: the same was deployed before, and is served again."
    )
    warnings = IssueSerializer(many=True)


class PolicyVersionSerializer(serializers.Serializer[object]):
    """A deployment of the application, and the policy that it has."""

    version = serializers.IntegerField()
    created = serializers.DateTimeField()
    createdBy = serializers.CharField(allow_blank=True)
    served = serializers.BooleanField(help_text="Whether this policy is in force.")
    sha256 = serializers.CharField(help_text="Equal for equal policies.")
    href = serializers.CharField(help_text="The policy itself.")


class PolicyVersionListSerializer(serializers.Serializer[object]):
    """A page of an application's policies, newest first."""

    versions = PolicyVersionSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The following page.")


class PolicyViewSet(FaceViewSet):
    """Policies of applications."""

    actions = {
        "replace": DESIGNER,
        "current": AUTHENTICATED,
        "versions": AUTHENTICATED,
        "version": AUTHENTICATED,
        "roles_with_access": PLATFORM,
    }
    parameters = {"replace": ("org", "app"), "versions": ("size", "before")}

    def replace(self, request: Request, **kwargs: object) -> Response:
        """Replace the policy of an application, and serve it from now on.

        The application is deployed anew with all else as it was. A policy that has
        errors changes nothing; each is listed with its line.
        """
        org, app = (self._required(name) for name in ("org", "app"))
        report = registry.replace_policy(
            org=org, app=app, content=self._policy(), by=actor_of(request)
        )
        return Response(
            {
                "org": org,
                "app": app,
                "version": report.number,
                "created": report.created,
                "warnings": [
                    {"pointer": w.pointer, "code": w.code, "detail": w.detail}
                    for w in report.warnings
                ],
            }
        )

    def current(self, request: Request, **kwargs: object) -> HttpResponse:
        """Download the policy in force; `Policy-Version` has its number."""
        org, app = self._readable()
        return _download(registry.policy_of(org, app))

    def versions(self, request: Request, **kwargs: object) -> Response:
        """List the policies that the application has had, newest first."""
        org, app = self._readable()
        size = self.query.integer("size", least=1, most=MAX_SIZE) or DEFAULT_SIZE
        before = self.query.integer("before", least=1, most=LARGEST_ID)
        found = registry.policies_of(org, app, before=before, most=size + 1)
        page, more = found[:size], len(found) > size
        here = request._request.path
        last = page[-1].deployment.number if page else 0
        following = f"{here}?size={size}&before={last}" if more else None
        listed = [self._version_document(policy) for policy in page]
        return Response({"versions": listed, "next": following})

    def version(self, request: Request, **kwargs: object) -> HttpResponse:
        """Download the policy of one deployment."""
        org, app = self._readable()
        return _download(registry.policy_of(org, app, number=self.kwargs["version"]))

    def roles_with_access(self, request: Request, **kwargs: object) -> Response:
        """List the roles to which the policy can permit anything."""
        org, app = self.kwargs["org"], self.kwargs["app"]
        compiled = compiled_policy(catalogue.definition_of(org, app))
        return Response(roles_with_access(compiled))

    # --- what the calls share ---------------------------------------------------------
    def _readable(self) -> tuple[str, str]:
        """Return the app of the address, for its owner and for the designer."""
        org, app = self.kwargs["org"], self.kwargs["app"]
        if not self.principal.is_designer:
            require_owner(self.principal, org=org)
        return org, app

    def _required(self, name: str) -> str:
        text = self.query.text(name)
        if not text:
            raise self.query.missing(name)
        return text

    def _policy(self) -> bytes:
        request = self.request._request
        sent = request.META.get("CONTENT_TYPE", "")
        if sent and not is_xml(sent):
            raise ContentTypeUnsupported(content_type=sent)
        content = body_stream(request).read(MAX_POLICY + 1)
        if len(content) > MAX_POLICY:
            raise PolicyTooLarge
        return content

    def _version_document(self, policy: DeployedPolicy) -> dict[str, object]:
        deployment = policy.deployment
        path = self.request._request.path
        here = path[: path.lower().rindex("/versions")]
        return {
            "version": deployment.number,
            "created": wire_time(deployment.created),
            "createdBy": deployment.created_by,
            "served": policy.served,
            "sha256": hashlib.sha256(policy.content).hexdigest(),
            "href": f"{here}/{deployment.number}",
        }


def _download(policy: DeployedPolicy) -> HttpResponse:
    digest = hashlib.sha256(policy.content).hexdigest()
    return HttpResponse(
        policy.content,
        content_type="application/xml",
        headers={
            VERSION_HEADER: str(policy.deployment.number),
            "ETag": f'"{digest}"',
            # It is somebody's file: a browser saves it, and shows nothing of it here.
            "Content-Disposition": 'attachment; filename="policy.xml"',
        },
    )
