"""Reads of instances: who sees which, and pages that neither lose nor repeat rows."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.utils import timezone

from authorization import services as authorization
from authorization.compiler import StateKind, StateSelector
from authorization.models import Delegation, RoleAssignment
from parties.identity import Principal

if TYPE_CHECKING:
    from instances.models import Instance, InstanceEvent


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Instances."""

    def visible_to(
        self, principal: Principal, *, app_ids: Collection[str] | None = None
    ) -> "InstanceQuerySet":
        """Keep what the caller may read, by one predicate in SQL.

        An instance is included if, and only if, the compiled policy of its application
        permits ``read`` to the caller on it in its present state, or ``read`` is
        delegated to him: the same grants that decide a single read. ``app_ids`` narrows
        the policies that are looked at.
        """
        visible = Q(pk__in=[])
        for grant in authorization.list_grants(
            principal, action="read", app_ids=app_ids
        ):
            condition = Q(app_id__in=grant.app_ids)
            if grant.selector is not None:
                condition &= _in_state(grant.selector)
            for roles in grant.roles:
                holder = RoleAssignment.objects.filter(
                    user_id=principal.user_id, role_code__in=sorted(roles)
                )
                condition &= Q(owner_party_id__in=holder.values("party_id"))
            visible |= condition
        if apps := authorization.delegable_apps(principal, app_ids=app_ids):
            visible |= Q(app_id__in=apps) & Q(_delegated_to(principal, action="read"))
        return self.filter(visible)

    def not_hard_deleted(self) -> "InstanceQuerySet":
        """Keep what its owner party can still get back."""
        return self.filter(hard_deleted_at__isnull=True)

    def standing_in(self, element_id: str) -> "InstanceQuerySet":
        """Keep those that stand in a task or end event, in any case of letters."""
        return self.filter(
            Q(current_task__iexact=element_id)
            | Q(process_ended__isnull=False, end_event__iexact=element_id)
        )

    def not_confirmed_by(self, stakeholder: str) -> "InstanceQuerySet":
        """Keep those that the stakeholder has not confirmed, in any case of letters."""
        return self.exclude(confirmed_by__contains=f" {stakeholder.lower()} ")

    def in_order(self, *, newest_first: bool) -> "InstanceQuerySet":
        """Order by last change, ties by id in the same direction."""
        if newest_first:
            return self.order_by("-last_changed", "-id")
        return self.order_by("last_changed", "id")

    def after(
        self, last_changed: datetime, guid: UUID, *, newest_first: bool
    ) -> "InstanceQuerySet":
        """Keep what follows a row in that order: a row comparison is an index bound."""
        comparison = TupleLessThan if newest_first else TupleGreaterThan
        row = Tuple(F("last_changed"), F("id"))
        return self.filter(comparison(row, (last_changed, guid)))


def _delegated_to(principal: Principal, *, action: str) -> Exists:
    """Say in SQL that the action on the instance is delegated to the system user."""
    rows = Delegation.objects.to_system_user(principal.system_user_id)
    return Exists(
        rows.in_force(timezone.now())
        .filter(action=action)
        .given_by(OuterRef("owner_party_id"))
        .covering(OuterRef("app_id"), instance_guid=OuterRef("pk"))
    )


def _in_state(selector: StateSelector) -> Q:
    """Say in SQL that the process stands where the grant demands."""
    lookup = "iexact" if selector.ignore_case else "exact"
    if selector.kind is StateKind.TASK:
        return Q(**{f"current_task__{lookup}": selector.id})
    return Q(**{"process_ended__isnull": False, f"end_event__{lookup}": selector.id})


class InstanceEventQuerySet(models.QuerySet["InstanceEvent"]):
    """History, oldest first."""

    def of(self, instance_id: UUID) -> "InstanceEventQuerySet":
        """Those of one instance."""
        return self.filter(instance_id=instance_id).order_by("created", "id")
