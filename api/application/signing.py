"""A task to sign in: who is to sign and who has, for whom, and what is signed."""

from functools import cached_property

from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.serializers.signees import organisation_document, signee_document
from apps_registry.bpmn import Task
from data_elements.rows import present_elements_of
from instances.models import Instance
from process import engine
from signing import tasks
from signing.config import TASK_TYPE, needed_config
from signing.errors import NotASigningTask

_QUERY = ("taskId", "language")


class SigningViewSet(AppViewSet):
    """The signing of an instance's data, in its current task or another."""

    actions = {"signees": "read", "organisations": "read", "data_elements": "read"}
    parameters = dict.fromkeys(actions, _QUERY)

    def signees(self, request: Request, **kwargs: object) -> Response:
        """Show who is to sign, and who has, with the time."""
        task, elements = self.task, present_elements_of(self.instance.pk)
        found = tasks.signees_of(self.app, task, elements)
        return Response({"signeeStates": [signee_document(one) for one in found]})

    def organisations(self, request: Request, **kwargs: object) -> Response:
        """List the organisations that are to sign and that the caller may sign for.

        The caller holds one of their key roles. Who is no user has none.
        """
        task, elements = self.task, present_elements_of(self.instance.pk)
        found = tasks.organisations_to_sign_for(
            self.principal, self.app, task, elements
        )
        return Response({"organizations": [organisation_document(p) for p in found]})

    def data_elements(self, request: Request, **kwargs: object) -> Response:
        """List what is signed: by the order in which the task names its types."""
        types = needed_config(self.app, self.task).types_to_sign
        signed = [
            one
            for one in present_elements_of(self.instance.pk)
            if one.data_type in types and self.may_read(self.instance, one)
        ]
        signed.sort(key=lambda one: (types.index(one.data_type), one.created, one.pk))
        for one in signed:
            one.instance = self.instance
        documents = [self.element_document(one) for one in signed]
        return Response({"dataElements": documents})

    @cached_property
    def instance(self) -> Instance:
        """The instance at the address."""
        return self.get_instance()

    @property
    def task(self) -> Task:
        """The task that is asked about; raises NotASigningTask."""
        current = self.instance.current_task
        wanted = self.query.text("taskId") or current
        task = engine.find_task(self.app.process, wanted)
        if task is None or task.task_type != TASK_TYPE:
            raise NotASigningTask
        return task
