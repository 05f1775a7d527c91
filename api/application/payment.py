"""A task to pay in: what is to be paid, how far that is, and what a processor tells."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.application.base import AppViewSet
from api.permissions import ANYONE
from apps_registry.bpmn import Task
from instances.models import Instance
from payments.errors import NotAPaymentTask
from process import payments
from process.payment_task import find_payment_task

_QUERY = ("taskId", "language")


class OrderDetailsSerializer(serializers.Serializer[object]):
    """What is to be paid."""

    paymentProcessorId = serializers.CharField()
    receiver = serializers.DictField()
    payer = serializers.DictField(allow_null=True)
    currency = serializers.CharField()
    orderLines = serializers.ListField(child=serializers.DictField())
    allowedPayerTypes = serializers.ListField(
        child=serializers.CharField(), allow_null=True
    )
    orderReference = serializers.CharField(allow_null=True)
    totalPriceExVat = serializers.FloatField()
    totalVat = serializers.FloatField()
    totalPriceIncVat = serializers.FloatField()


class PaymentSerializer(serializers.Serializer[object]):
    """How far a payment is."""

    taskId = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["Uninitialized", "Created", "Paid", "Failed", "Cancelled", "Skipped"]
    )
    orderDetails = OrderDetailsSerializer()
    paymentDetails = serializers.DictField(allow_null=True)


class PaymentViewSet(AppViewSet):
    """The payment of an instance's task, the current one or another."""

    actions = {"retrieve": "read", "order": "read", "heard": ANYONE}
    parameters = {"retrieve": _QUERY, "order": _QUERY}
    unkeyed = frozenset({"heard"})

    def retrieve(self, request: Request, **kwargs: object) -> Response:
        """Show how far the payment is, as its processor says now."""
        instance = self.get_instance()
        found = payments.told(
            self.principal,
            instance=instance,
            definition=self.app,
            task=self._task(instance),
        )
        return Response(found.to_document())

    def order(self, request: Request, **kwargs: object) -> Response:
        """Show what is to be paid, calculated anew."""
        instance = self.get_instance()
        order = payments.order_now(
            self.principal,
            instance=instance,
            definition=self.app,
            task=self._task(instance),
        )
        return Response(order)

    def heard(self, request: Request, **kwargs: object) -> HttpResponseBase:
        """Take a payment processor's word that something happened, and look.

        The header Authorization is the SHA-256 in hex of one of the application's codes
        for this. The body is not believed.
        """
        header = request.META.get("HTTP_AUTHORIZATION", "")
        payments.ensure_from_processor(self.app.app_id, header)
        text, has_payment = payments.heard(
            instance=self.existing_instance(), definition=self.app
        )
        # A processor that is answered anything but 200 calls again.
        if has_payment:
            return HttpResponse(text, content_type="text/plain; charset=utf-8")
        return Response({"detail": text, "status": 200})

    def _task(self, instance: Instance) -> Task:
        """Return the task that is asked about; raises NotAPaymentTask."""
        wanted = self.query.text("taskId") or instance.current_task
        task = find_payment_task(self.app, wanted)
        if task is None:
            raise NotAPaymentTask
        return task
