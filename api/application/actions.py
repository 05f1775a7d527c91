"""User actions: buttons of a form whose work the app's own code does."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.representations import form_document
from api.application.validated import ValidatedViewSet
from api.permissions import AUTHENTICATED
from api.serializers.actions import UserActionRequestSerializer, action_document
from common.errors import Conflict, Invalid, Unauthenticated
from common.transactions import together
from data_elements import blobs
from parties.identity import PrincipalKind
from process import user_actions
from process.errors import ProcessEnded
from process.validation.subjects import readable_by
from process.validation.validators import Changes

_MAY_ACT = (PrincipalKind.USER, PrincipalKind.SYSTEM_USER)


class ActionMissing(Invalid):
    """The body does not say which action. Give ``action``."""

    code = "user-action-missing"
    title = "Action is missing"
    detail = "Action is missing in the request"


class ProcessNotStarted(Conflict):
    """Actions are of a task, and the process has not reached one. Start it first."""

    code = "process-not-started"
    detail = "Process is not started."


class UsersOnly(Unauthenticated):
    """User actions are for users and system users; the token is of neither."""

    code = "user-action-caller"
    detail = "User actions are for users and system users."


class ActionViewSet(ValidatedViewSet):
    """The user actions of an instance's task."""

    actions = {"perform": AUTHENTICATED}  # the action in the body is what is asked
    parameters = {"perform": ("language",)}
    look_first = frozenset({"perform"})

    def perform(self, request: Request, **kwargs: object) -> Response:
        """Perform an action, if the policy permits it and the app has code for it."""
        body = self.read_input(UserActionRequestSerializer)
        action = body.get("action")
        if not action:
            raise ActionMissing
        instance = self.get_instance(action="read")
        if not instance.process:
            raise ProcessNotStarted
        if instance.process_ended is not None:
            raise ProcessEnded
        if self.principal.kind not in _MAY_ACT:
            raise UsersOnly
        elements = self.elements_of(instance)
        with blobs.all_or_none(), together():
            performed = user_actions.run(
                self.roles,
                instance=instance,
                definition=self.app,
                elements=elements,
                action=action,
                button_id=body.get("buttonId"),
                metadata=body.get("metadata"),
                on_behalf_of=body.get("onBehalfOf"),
            )
            found = self.issues_after(
                instance,
                Changes().with_forms(self.app, performed.forms),
                ignored=body.get("ignoredValidators"),
                known={one.pk: done.form for one, done in performed.forms.items()},
                # What was changed is read anew: validators look at elements, too.
                elements=None if performed.forms else elements,
            )
        may_read = readable_by(self.roles, instance)
        told = {
            element: done.form
            for element, done in performed.forms.items()
            if may_read(self.app.data_type(element.data_type))
        }
        return Response(
            action_document(
                performed.result,
                self.instance_document(instance),
                found,
                models={
                    str(element.pk): form_document(form)
                    for element, form in told.items()
                },
            )
        )
