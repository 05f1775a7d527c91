"""Reads of instances: who sees which, and pages that neither lose nor repeat rows."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)

from instances.expressions import GuidDigits
from instances.json_texts import HasText, MentionsText
from instances.permitted import permitted, permitted_anew
from parties.identity import Principal, PrincipalKind

if TYPE_CHECKING:
    from instances.models import Instance, InstanceEvent

_DIGITS = re.compile(r"[0-9a-f]{1,32}")


class InstanceQuerySet(models.QuerySet["Instance"]):
    """Instances."""

    def visible_to(
        self,
        principal: Principal,
        *,
        app_ids: Collection[str] | None = None,
        moment: datetime | None = None,
    ) -> "InstanceQuerySet":
        """Keep what the caller may read, by one predicate in SQL.

        An instance is included if, and only if, the compiled policy of its application
        permits ``read`` to the caller on it in its present state, or ``read`` is
        delegated to him: the same grants that decide a single read. ``app_ids`` narrows
        the policies that are looked at.
        """
        visible = permitted(principal, action="read", app_ids=app_ids, moment=moment)
        return self.filter(visible)

    def with_rights(
        self,
        principal: Principal,
        actions: Iterable[str],
        *,
        anew: Mapping[str, Collection[str]],
        app_ids: Collection[str] | None = None,
    ) -> "InstanceQuerySet":
        """Add ``may_{action}``: whether the caller may do it, by the same predicates.

        ``anew`` are actions for the owner and not on the instance, each with the
        applications that it is asked of.
        """
        asked = {
            f"may_{action}": permitted(principal, action=action, app_ids=app_ids)
            for action in actions
        }
        for action, apps in anew.items():
            asked[f"may_{action}"] = permitted_anew(
                principal, action=action, app_ids=apps
            )
        return self.annotate(
            **{
                name: Case(When(condition, then=Value(True)), default=Value(False))
                for name, condition in asked.items()
            }
        )

    def shown_by(self, principal: Principal, *, moment: datetime) -> "InstanceQuerySet":
        """Keep what is not still kept from its owner party.

        An instance is kept from everybody but service owners until ``visible_after``.
        """
        if principal.kind is PrincipalKind.SERVICE_OWNER:
            return self
        return self.filter(Q(visible_after=None) | Q(visible_after__lte=moment))

    def owned_by_any(self, party_ids: Collection[int]) -> "InstanceQuerySet":
        """Keep the instances of any of these parties."""
        return self.filter(owner_party_id__in=sorted(set(party_ids)))

    def ending_in(self, reference: str) -> "InstanceQuerySet":
        """Keep those whose guid ends in this, in any case, with dashes or none.

        Receipts print the last twelve digits.
        """
        digits = reference.lower().replace("-", "")
        if not _DIGITS.fullmatch(digits):
            return self.none()
        return self.alias(guid_digits=GuidDigits("id")).filter(
            guid_digits__endswith=digits
        )

    def presented_with(
        self, text: str, *, or_of_apps: Collection[str] = ()
    ) -> "InstanceQuerySet":
        """Keep those of which a presentation text contains the text, in any case.

        And all instances of the applications named.
        """
        found = Q(MentionsText("presentation_texts", text=text))
        return self.filter(found | Q(app_id__in=sorted(or_of_apps)))

    def active(self) -> "InstanceQuerySet":
        """Keep those that are neither archived nor deleted."""
        return self.filter(archived_at__isnull=True, soft_deleted_at__isnull=True)

    def not_hard_deleted(self) -> "InstanceQuerySet":
        """Keep what its owner party can still get back."""
        return self.filter(hard_deleted_at__isnull=True)

    def running(self, app_id: str) -> "InstanceQuerySet":
        """Keep those of an application that stand in a task and are not gone."""
        active = self.filter(app_id=app_id, current_task__isnull=False)
        return active.not_hard_deleted()

    def standing_in(self, element_id: str) -> "InstanceQuerySet":
        """Keep those that stand in a task or end event, in any case of letters."""
        return self.filter(
            Q(current_task__iexact=element_id)
            | Q(process_ended__isnull=False, end_event__iexact=element_id)
        )

    def not_confirmed_by(self, stakeholder: str) -> "InstanceQuerySet":
        """Keep those that the stakeholder has not confirmed, in any case of letters."""
        return self.exclude(confirmed_by__contains=f" {stakeholder.lower()} ")

    def with_external_reference(self, reference: str) -> "InstanceQuerySet":
        """Keep those with this reference, which a hard-deleted one has no more.

        Said as the index says it that keeps references unique, so that it serves.
        """
        return self.not_hard_deleted().filter(external_reference=reference)

    def with_reference_of(self, instance: "Instance") -> "InstanceQuerySet":
        """Keep the one that has this one's reference, app and owner."""
        return self.with_external_reference(instance.external_reference or "").filter(
            app_id=instance.app_id, owner_party_id=instance.owner_party_id
        )

    def with_data_value(self, key: str, value: str) -> "InstanceQuerySet":
        """Keep those that have exactly this data value."""
        return self.filter(HasText("data_values", key=key, text=value))

    def mentioning(self, text: str) -> "InstanceQuerySet":
        """Keep those with a presentation text that contains this, in any case."""
        return self.filter(MentionsText("presentation_texts", text=text))

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


class InstanceEventQuerySet(models.QuerySet["InstanceEvent"]):
    """History, oldest first."""

    def of(self, instance_id: UUID) -> "InstanceEventQuerySet":
        """Those of one instance."""
        return self.filter(instance_id=instance_id).order_by("created", "id")

    def of_process(self, instance_id: UUID) -> "InstanceEventQuerySet":
        """Those of one instance that tell how its process went."""
        return self.of(instance_id).filter(event_type__startswith="process_")
