"""Problems of the parties room.

No text of theirs ever carries a national identity number.
"""

from common.errors import Forbidden, Invalid, NotFound, TooManyRequests


class PartyNotFound(NotFound):
    """The register has no such party.

    Check the party id, national identity number or organisation number.
    """

    code = "party-not-found"
    detail = "The register has no such party; check the {what}."


class ProfileNotFound(NotFound):
    """The register has no such user. Check the user id or the identity number."""

    code = "profile-not-found"
    detail = "The register has no user {user}; check the number."


class NumberMistyped(Invalid):
    """The check digits of a number are wrong, so it was mistyped.

    Compare it with its source, digit by digit.
    """

    code = "number-mistyped"
    detail = "The check digits of the {what} are wrong; compare it with its source."


class LookUpsExhausted(TooManyRequests):
    """Too many numbers were looked up that are nobody's, or with a wrong name.

    Look-ups that find somebody are not counted. Wait as long as ``Retry-After`` says.
    """

    code = "look-ups-exhausted"
    title = "Too many requests"
    detail = (
        "Too many requests to the register: {misses} look-ups within an hour may find"
        " nobody; try again in {retry_after} seconds."
    )


class SeedFolderRefused(Invalid):
    """The folder of test identities has errors, so nothing of it was stored.

    Every finding is listed with its file and place; mend them all and import again.
    """

    code = "seed-folder-refused"
    detail = "The folder of test identities has {count} error(s); nothing was stored."


class AltinnScopeMissing(Forbidden):
    """A person's token is not for Altinn: none of its scopes begins with ``altinn:``.

    Ask ID-porten for a token with a scope of Altinn's.
    """

    code = "altinn-scope-missing"
    detail = "The token has no scope that begins with altinn:; ask for one with it."
