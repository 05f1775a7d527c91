"""The documents of deployments: how each is written, and what it declares."""

from rest_framework import serializers

from api.serializers.problems import ProblemIssueSerializer
from apps_registry.models import Deployment
from common.times import wire_time


class DeploymentSerializer(serializers.Serializer[object]):
    """A deployment of an application; none ever changes."""

    org = serializers.CharField()
    app = serializers.CharField()
    number = serializers.IntegerField(help_text="Counts from 1 in each application.")
    label = serializers.CharField(  # type: ignore[assignment]  # the wire's name
        allow_blank=True
    )
    created = serializers.DateTimeField()
    createdBy = serializers.CharField(allow_blank=True)
    contentHash = serializers.CharField(help_text="SHA-256 over all its files.")
    files = serializers.IntegerField(help_text="How many files it has.")
    served = serializers.BooleanField(help_text="Whether this is the one in force.")
    href = serializers.CharField()


class DeploymentReportSerializer(DeploymentSerializer):
    """What became of an upload, and what deserves a look."""

    isNew = serializers.BooleanField(
        help_text="false: the same content was a deployment already."
    )
    warnings = ProblemIssueSerializer(many=True)


class DeploymentListSerializer(serializers.Serializer[object]):
    """A page of an application's deployments, newest first."""

    deployments = DeploymentSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The following page.")


_NAMES = serializers.ListField


class DifferenceSerializer(serializers.Serializer[object]):
    """Names of what was added, removed and changed; 200 of each at most."""

    added = _NAMES(child=serializers.CharField())
    removed = _NAMES(child=serializers.CharField())
    changed = _NAMES(child=serializers.CharField())


class NamedDifferenceSerializer(DifferenceSerializer):
    """The same for the named parts of one file."""

    rewritten = serializers.BooleanField(
        help_text="The file differs, and none of its named parts does."
    )


class MemberDifferenceSerializer(serializers.Serializer[object]):
    """A member of the metadata that differs; values are JSON, cut short."""

    pointer = serializers.CharField(help_text="Data types stand under their ids.")
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class ComparisonSerializer(serializers.Serializer[object]):
    """What changed from one deployment to another."""

    before = serializers.IntegerField()
    after = serializers.IntegerField()
    metadata = MemberDifferenceSerializer(many=True)
    process = NamedDifferenceSerializer(help_text="Elements and flows by id.")
    policy = NamedDifferenceSerializer(help_text="Rules by id.")
    texts = serializers.DictField(
        child=NamedDifferenceSerializer(), help_text="By file; texts by id."
    )
    schemas = DifferenceSerializer(help_text="Paths of data models.")
    others = DifferenceSerializer(help_text="Paths of all other files.")


def deployment_document(
    deployment: Deployment, *, org: str, app: str, served: bool, files: int, href: str
) -> dict[str, object]:
    """Return a deployment's document."""
    return {
        "org": org,
        "app": app,
        "number": deployment.number,
        "label": deployment.label,
        "created": wire_time(deployment.created),
        "createdBy": deployment.created_by,
        "contentHash": deployment.content_hash,
        "files": files,
        "served": served,
        "href": href,
    }
