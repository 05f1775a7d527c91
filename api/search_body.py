"""The body of a search: the parameters of the list of instances as members.

``{"process": {"isComplete": true}}`` is ``process.isComplete=true``, and so is
``{"process.isComplete": true}``. A list gives a parameter several values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rest_framework import serializers

from api.filters import ANY_DATA_VALUE, FILTERS
from api.list_query import LIST_PARAMETERS
from api.owners import ORGANISATION, PERSON
from api.pagination import PARAMETER
from api.parameters import Parameters
from common.errors import Invalid, Issue

_MEMBERS = (*FILTERS, ANY_DATA_VALUE, *LIST_PARAMETERS, PERSON, ORGANISATION)


class SearchInvalid(Invalid):
    """The body of a search is one object, whose members are the list's parameters."""

    code = "search-invalid"
    detail = "The body of a search is a JSON object; this one is {given}."


class SearchSerializer(serializers.Serializer[object]):
    """The list's parameters, as dotted names or nested, with one value or several."""

    org = serializers.CharField(required=False)
    appId = serializers.CharField(required=False, help_text="org/app")
    instanceOwner = serializers.DictField(  # as the document of an instance nests it
        required=False, help_text="partyId, personNumber or organisationNumber."
    )
    process = serializers.DictField(
        required=False, help_text="currentTask, isComplete, ended, endEvent."
    )
    status = serializers.DictField(
        required=False, help_text="isArchived, isSoftDeleted, isHardDeleted."
    )
    dataValues = serializers.DictField(
        required=False, help_text="Each key with the value that it must have."
    )
    externalReference = serializers.CharField(required=False)
    sortBy = serializers.CharField(required=False)
    size = serializers.IntegerField(required=False)
    count = serializers.ChoiceField(["exact", "estimated", "none"], required=False)
    continuationToken = serializers.CharField(required=False)


def searched(body: object, in_address: Parameters) -> Parameters:
    """Return the body's parameters; a token in the address counts as the body's.

    What is unknown or no value is among their findings. Raises SearchInvalid.
    """
    if not isinstance(body, Mapping):
        raise SearchInvalid(given=type(body).__name__)
    unreadable: list[Issue] = []
    given = [
        (name, list(_texts(name, value, unreadable))) for name, value in _flat(body)
    ]
    given.append((PARAMETER, [*in_address.texts(PARAMETER)]))
    read = Parameters.of(given, _MEMBERS, strict=True, in_body=True)
    findings = (*in_address.findings, *read.findings, *unreadable)
    return replace(read, findings=findings)


def _flat(body: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield members by dotted names; a key of data values may have dots itself."""
    for name, value in body.items():
        if isinstance(value, Mapping) and not prefix:
            yield from _flat(value, f"{name}.")
        else:
            yield f"{prefix}{name}", value


def _texts(name: str, value: object, unreadable: list[Issue]) -> Iterator[str]:
    """Yield a member's values as the texts that a query would have."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, bool):
            yield "true" if one else "false"
        elif isinstance(one, str | int):
            yield str(one)
        elif one is not None:
            pointer = f"/{name.replace('.', '/')}"
            detail = f"{name} must be a text, a number, true or false, or several."
            unreadable.append(Issue(pointer, "parameter-value-invalid", detail))
