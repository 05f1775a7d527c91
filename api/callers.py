"""Calls that are about the caller: only a user has an own user, only a known one."""

from api.parameters import Parameters
from common.errors import Forbidden
from parties.identity import Principal, PrincipalKind
from parties.numbers import LARGEST_ID


class OwnUserOnly(Forbidden):
    """A user may ask this about himself or herself alone, and nobody else may at all.

    The user id of the call must be that of the token.
    """

    code = "own-user-only"
    detail = "Only user {user_id} may ask this, with a token of that user's own."


class UserOnly(Forbidden):
    """The call is about the caller's own user, and the token is not of a user."""

    code = "user-only"
    detail = "This is for users; the token is not of a user."


class CallerUnidentified(Forbidden):
    """The token is valid and does not say who the caller is.

    Ask for one of a user, an organisation or a system user.
    """

    code = "caller-unidentified"
    detail = "Invalid authentication context"


def require_own_user(principal: Principal, *, user_id: int) -> None:
    """Raise OwnUserOnly unless the caller is this user."""
    if principal.kind is not PrincipalKind.USER or principal.user_id != user_id:
        raise OwnUserOnly(user_id=user_id)


def require_user(principal: Principal) -> int:
    """Return the caller's user id; raises UserOnly."""
    if principal.kind is not PrincipalKind.USER or principal.user_id is None:
        raise UserOnly
    return principal.user_id


def require_identity(principal: Principal) -> None:
    """Raise CallerUnidentified unless the token says who the caller is."""
    if principal.kind is PrincipalKind.UNKNOWN:
        raise CallerUnidentified


def id_parameter(query: Parameters, name: str) -> int:
    """Return the id in a parameter that must be given; raises ParameterInvalid."""
    number = query.integer(name, least=1, most=LARGEST_ID)
    if number is None:
        raise query.missing(name)
    return number
