"""The language in which somebody is written to, where no call of theirs says which."""

from parties.identity import Principal
from parties.models import Profile
from process.pdf_words import LANGUAGES


def language_of(principal: Principal) -> str:
    """Return the language that a user has chosen, else Bokmål."""
    return _chosen(pk=principal.user_id) or LANGUAGES[0]


def language_for(principal: Principal, *, owner_party_id: int) -> str:
    """Return the language that an owner has chosen, else the caller, else Bokmål."""
    return _chosen(party_id=owner_party_id) or language_of(principal)


def _chosen(**whose: int | None) -> str | None:
    if None in whose.values():
        return None
    profiles = Profile.objects.filter(**whose)
    chosen = profiles.values_list("language", flat=True).first()
    return chosen if chosen in LANGUAGES else None
