"""The original proposal's calls on the application API (seed-api.md §3)."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.data import DataViewSet
from api.application.instances import InstanceViewSet
from api.application.metadata import MetadataViewSet
from api.application.process import ProcessViewSet
from api.permissions import AUTHENTICATED, require_owner
from api.proposal import OWNER, ProposalView
from common.errors import Invalid
from data_elements import services as data_elements


class ProposalAppViewSet(ProposalView, MetadataViewSet):
    """The application itself."""

    strict = frozenset({"retrieve"})


class ProposalInstanceViewSet(ProposalView, InstanceViewSet):
    """Instances, by guid."""

    parameters = {
        "create": (OWNER, "instanceOwnerPartyId", "language", "externalReference"),
        "retrieve": (OWNER,),
        "destroy": (OWNER, "hard"),
        "complete": (OWNER,),
    }
    strict = look_first = frozenset(parameters)


class ProposalDataViewSet(ProposalView, DataViewSet):
    """Data elements, by guid."""

    actions = {**DataViewSet.actions, "downloaded": "complete"}
    parameters = {
        "create": ("formId", "dataType", OWNER),
        "retrieve": (OWNER,),
        "update": (OWNER,),
        "destroy": (OWNER,),
        "downloaded": (OWNER,),
    }
    strict = look_first = frozenset(parameters)

    def create(self, request: Request, **kwargs: object) -> Response:
        """Submit form data or an attachment.

        Answers the instance with the new element.
        """
        instance = self.get_instance()
        element = self.add(request, instance)
        location = self.links.element(instance, element.id)["apps"]
        return Response(
            self.instance_document(instance), status=201, headers={"Location": location}
        )

    def downloaded(self, request: Request, **kwargs: object) -> Response:
        """Confirm that the owner has this element safely; once is enough."""
        instance = self.get_instance()
        require_owner(self.principal, org=instance.org)
        element = self.get_element(instance)
        data_elements.confirm_download(self.principal, element=element)
        return Response(self.element_document(element))


class StateUnknown(Invalid):
    """The process has no element of this id."""

    code = "workflow-state-unknown"
    detail = "The process has no state {state!r}; it has: {known}."


class ProposalProcessViewSet(ProposalView, ProcessViewSet):
    """The workflow, by guid."""

    actions = {**ProcessViewSet.actions, "move_to": AUTHENTICATED}
    parameters = {
        "retrieve": (OWNER,),
        "advance": (OWNER,),
        "complete": (OWNER,),
        "history": (OWNER,),
        "move_to": (OWNER,),
    }
    strict = look_first = frozenset(parameters)

    def move_to(self, request: Request, **kwargs: object) -> Response:
        """Change the workflow state to the one in the address.

        The flow must lead there.
        """
        instance = self.get_instance(action="read")
        state = self.kwargs["state"]
        known = [
            name for name in self.app.process.elements if name.lower() == state.lower()
        ]
        if not known:
            names = ", ".join(self.app.process.elements)
            raise StateUnknown(state=state, known=names)
        self.leave_task(instance, self.stated_step(request), target=known[0])
        return Response(self.state_document(instance))
