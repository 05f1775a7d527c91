"""Tags of data elements, and metadata that users define."""

from collections import Counter
from collections.abc import Iterable

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.validated import ValidatedViewSet
from api.serializers.data_elements import KeyValueSerializer
from api.serializers.issues import SourceIssuesSerializer
from api.serializers.limits import MOST, NAME
from common.errors import Invalid
from common.transactions import together
from data_elements import descriptions, rules
from data_elements.models import DataElement
from data_elements.services import WriteRules
from process.validation.issues import grouped_document
from process.validation.validators import Changes


class TagInvalid(Invalid):
    """A tag is of letters, ``-`` and ``_``, and has up to 255 of them."""

    code = "tag-invalid"
    title = "Invalid tag name"
    detail = "Tags may only contain letters, '-' and '_'."


class KeysTwice(Invalid):
    """Each key of an element's metadata stands there once."""

    code = "metadata-keys-twice"
    detail = "The following keys are duplicated: {keys}"


class KeysNotAllowed(Invalid):
    """The data type names the keys that its elements' metadata may have."""

    code = "metadata-keys-not-allowed"
    detail = "The following keys are not allowed: {keys}"


class TagsSerializer(serializers.Serializer[object]):
    """The tags of an element."""

    tags = serializers.ListField(child=serializers.CharField(allow_blank=True))


class TagsSetSerializer(TagsSerializer):
    """The tags of an element, and what is amiss in its data where that was asked."""

    validationIssues = SourceIssuesSerializer(many=True, allow_null=True)


class UserDefinedMetadataSerializer(serializers.Serializer[object]):
    """What users have said of an element, by key."""

    userDefinedMetadata = serializers.ListField(
        child=KeyValueSerializer(), max_length=MOST
    )


class DescriptionViewSet(ValidatedViewSet):
    """What describes a data element."""

    actions = {
        "tags": "read",
        "add_tag": "write",
        "set_tags": "write",
        "remove_tag": "write",
        "metadata_of_users": "read",
        "set_metadata_of_users": "write",
    }
    parameters = {"set_tags": ("ignoredValidators", "language")}

    def tags(self, request: Request, **kwargs: object) -> Response:
        """List the tags."""
        return Response({"tags": self.get_element(self.get_instance()).tags})

    def add_tag(self, request: Request, **kwargs: object) -> Response:
        """Add a tag, the body, which is a JSON string; one that is there stays."""
        element = self._writable()
        tag = _tag(self.read_json())
        descriptions.add_tag(
            self.principal, element=element, tag=tag, rules=_rules(element)
        )
        own = self.links.element(element.instance, element.id)["apps"]
        return Response(
            {"tags": element.tags}, status=201, headers={"Location": f"{own}/tags"}
        )

    def set_tags(self, request: Request, **kwargs: object) -> Response:
        """Replace the tags."""
        element = self._writable()
        given = self.read_input(TagsSerializer)["tags"]
        tags = list(dict.fromkeys(_tag(tag) for tag in given))
        if len(tags) > descriptions.MOST_TAGS:
            raise descriptions.TooManyTags(
                element_id=element.id, most=descriptions.MOST_TAGS
            )
        ignored = self.ignored_in_query()
        found = None
        with together():
            descriptions.set_tags(
                self.principal, element=element, tags=tags, rules=_rules(element)
            )
            if ignored is not None:
                instance = element.instance
                issues = self.issues_after(instance, Changes(), ignored=ignored)
                found = grouped_document(issues)
        return Response({"tags": element.tags, "validationIssues": found})

    def remove_tag(self, request: Request, **kwargs: object) -> Response:
        """Remove a tag; one that is not there is as removed."""
        element = self._writable()
        tag = self.kwargs["tag"]
        descriptions.remove_tag(
            self.principal, element=element, tag=tag, rules=_rules(element)
        )
        return Response(status=204)

    def metadata_of_users(self, request: Request, **kwargs: object) -> Response:
        """Read the metadata that users have defined."""
        element = self.get_element(self.get_instance())
        return Response({"userDefinedMetadata": element.user_defined_metadata or []})

    def set_metadata_of_users(self, request: Request, **kwargs: object) -> Response:
        """Replace the metadata that users have defined."""
        element = self._writable()
        body = self.read_input(UserDefinedMetadataSerializer)
        values = [dict(one) for one in body["userDefinedMetadata"]]
        keys = [one["key"] for one in values]
        if twice := [key for key, count in Counter(keys).items() if count > 1]:
            raise KeysTwice(keys=", ".join(twice))
        allowed = self.app.data_type(element.data_type).allowed_metadata_keys
        if allowed and (others := [key for key in keys if key not in allowed]):
            raise KeysNotAllowed(keys=", ".join(others))
        descriptions.set_user_metadata(
            self.principal, element=element, values=values, rules=_rules(element)
        )
        return Response({"userDefinedMetadata": element.user_defined_metadata or []})

    def _writable(self) -> DataElement:
        """Return the element at the address, if the caller may change it now."""
        instance = self.get_instance()
        element = self.get_element(instance)
        data_type = self.type_of(element)
        self.require_write(instance, data_type)
        rules.ensure_replaceable(self.principal, instance=instance, data_type=data_type)
        return element


def _rules(element: DataElement) -> WriteRules:
    return WriteRules(in_task=element.instance.current_task or "")


def _tag(given: object) -> str:
    """Return the tag; raises TagInvalid."""
    if (
        not isinstance(given, str)
        or not 0 < len(given) <= NAME
        or not _is_of_letters(given)
    ):
        raise TagInvalid
    return given


def _is_of_letters(characters: Iterable[str]) -> bool:
    return all(one.isalpha() or one in "-_" for one in characters)
