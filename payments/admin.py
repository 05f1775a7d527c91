"""The sandbox's payments in the admin; never changed, and superusers' alone."""

from django.contrib import admin

from common.admin import LongListAdmin
from payments.models import SandboxPayment


@admin.register(SandboxPayment)
class SandboxPaymentAdmin(LongListAdmin):
    """What the sandbox was asked to collect."""

    list_display = ["id", "app_id", "amount", "currency", "status", "created"]
    fields = [
        ("app_id", "instance_id"),
        ("amount", "currency"),
        ("status", "decided"),
        "return_url",
        "created",
    ]
