"""Explaining a refusal, as far as the caller may know.

Who may read an instance is told what its present state permits to whom. Who names the
application is told what its policy, which is public, permits in whichever state. Who
names only an instance that he may not read learns nothing that he did not send: not
even that there is one.
"""

from rest_framework import serializers

from apps_registry import catalogue
from authorization import services as authorization
from authorization.explain import Explanation, Way, explain
from authorization.resources import Resource
from authorization.services import RoleLookup, compiled_policy

_READ = "read"
_NAMES = {
    "user-id": "userId",
    "party-id": "partyId",
    "person-uuid": "personUuid",
    "org-number": "organisationNumber",
    "package": "accessPackage",
    "system-user": "systemUserId",
}


class ExplainedResourceSerializer(serializers.Serializer[object]):
    """What the action was asked on, as far as the caller may know it."""

    org = serializers.CharField()
    app = serializers.CharField()
    task = serializers.CharField(
        required=False, allow_blank=True, help_text="Id of the current task."
    )
    endEvent = serializers.CharField(
        required=False, allow_blank=True, help_text="Id of the end event."
    )


class NeedSerializer(serializers.Serializer[object]):
    """What the caller must have: one of the values of an attribute."""

    attribute = serializers.CharField(
        help_text="role, accessPackage, org, organisationNumber, systemUserId, userId,"
        " partyId, personUuid, level, scope or session."
    )
    anyOf = serializers.ListField(child=serializers.CharField())


class WaySerializer(serializers.Serializer[object]):
    """One way in which the policy permits the action."""

    allOf = NeedSerializer(many=True)
    task = serializers.CharField(
        required=False, help_text="Only while the instance stands in this task."
    )
    endEvent = serializers.CharField(
        required=False, help_text="Only when the instance has ended there."
    )


class ExplanationSerializer(serializers.Serializer[object]):
    """What was asked, and what would permit it."""

    action = serializers.CharField()
    resource = ExplainedResourceSerializer(required=False, allow_null=True)
    permittedBy = WaySerializer(many=True, required=False)
    conditional = serializers.BooleanField(
        required=False,
        help_text="true: the policy has conditions, so no list tells what permits.",
    )
    minimumLevel = serializers.IntegerField(required=False)
    minimumLevelOrg = serializers.IntegerField(
        required=False, allow_null=True, help_text="The level that suffices an org."
    )


def explain_refusal(
    roles: RoleLookup, *, resource: Resource, action: str, app_stated: bool
) -> dict[str, object]:
    """Return the explanation of a refusal on an app or a stored instance.

    ``app_stated``: the caller's own address or body names the app. Raises AppNotFound.
    """
    if resource.instance_id and action != _READ:
        may_read = authorization.decide(roles, resource=resource, action=_READ)
        if may_read.permitted:
            return explanation_document(action, resource, state=resource)
    if app_stated or not resource.instance_id:
        return explanation_document(action, resource)
    return unexplained(action)


def unexplained(action: str) -> dict[str, object]:
    """Return what is told of a refusal where nothing may be known."""
    return {"action": action, "resource": None}


def explanation_document(
    action: str, resource: Resource, *, state: Resource | None = None
) -> dict[str, object]:
    """Return what permits the action in the app; in that state, if one is given.

    Raises AppNotFound.
    """
    definition = catalogue.definition_of(resource.org, resource.app)
    found = explain(compiled_policy(definition), action, state=state)
    named: dict[str, object] = {"org": resource.org, "app": resource.app}
    if state is not None:
        named |= _place(task=state.task, end_event=state.end_event)
    return {"action": action, "resource": named, **_ways_document(found)}


def _ways_document(found: Explanation) -> dict[str, object]:
    return {
        "permittedBy": [_way_document(way) for way in found.ways],
        "conditional": not found.listable,
        "minimumLevel": found.min_level,
        "minimumLevelOrg": found.min_level_org,
    }


def _way_document(way: Way) -> dict[str, object]:
    needs = [
        {"attribute": _NAMES.get(name, name), "anyOf": list(values)}
        for name, values in way.wanted
    ]
    return {"allOf": needs, **_place(task=way.task, end_event=way.end_event)}


def _place(*, task: str, end_event: str) -> dict[str, object]:
    places = {"task": task, "endEvent": end_event}
    return {name: place for name, place in places.items() if place}
