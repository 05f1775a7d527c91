"""This room in the admin: deployments beside their instances, and transitions."""

from process.transition_admin import TransitionAdmin
from process.upload_admin import ApplicationPagesAdmin

__all__ = ["ApplicationPagesAdmin", "TransitionAdmin"]
