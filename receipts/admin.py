"""Receipts, their chains and the keys that signed them, in the admin; never changed.

They are nobody's but the server's own: superusers alone see these pages. Owners read a
receipt at its instance.
"""

from django.contrib import admin

from common.admin import LongListAdmin, ReadOnlyAdmin
from receipts.models import ChainHead, Receipt, ReceiptKey


@admin.register(Receipt)
class ReceiptAdmin(LongListAdmin):
    """What was signed when a process ended."""

    list_display = ["app_id", "sequence", "instance_id", "created"]
    fields = ["app_id", "sequence", "instance_id", "created", "jws"]


@admin.register(ChainHead)
class ChainHeadAdmin(ReadOnlyAdmin):
    """The last receipt of each application."""

    list_display = ["app_id", "sequence", "kid"]
    fields = ["app_id", "sequence", "kid"]


@admin.register(ReceiptKey)
class ReceiptKeyAdmin(ReadOnlyAdmin):
    """Public keys that receipts are verified with, those of long ago too."""

    list_display = ["kid", "created"]
    fields = ["kid", "created", "public"]
