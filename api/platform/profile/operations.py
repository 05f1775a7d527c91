"""What the platform API's document says of profiles."""

from api.operations import JSON_BODY, Answers, Operation, Table
from api.platform.profile.users import UserViewSet
from api.serializers.profiles import UserProfileSerializer

_PROFILE: Answers = {200: UserProfileSerializer}

OPERATIONS: Table = {
    UserViewSet: {
        "by_ssn": Operation(
            "users_by_ssn",
            "Profile",
            _PROFILE,
            {"application/json": {"type": "string", "pattern": "^[0-9]{11}$"}},
            (*JSON_BODY, "user-only", "own-user-only", "profile-not-found"),
        ),
        "retrieve": Operation(
            "users_retrieve",
            "Profile",
            _PROFILE,
            problems=("own-user-only", "profile-not-found"),
        ),
        "current": Operation(
            "users_current",
            "Profile",
            _PROFILE,
            problems=("user-only", "profile-not-found"),
        ),
    },
}
