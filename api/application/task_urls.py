"""Addresses below an instance: what is paid and signed, and the receipt at the end."""

from api.application.payment import PaymentViewSet
from api.application.receipts import ReceiptViewSet
from api.application.signing import SigningViewSet
from api.routes import path

of_tasks = [
    path(
        "payment",
        PaymentViewSet.as_view({"get": "retrieve"}),
        name="payment",
    ),
    path(
        "payment/order-details",
        PaymentViewSet.as_view({"get": "order"}),
        name="payment-order",
    ),
    path(
        "payment/nets-webhook-listener",
        PaymentViewSet.as_view({"post": "heard"}),
        name="payment-heard",
    ),
    path(
        "receipt",
        ReceiptViewSet.as_view({"get": "retrieve"}),
        name="receipt",
    ),
    path(
        "signing",
        SigningViewSet.as_view({"get": "signees"}),
        name="signing",
    ),
    path(
        "signing/organizations",
        SigningViewSet.as_view({"get": "organisations"}),
        name="signing-organisations",
    ),
    path(
        "signing/data-elements",
        SigningViewSet.as_view({"get": "data_elements"}),
        name="signing-data-elements",
    ),
]
