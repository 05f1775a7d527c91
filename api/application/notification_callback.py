"""Where Altinn's notifications ask whether one about an instance is still wanted."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from process import notification_callbacks


class NotificationConditionSerializer(serializers.Serializer[object]):
    """Whether the notification is to be sent."""

    sendNotification = serializers.BooleanField()


class NotificationCallbackViewSet(AppViewSet):
    """The condition of notifications about an instance."""

    actions = {"retrieve": ANYONE}  # whoever has the code
    parameters = {"retrieve": ("code",)}

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Tell whether a notification about the instance is still to be sent.

        `code` is a JWT that the application signed (HS256) for this instance.
        """
        notification_callbacks.ensure_code(
            self.app.app_id, guid=self.guid, code=self.query.text("code")
        )
        wanted = notification_callbacks.is_wanted(
            self.app, instance=self.find_instance()
        )
        return Response({"sendNotification": wanted})
