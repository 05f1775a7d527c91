"""What would be permitted to whom: for owners, about their own applications."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.explanations import (
    ExplainedResourceSerializer,
    ExplanationSerializer,
    explanation_document,
)
from api.permissions import AUTHENTICATED, require_owner
from api.views import FaceViewSet
from apps_registry import catalogue
from authorization.explain import Subject, decide_for, permitted_actions
from authorization.pdp import Reason
from authorization.resources import Resource
from authorization.services import compiled_policy
from parties.identity import Principal, PrincipalKind
from parties.numbers import LARGEST_ID

_KINDS = [kind.value for kind in PrincipalKind if kind is not PrincipalKind.UNKNOWN]
_WORDS = {
    Reason.PERMIT: "Permit",
    Reason.LEVEL_TOO_LOW: "Permit",  # with an obligation that is not fulfilled
    Reason.DENY: "Deny",
    Reason.NOT_APPLICABLE: "NotApplicable",
    Reason.INDETERMINATE: "Indeterminate",
}
_SOME_PARTY = 1  # roles are held for a party; which one makes no difference
_MOST = 100


def _texts() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=255), max_length=_MOST, required=False
    )


class HypotheticalSubjectSerializer(serializers.Serializer[object]):
    """Somebody made up, who asks; what is left out, he does not have."""

    kind = serializers.ChoiceField(
        _KINDS,
        error_messages={
            "invalid_choice": f'"{{input}}" is none of {", ".join(_KINDS)}.'
        },
    )
    level = serializers.IntegerField(min_value=0, max_value=4, default=0)
    roles = _texts()
    accessPackages = _texts()
    delegatedActions = _texts()
    scopes = _texts()
    org = serializers.CharField(required=False, max_length=40)
    organisationNumber = serializers.CharField(required=False, max_length=9)
    userId = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    systemUserId = serializers.UUIDField(required=False)


class HypotheticalSerializer(serializers.Serializer[object]):
    """A request that nobody makes: who would do what, and where."""

    subject = HypotheticalSubjectSerializer()
    resource = ExplainedResourceSerializer()
    action = serializers.CharField(max_length=64)


class ExplainedDecisionSerializer(serializers.Serializer[object]):
    """What the policy would say, and what would permit it."""

    decision = serializers.ChoiceField(sorted(set(_WORDS.values())))
    permitted = serializers.BooleanField(
        help_text="Whether it would be done: a Permit whose level suffices."
    )
    requiredLevel = serializers.IntegerField(
        allow_null=True, help_text="The level that is lacking."
    )
    permittedActions = serializers.ListField(
        child=serializers.CharField(),
        help_text="Every action of the policy that would be permitted there.",
    )
    explanation = ExplanationSerializer()


class ExplainViewSet(FaceViewSet):
    """Explaining decisions."""

    unkeyed = frozenset({"explain"})
    actions = {"explain": AUTHENTICATED}

    def explain(self, request: Request, **kwargs: object) -> Response:
        """Explain what the policy would say to a request that is made up.

        For service owners, about their own applications. Without a task or an end event
        the explanation lists what permits the action in any state.
        """
        body = self.read_input(HypotheticalSerializer)
        place, action = body["resource"], body["action"]
        require_owner(self.principal, org=place["org"])
        resource = Resource(
            org=place["org"],
            app=place["app"],
            party_id=_SOME_PARTY,
            task=place.get("task", ""),
            end_event=place.get("endEvent", ""),
        )
        compiled = compiled_policy(catalogue.definition_of(resource.org, resource.app))
        subject = _subject(body["subject"])
        decision = decide_for(compiled, subject, resource, action)
        state = resource if resource.task or resource.end_event else None
        return Response(
            {
                "decision": _WORDS[decision.reason],
                "permitted": decision.permitted,
                "requiredLevel": decision.required_level,
                "permittedActions": permitted_actions(compiled, subject, resource),
                "explanation": explanation_document(action, resource, state=state),
            }
        )


def _subject(stated: dict[str, object]) -> Subject:
    def texts(name: str) -> frozenset[str]:
        found = stated.get(name, ())
        return frozenset(found) if isinstance(found, list) else frozenset()

    user_id, level = stated.get("userId"), stated["level"]
    kind = PrincipalKind(stated["kind"])
    principal = Principal(
        kind,
        level=level if isinstance(level, int) else 0,
        user_id=user_id if isinstance(user_id, int) else _some_user(kind),
        org=str(stated.get("org", "")),
        org_number=str(stated.get("organisationNumber", "")),
        system_user_id=str(stated.get("systemUserId", "")),
        scopes=texts("scopes"),
    )
    return Subject(
        principal,
        roles=texts("roles"),
        packages=texts("accessPackages"),
        delegated=texts("delegatedActions"),
    )


def _some_user(kind: PrincipalKind) -> int | None:
    # Roles are held by users; which one makes no difference.
    return 0 if kind is PrincipalKind.USER else None
