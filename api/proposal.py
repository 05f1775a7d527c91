"""What the original proposal's calls share on both faces (seed-api.md §3).

A guid names the instance; ``instanceOwnerId`` is a check and may be left out. What does
not exist is a 404 before any right is asked for, unknown parameters are refused, and
documents are spelled as the platform's.
"""

from api.serializers.spelling import Spelling
from api.views import FaceViewSet

OWNER = "instanceOwnerId"


class ProposalView(FaceViewSet):
    """A call of the proposal."""

    spelling = Spelling.STORAGE

    def stated_party(self) -> int | None:
        """Return the instance owner that the query states, if it does."""
        return self.query.party_id(OWNER)
