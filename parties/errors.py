"""Problems of the parties room.

No text of theirs ever carries a national identity number.
"""

from common.errors import Invalid, NotFound


class PartyNotFound(NotFound):
    """The register has no such party.

    Check the party id, national identity number or organisation number.
    """

    code = "party-not-found"
    detail = "The register has no such party; check the {what}."


class ProfileNotFound(NotFound):
    """The register has no such user. Check the user id."""

    code = "profile-not-found"
    detail = "The register has no user {user_id}; check the user id."


class SeedFolderRefused(Invalid):
    """The folder of test identities has errors, so nothing of it was stored.

    Every finding is listed with its file and place; mend them all and import again.
    """

    code = "seed-folder-refused"
    detail = "The folder of test identities has {count} error(s); nothing was stored."
