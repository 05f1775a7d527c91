"""Parties of the register, for those who may represent them and for service owners."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import AUTHENTICATED
from api.serializers.parties import party_document
from api.views import FaceViewSet
from authorization.representation import representable_parties
from common.errors import Phrase, Unauthenticated
from parties.errors import PartyNotFound
from parties.identity import PrincipalKind
from parties.models import Party


class PartyNotRepresented(Unauthenticated):
    """The caller cannot represent the party, or there is none.

    A service owner reads any party, a user those that the user can represent. Altinn
    answers 401 here, and so does this server.
    """

    code = "party-not-represented"
    detail = "This caller can represent no party with the {what} {value}."


class PartyViewSet(FaceViewSet):
    """Parties."""

    actions = {"retrieve": AUTHENTICATED, "by_uuid": AUTHENTICATED}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read a party.

        A service owner reads any, a user those that the user can represent.
        """
        party_id: int = self.kwargs["party"]
        return self._answer(
            lambda rows: rows.filter(pk=party_id), Phrase("party id"), party_id
        )

    def by_uuid(self, request: Request, **kwargs: object) -> Response:
        """Read a party by its UUID.

        A service owner reads any, a user those that the user can represent.
        """
        uuid: UUID = self.kwargs["uuid"]
        return self._answer(lambda rows: rows.filter(uuid=uuid), Phrase("UUID"), uuid)

    def _answer(
        self,
        narrow: Callable[[QuerySet[Party]], QuerySet[Party]],
        what: Phrase,
        value: object,
    ) -> Response:
        if self.principal.kind is PrincipalKind.SERVICE_OWNER:
            party = narrow(Party.objects.all()).first()
            if party is None:
                raise PartyNotFound(what=what)
        elif self.principal.kind is PrincipalKind.USER:
            party = narrow(representable_parties(self.principal)).first()
        else:
            party = None
        if party is None:
            raise PartyNotRepresented(what=what, value=value)
        return Response(party_document(party, masked=False))
