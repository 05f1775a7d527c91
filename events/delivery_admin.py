"""Deliveries and subscriptions at the desk: looked at, retried, given up, ended."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from common.admin import OrgFilter, ReadOnlyAdmin, number_or_none, uuid_or_none
from common.confirmed_admin import ConfirmedActsAdmin
from events import services
from events.choices import Outcome
from events.models import Delivery, DeliveryStatistics, Outbox, Subscription


@dataclass(frozen=True, slots=True)
class _Act:
    """What is done, in words; the name is that of the audit trail."""

    name: str
    offer: str
    verb: str
    done: str


RETRY = _Act("retry", "Send again now", "send again", "to be sent again")
GIVE_UP = _Act("give-up", "Give up", "give up", "given up")
END = _Act("end", "End the subscription", "end", "ended")


class OutcomeFilter(admin.SimpleListFilter):
    """Where a delivery stands."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every state, and those that wait after an attempt that failed."""
        return [("retrying", "Waiting, after a failure"), *Outcome.choices]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Delivery]
    ) -> QuerySet[Delivery]:
        """Keep the deliveries in the state."""
        if self.value() == "retrying":
            return queryset.filter(outcome=Outcome.WAITING, attempts__gt=0)
        if self.value() in Outcome.values:
            return queryset.filter(outcome=self.value())
        return queryset


@admin.register(Delivery)
class DeliveryAdmin(ConfirmedActsAdmin):
    """What was sent to the organisation's receivers, or will be."""

    org_path = "org"
    acts = {"retry": RETRY, "give_up": GIVE_UP}
    actions = ["retry", "give_up"]
    list_select_related = ["event", "subscription"]
    list_display = [
        "made",
        "what",
        "outcome",
        "attempts",
        "next_try",
        "last_error",
        "receiver",
        "instance",
    ]
    list_filter = [OrgFilter, OutcomeFilter]
    search_fields = ["id"]
    search_help_text = (
        "The id of a delivery or an event, or the number of a subscription."
    )
    fields = [
        "id",
        ("outcome", "ended_at"),
        ("what", "instance"),
        "event",
        "subscription",
        "receiver",
        ("attempts", "last_attempt_at", "next_try"),
        ("last_status", "last_error"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring the event and the subscription with each row."""
        return super().get_queryset(request).select_related("event", "subscription")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by what indexes know."""
        term = search_term.strip()
        guid, number = uuid_or_none(term), number_or_none(term)
        if guid is not None:
            ids = Delivery.objects.filter(event_id=guid).values("pk")
            queryset = queryset.filter(pk=guid) | queryset.filter(pk__in=ids)
        elif number is not None:
            queryset = queryset.filter(subscription_id=number)
        elif term:
            queryset = queryset.none()
        return queryset, False

    @admin.display(description="happened")
    def made(self, row: Delivery) -> Any:
        """Tell when it happened; the question to validate, when it was first due."""
        return row.event.time if row.event else row.subscription.created

    @admin.display(description="event type")
    def what(self, row: Delivery) -> str:
        """Name what is told."""
        return row.event.type if row.event else "validation of the subscription"

    @admin.display
    def instance(self, row: Delivery) -> str:
        """Name the instance."""
        nothing = self.get_empty_value_display()
        return row.event.resource_instance if row.event else nothing

    @admin.display(description="next try")
    def next_try(self, row: Delivery) -> str:
        """Tell when it is sent next, while it waits."""
        return str(display_for_value(row.due_at, self.get_empty_value_display()))

    @admin.display
    def receiver(self, row: Delivery) -> str:
        """Tell where it is sent."""
        return row.subscription.end_point

    @admin.action(permissions=["work"], description=RETRY.offer)
    def retry(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse:
        """Send them at once, also those that were given up."""
        return self.act(request, rows, RETRY)

    @admin.action(permissions=["work"], description=GIVE_UP.offer)
    def give_up(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse:
        """Send them no more."""
        return self.act(request, rows, GIVE_UP)

    def fits(self, act: _Act, row: Delivery) -> bool:
        """Whether the delivery can still be sent, or still waits."""
        if act is GIVE_UP:
            return row.outcome == Outcome.WAITING
        is_in_use = row.subscription.deleted_at is None
        return is_in_use and row.outcome != Outcome.DELIVERED

    def perform(self, act: _Act, row: Delivery) -> None:
        """Do it; raises DeliveryHasEnded."""
        (services.retry if act is RETRY else services.give_up)(delivery=row)

    def told(self, row: Delivery) -> str:
        """Say what is told to whom, and how it stands."""
        return f"{self.what(row)} to {row.subscription.end_point}, {row.outcome}"


class InUseFilter(admin.SimpleListFilter):
    """Whether a subscription works."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[Any]:
        """Offer every state."""
        names = ("active", "not validated", "receiver away", "ended")
        return [(name, name.capitalize()) for name in names]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscription]
    ) -> QuerySet[Subscription]:
        """Keep the subscriptions in the state."""
        ended = {"deleted_at__isnull": False}
        states: dict[str, dict[str, bool]] = {
            "ended": ended,
            "not validated": {"deleted_at__isnull": True, "validated_at__isnull": True},
            "active": {
                "deleted_at__isnull": True,
                "validated_at__isnull": False,
                "away_since__isnull": True,
            },
            "receiver away": {
                "deleted_at__isnull": True,
                "validated_at__isnull": False,
                "away_since__isnull": False,
            },
        }
        return queryset.filter(**states.get(self.value() or "", {}))


@admin.register(Subscription)
class SubscriptionAdmin(ConfirmedActsAdmin):
    """Who is told of the organisation's events; its secret stands nowhere."""

    org_path = "org"
    acts = {"end": END}
    actions = ["end"]
    list_display = ["id", "end_point", "resource", "type", "state", "created"]
    list_filter = [OrgFilter, InUseFilter]
    search_fields = ["id"]
    search_help_text = "The number of a subscription."
    fields = [
        "id",
        "state",
        "consumer",
        "end_point",
        "resource",
        ("source", "type"),
        "subject",
        ("created", "validated_at"),
        ("away_since", "deleted_at"),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by number."""
        if search_term.strip():
            queryset = queryset.filter(pk=number_or_none(search_term))
        return queryset, False

    @admin.action(permissions=["work"], description=END.offer)
    def end(self, request: HttpRequest, rows: QuerySet[Subscription]) -> HttpResponse:
        """End them; what waits for their receivers is not sent."""
        return self.act(request, rows, END)

    def fits(self, act: _Act, row: Subscription) -> bool:
        """Whether it has not ended."""
        return row.deleted_at is None

    def perform(self, act: _Act, row: Subscription) -> None:
        """End it; repeating changes nothing."""
        services.unsubscribe(subscription=row)

    def told(self, row: Subscription) -> str:
        """Say whom it is that is told no more."""
        return f"{row.end_point}, of {row.resource}"


@admin.register(DeliveryStatistics)
class DeliveryStatisticsAdmin(ReadOnlyAdmin):
    """What the dashboards read, which members look at instead."""

    list_display = ["org", "subscriptions", "waiting", "dead", "as_of"]


@admin.register(Outbox)
class OutboxAdmin(ReadOnlyAdmin):
    """How far events are told."""

    list_display = ["last_sequence", "leased_until", "last_error"]
