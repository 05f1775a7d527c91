"""The party that a browser has selected: a wish in a cookie, never just believed."""

from django.http import HttpRequest

from api.cookies import PARTY_COOKIE
from authorization.representation import representable_parties
from parties.identity import Principal
from parties.models import Party
from parties.numbers import whole_number


def is_stated(request: HttpRequest) -> bool:
    """Whether the browser has selected anything at all."""
    return PARTY_COOKIE in request.COOKIES


def selected_party(request: HttpRequest, principal: Principal) -> Party | None:
    """Return the party that the browser has selected, else the user's own.

    None when the user cannot represent it, or there is none.
    """
    party_id = _stated(request) if is_stated(request) else principal.party_id
    if party_id is None:
        return None
    return representable_parties(principal).filter(pk=party_id).first()


def _stated(request: HttpRequest) -> int | None:
    return whole_number(request.COOKIES[PARTY_COOKIE])
