"""Users of the register: each for itself, any for components of the platform."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.callers import OwnUserOnly, require_own_user, require_user
from api.permissions import AUTHENTICATED, AUTHENTICATED_OR_PLATFORM, is_platform
from api.serializers.lookups import ssn_field
from api.serializers.profiles import profile_document
from api.views import FaceViewSet
from parties.services import profile_by_id, profile_by_ssn


class UserViewSet(FaceViewSet):
    """Users."""

    unkeyed = frozenset({"by_ssn"})
    actions = {
        "retrieve": AUTHENTICATED_OR_PLATFORM,
        "by_ssn": AUTHENTICATED_OR_PLATFORM,
        "current": AUTHENTICATED,
    }

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read a profile by user id: one's own; a component of the platform, any."""
        user_id: int = self.kwargs["user"]
        if not is_platform(request):
            require_own_user(self.principal, user_id=user_id)
        return Response(profile_document(profile_by_id(user_id), masked=False))

    def by_ssn(self, request: Request, **kwargs: object) -> Response:
        """Read a profile by national identity number, a text in JSON.

        One's own; a component of the platform, any.
        """
        ssn: str = ssn_field().run_validation(self.read_json())
        if is_platform(request):
            return Response(profile_document(profile_by_ssn(ssn), masked=False))
        user_id = require_user(self.principal)
        own = profile_by_id(user_id)
        if own.party.ssn != ssn:
            raise OwnUserOnly(user_id=f"with that number, not {user_id},")
        return Response(profile_document(own, masked=False))

    def current(self, request: Request, **kwargs: object) -> Response:
        """Read one's own profile."""
        profile = profile_by_id(require_user(self.principal))
        return Response(profile_document(profile, masked=False))
