"""The decision point over HTTP, for the platform and for service owners."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api import audit
from api.parsers import JSONParser
from api.permissions import AUTHENTICATED, PLATFORM_ALONE, ScopeMissing, require_owner
from api.platform.authorization import decision_json, decision_xml
from api.platform.authorization.decision_requests import RequestUnreadable, read_body
from api.problems import ContentTypeUnsupported
from api.uploads import body_stream, is_xml, media_type
from api.views import FaceViewSet
from authorization.context import Asked, Context, Unanswerable, complete
from authorization.decisions import Result, decide_contexts
from authorization.evaluator import Status
from authorization.resources import Resource
from instances.models import Instance
from parties.identity import PrincipalKind

AUTHORIZE: Final = "altinn:authorization/authorize"
AUTHORIZE_ALL: Final = f"{AUTHORIZE}.admin"  # of resources of other owners too
_XML = "application/xml"
_XACML_XML = "application/xacml+xml"
_DECIDED_BY = ("org", "app_id", "owner_party_id", "current_task", "end_event")
_ORGANISATIONS = (PrincipalKind.SERVICE_OWNER, PrincipalKind.ORGANISATION)


class DecisionViewSet(FaceViewSet):
    """Decisions by the policies of applications."""

    unkeyed = frozenset({"decide", "authorize"})
    actions = {"decide": PLATFORM_ALONE, "authorize": AUTHENTICATED}

    def decide(self, request: Request, **kwargs: object) -> HttpResponse:
        """Decide a request, or several at once, in XACML's JSON profile or in XML.

        The answer has a result for each reference, in their order. One that cannot be
        decided is Indeterminate for itself alone, and says why; a body that is no
        request at all is answered with one Indeterminate. Where the resource names a
        stored instance, what is stored counts and not what the request states.
        """
        sent = media_type(request._request.META.get("CONTENT_TYPE"))
        if sent == _XACML_XML or (sent and is_xml(sent)):
            results = self._decided(decision_xml.read_request)
            content = decision_xml.response_content(results)
            return HttpResponse(content, content_type=_XML)
        self._require_json(sent)
        results = self._decided(decision_json.read_request)
        return Response(decision_json.response_document(results))

    def authorize(self, request: Request, **kwargs: object) -> Response:
        """Decide requests about the caller's own applications, in the JSON profile.

        Persons and organisations may be named by their numbers. It takes the scope
        `altinn:authorization/authorize`; with `altinn:authorization/authorize.admin`
        also applications of other owners.
        """
        scopes = self.principal.scopes
        if self.principal.kind not in _ORGANISATIONS or scopes.isdisjoint(
            {AUTHORIZE, AUTHORIZE_ALL}
        ):
            raise ScopeMissing(scope=AUTHORIZE)
        self._require_json(media_type(request._request.META.get("CONTENT_TYPE")))
        own = None if AUTHORIZE_ALL in scopes else self.principal.org
        results = self._decided(decision_json.read_request, own=own)
        return Response(decision_json.response_document(results))

    def _decided(
        self, read: Callable[[bytes], list[Asked]], *, own: str | None = None
    ) -> list[Result]:
        """Read, complete, decide and record; ``own`` is the one org that it may be."""
        try:
            asked = read(read_body(body_stream(self.request._request)))
        except RequestUnreadable as error:
            asked = [Unanswerable(Status.SYNTAX_ERROR, error.reason)]
        # Others' instances are as unknown ones, so that asking finds none of them.
        contexts = complete(asked, instances=partial(_stored, own=own))
        if own is not None:
            for context in contexts:
                if isinstance(context, Context):
                    require_owner(self.principal, org=context.resource.org)
        results = decide_contexts(contexts)
        audit.record_decisions(contexts, results)
        return results

    @staticmethod
    def _require_json(sent: str) -> None:
        if sent and not JSONParser().accepts(sent):
            raise ContentTypeUnsupported(content_type=sent)


def _stored(guids: Collection[UUID], *, own: str | None) -> Mapping[UUID, Resource]:
    """Return those of the instances that are stored; of one org, if one is given."""
    rows = Instance.objects.filter(pk__in=guids)
    if own is not None:
        rows = rows.filter(org=own)
    return {row.pk: row.resource for row in rows.only(*_DECIDED_BY)}
