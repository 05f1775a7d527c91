"""Whom the caller acts for in an application: the list, the choice, the present one."""

from typing import Final

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.callers import id_parameter, require_identity
from api.cookies import set_party
from api.permissions import AUTHENTICATED
from api.selected_party import is_stated, selected_party
from api.serializers.parties import (
    PartySerializer,
    party_document,
    party_list_document,
)
from authorization import party_types
from authorization.representation import (
    ListedParty,
    can_represent,
    own_party,
    party_list,
)
from common.errors import Invalid, Phrase
from parties.errors import PartyNotFound
from parties.identity import Principal, PrincipalKind
from parties.models import Party

_FILTER, _PARTY = "allowedToInstantiateFilter", "partyId"
_AS_OBJECT = "returnPartyObject"
_NOT_REPRESENTED: Final = "The user does not represent the supplied party"
_NOT_ALLOWED: Final = "The supplied party is not allowed to instantiate the application"


class PartyNotSelectable(Invalid):
    """The caller cannot represent the party, so it cannot be selected.

    ``api/v1/parties`` lists those that can be.
    """

    code = "party-not-selectable"
    detail = "{caller} cannot represent party {party_id}."


class InstantiationValidationSerializer(serializers.Serializer[object]):
    """Whether the caller may make an instance for a party."""

    valid = serializers.BooleanField()
    message = serializers.CharField(allow_null=True)
    customTextKey = serializers.CharField(allow_null=True)
    customTextParameters = serializers.DictField(
        child=serializers.CharField(), allow_null=True
    )
    validParties = PartySerializer(
        many=True, allow_null=True, help_text="For whom the caller may make one."
    )


class AboutCallerViewSet(AppViewSet):
    """A call about the caller, in an app that there is."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse unknown apps, and callers of whom nothing can be said."""
        super().initial(request, *args, **kwargs)
        self.stated_app()
        require_identity(self.principal)

    @property
    def is_user(self) -> bool:
        """Whether the caller is a user, who may act for several parties."""
        return self.principal.kind is PrincipalKind.USER


class PartyViewSet(AboutCallerViewSet):
    """Parties that the caller can represent."""

    unkeyed = frozenset({"validate_instantiation", "select"})
    actions = {
        "list": AUTHENTICATED,
        "select": AUTHENTICATED,
        "validate_instantiation": AUTHENTICATED,
    }
    parameters = {"list": (_FILTER,), "validate_instantiation": (_PARTY,)}

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the parties that the caller can represent.

        `allowedToInstantiateFilter=true` keeps a user's that the application is for.
        """
        narrow = self.query.flag(_FILTER) or False
        listed = party_list(self.principal)
        if narrow and self.is_user:
            listed = party_types.allowed_of(self.app, listed)
        return Response(party_list_document(listed, masked=True))

    def select(self, request: Request, **kwargs: object) -> HttpResponse:
        """Select the party that the browser acts for; the cookie AltinnPartyId."""
        party_id: int = self.kwargs["party"]
        if not can_represent(self.principal, party_id=party_id):
            raise PartyNotSelectable(caller=_name(self.principal), party_id=party_id)
        answer = HttpResponse(
            "Party successfully updated", content_type="text/plain; charset=utf-8"
        )
        set_party(answer, request._request, party_id)
        return answer

    def validate_instantiation(self, request: Request, **kwargs: object) -> Response:
        """Tell whether the caller may make an instance for the party, as far as types.

        The policy is asked when the instance is made.
        """
        party_id = id_parameter(self.query, _PARTY)
        if self.principal.kind is PrincipalKind.SERVICE_OWNER:
            return Response(_validation())
        listed = party_list(self.principal)
        party = _represented(listed, party_id)
        if party is not None and party_types.is_allowed(self.app, party):
            return Response(_validation())
        if self.is_user:
            listed = party_types.allowed_of(self.app, listed)
        message = _NOT_REPRESENTED if party is None else _NOT_ALLOWED
        return Response(_validation(message, listed))


class CurrentPartyViewSet(AboutCallerViewSet):
    """The party that the caller acts for."""

    actions = {"retrieve": AUTHENTICATED}
    parameters = {"retrieve": (_AS_OBJECT,)}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read whom the caller acts for, as party id or as an object.

        That is the selected party, or the caller's own; a selection that the user
        cannot represent is switched back.
        """
        as_object = self.query.flag(_AS_OBJECT) or False
        party = None
        if self.is_user:
            party = selected_party(request._request, self.principal)
        switched = party is None and is_stated(request._request)
        party = party or own_party(self.principal)
        if party is None:
            raise PartyNotFound(what="caller's token against the register")
        answer = Response(party_document(party, masked=True) if as_object else party.pk)
        if switched and self.is_user:
            set_party(answer, request._request, party.pk)
        return answer


def _represented(listed: list[ListedParty], party_id: int) -> Party | None:
    """Return the party, if the list has it other than as an element of hierarchy."""
    parties = [
        party
        for item in listed
        for party in (*item.sub_units, *([] if item.only_hierarchy else [item.party]))
    ]
    return next((party for party in parties if party.pk == party_id), None)


def _validation(
    message: str | None = None, listed: list[ListedParty] | None = None
) -> dict[str, object]:
    return {
        "valid": message is None,
        "message": message,
        "customTextKey": None,
        "customTextParameters": None,
        "validParties": None
        if listed is None
        else party_list_document(listed, masked=True),
    }


def _name(principal: Principal) -> Phrase:
    """Return what Altinn calls the caller."""
    if principal.kind is PrincipalKind.SERVICE_OWNER:
        return Phrase("Service owner {org}", org=principal.org)
    if principal.kind is PrincipalKind.SYSTEM_USER:
        return Phrase("System user {id}", id=principal.system_user_id)
    if principal.kind is PrincipalKind.ORGANISATION:
        return Phrase("Org {number}", number=principal.org_number)
    return Phrase("User {id}", id=principal.user_id)
