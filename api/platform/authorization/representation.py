"""Whom a user can represent, and in which roles; each user asks for itself alone."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.callers import id_parameter, require_own_user
from api.permissions import AUTHENTICATED
from api.serializers.parties import party_list_document
from api.views import FaceViewSet
from authorization.representation import can_represent, party_list
from common.errors import NotFound

_USER = "userId"
_HOLDER, _GIVER = "coveredByUserId", "offeredByPartyId"


class NobodyRepresented(NotFound):
    """The register has no party that the user can represent, not even its own."""

    code = "nobody-represented"
    detail = "User {user_id} can represent no party of the register."


class NoRoles(NotFound):
    """The user holds no role for the party, or there is no such party."""

    code = "no-roles"
    detail = "User {user_id} holds no role for party {party_id}."


class RoleSerializer(serializers.Serializer[object]):
    """A role that a user holds for a party."""

    type = serializers.CharField(help_text="Always `altinn`.")
    value = serializers.CharField(help_text="The role's code in capitals: DAGL.")


class RepresentationViewSet(FaceViewSet):
    """Parties that the user can represent."""

    actions = {"list": AUTHENTICATED, "validate": AUTHENTICATED}
    parameters = {"list": (_USER,), "validate": (_USER,)}

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the parties that the user can represent.

        Sub-units stand in `childParties` of their organisation.
        """
        user_id = self._own_user()
        listed = party_list(self.principal)
        if not listed:
            raise NobodyRepresented(user_id=user_id)
        return Response(party_list_document(listed, masked=False))

    def validate(self, request: Request, **kwargs: object) -> Response:
        """Tell whether the user can represent the party."""
        self._own_user()
        party_id: int = self.kwargs["party"]
        return Response(can_represent(self.principal, party_id=party_id))

    def _own_user(self) -> int:
        user_id = id_parameter(self.query, _USER)
        require_own_user(self.principal, user_id=user_id)
        return user_id


class RoleViewSet(FaceViewSet):
    """Roles of the user."""

    actions = {"list": AUTHENTICATED}
    parameters = {"list": (_HOLDER, _GIVER)}

    def list(self, request: Request, **kwargs: object) -> Response:
        """List the roles that the user holds for a party."""
        user_id = id_parameter(self.query, _HOLDER)
        party_id = id_parameter(self.query, _GIVER)
        require_own_user(self.principal, user_id=user_id)
        codes = sorted(self.roles.roles_for(party_id))
        if not codes:
            raise NoRoles(user_id=user_id, party_id=party_id)
        return Response([{"type": "altinn", "value": code.upper()} for code in codes])
