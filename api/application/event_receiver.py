"""Where an application receives events that it subscribes to."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.answering import empty_answer
from api.application.base import AppViewSet
from api.permissions import ANYONE
from api.problems import ValidationFailed
from process import received_events


class EventReceiverViewSet(AppViewSet):
    """The application's receiver of events."""

    actions = {"receive": ANYONE}  # whoever has the code
    parameters = {"receive": ("code",)}

    def receive(self, request: Request, **kwargs: object) -> HttpResponse:
        """Hand a CloudEvent to the application's own code.

        `code` proves the sender. A 425 asks to send the event again later.
        """
        event = self.read_json()
        if not isinstance(event, dict):
            raise ValidationFailed(count=1, names="the body")
        received_events.receive(self.app, code=self.query.text("code"), event=event)
        return empty_answer()
