"""Users of the register, each for itself."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.callers import require_own_user, require_user
from api.permissions import AUTHENTICATED
from api.serializers.profiles import profile_document
from api.views import FaceViewSet
from parties.services import profile_by_id


class UserViewSet(FaceViewSet):
    """Users."""

    actions = {"retrieve": AUTHENTICATED, "current": AUTHENTICATED}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read one's own profile by user id."""
        user_id: int = self.kwargs["user"]
        require_own_user(self.principal, user_id=user_id)
        return Response(profile_document(profile_by_id(user_id), masked=False))

    def current(self, request: Request, **kwargs: object) -> Response:
        """Read one's own profile."""
        profile = profile_by_id(require_user(self.principal))
        return Response(profile_document(profile, masked=False))
