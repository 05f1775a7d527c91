"""What can be chosen in an application's forms."""

from collections.abc import Mapping
from urllib.parse import quote

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.public_documents import public_response
from instances.models import Instance
from process import listings
from process.listings import Asked

PARAMETERS_HEADER = "Altinn-DownstreamParameters"
_LANGUAGE = "nb"  # of an instance's lists, where none is asked for


class ListViewSet(AppViewSet):
    """A view of lists, which are asked for with parameters of the application's own."""

    def asked(self, instance: Instance | None = None) -> Asked:
        """Return who asks for a list, and with what."""
        given = self.request.query_params.dict()
        usual = None if instance is None else _LANGUAGE
        language = next((v for k, v in given.items() if k.lower() == "language"), usual)
        return Asked(self.principal, language, given, instance)


class OptionViewSet(ListViewSet):
    """Lists of options."""

    actions = {"retrieve": ANYONE, "retrieve_for_instance": "read"}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read a list of options, in the order that the application has them in.

        The application's own code may make it from the parameters; else it is a file of
        the application, or a code list of the library by
        `lib**{org}**{id}**{version}`.
        """
        found = listings.options(self.app, self.kwargs["optionsId"], self.asked())
        if found.made:
            answer = Response(found.documents)
        else:
            answer = public_response(request, found.documents)
        return _with_parameters(answer, found.parameters)

    def retrieve_for_instance(self, request: Request, **kwargs: object) -> Response:
        """Read a list of options for an instance.

        The application's own code may make it for the instance; else it is the same for
        all.
        """
        asked = self.asked(self.get_instance())
        found = listings.options(self.app, self.kwargs["optionsId"], asked)
        return _with_parameters(Response(found.documents), found.parameters)


class DataListViewSet(ListViewSet):
    """Lists that the application's own code makes, a page at a time."""

    actions = {"retrieve": ANYONE, "retrieve_for_instance": "read"}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read a page of a data list; all parameters go to the application's code."""
        list_id = self.kwargs["listId"]
        return Response(listings.data_list(self.app, list_id, self.asked()))

    def retrieve_for_instance(self, request: Request, **kwargs: object) -> Response:
        """Read a page of a data list that is made for an instance."""
        asked = self.asked(self.get_instance())
        return Response(listings.data_list(self.app, self.kwargs["listId"], asked))


class ExternalApiViewSet(ListViewSet):
    """Other servers, which the application's own code asks for the caller."""

    actions = {"retrieve": "read"}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Read what another server knows of an instance, by the application's code."""
        asked = self.asked(self.get_instance())
        found = listings.external_api(self.app, self.kwargs["apiId"], asked)
        return Response(found) if found is not None else Response(status=204)


def _with_parameters(
    answer: Response, parameters: Mapping[str, str | None]
) -> Response:
    """Add what the list was made from; one of a file is made from nothing."""
    answer[PARAMETERS_HEADER] = ",".join(
        f"{quote(name, safe='')}={quote(value or '', safe='')}"
        for name, value in parameters.items()
    )
    return answer
