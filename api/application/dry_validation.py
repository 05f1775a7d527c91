"""Forms validated without an instance: what would be amiss, and nothing is stored."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.stateless import StatelessDataViewSet
from api.permissions import AUTHENTICATED
from process import stateless
from process.validation.dry import validate_form
from process.validation.issues import document


class DryValidationViewSet(StatelessDataViewSet):
    """Forms that their senders try before they make an instance."""

    actions = {"validate": AUTHENTICATED}  # the policy is asked for the party
    parameters = {"validate": ("dataType", "language")}
    unkeyed = frozenset({"validate"})

    def validate(self, request: Request, **kwargs: object) -> Response:
        """List what would be amiss in the form in the body; nothing is stored.

        The header `party` says for whom: `partyid:123`, `org:{number}` or
        `person:{number}`; without it, it is the caller's own party.
        """
        asked, owner = self.for_party()
        content, content_type = self.sent()
        form = stateless.read_form(asked, content, content_type)
        found = validate_form(
            self.principal,
            asked,
            form,
            owner=owner,
            content=content,
            content_type=content_type,
        )
        return Response([document(issue) for issue in found])
