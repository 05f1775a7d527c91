"""The user who calls an application."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.parties import AboutCallerViewSet
from api.permissions import AUTHENTICATED
from api.serializers.profiles import profile_document
from common.errors import Invalid
from parties.identity import PrincipalKind
from parties.services import profile_by_id

_NAMES = {
    PrincipalKind.ORGANISATION: "Org",
    PrincipalKind.SERVICE_OWNER: "ServiceOwner",
    PrincipalKind.SYSTEM_USER: "SystemUser",
}


class CallerWithoutProfile(Invalid):
    """Only users have a profile, and the token is not of one."""

    code = "caller-without-profile"
    detail = "Unknown authentication context: {kind}"


class ProfileViewSet(AboutCallerViewSet):
    """The user's profile."""

    actions = {"retrieve": AUTHENTICATED}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read the profile of the user who calls."""
        user_id = self.principal.user_id
        if not self.is_user or user_id is None:
            raise CallerWithoutProfile(kind=_NAMES[self.principal.kind])
        return Response(profile_document(profile_by_id(user_id), masked=True))
