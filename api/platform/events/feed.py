"""Reading events page by page: an application's, for its owner; a party's."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.event_types import event_types
from api.pagination import MAX_SIZE
from api.permissions import AUTHENTICATED, require_scope
from api.views import FaceViewSet
from apps_registry import catalogue
from common.errors import Invalid
from events.cloudevents import CONTENT_TYPE, app_resource, document
from events.errors import EventsOfOwnerOnly, EventUnknown
from events.models import CloudEvent
from events.querysets import CloudEventQuerySet
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.models import Party

PERSON_HEADER: Final = "Person"
_SIZE: Final = 50
_SCOPES: Final = ("altinn:serviceowner/events", "altinn:serviceowner/instances.read")
_SPAN: Final = ("after", "from", "to", "type", "size", "party", "unit")


class BeginningMissing(Invalid):
    """A page begins somewhere: ``after`` the last event that is known, or ``from``."""

    code = "events-beginning-missing"
    detail = "From or after must be defined."


class SubjectMissing(Invalid):
    """Events of a party are read by its id, its organisation number or a person's.

    Send one of ``party``, ``unit`` and the header ``Person``.
    """

    code = "events-subject-missing"
    detail = (
        "Subject must be specified using either query params party or unit or header"
        " value person."
    )


class EventFeedViewSet(FaceViewSet):
    """Events in the one order in which they are told."""

    actions = {"of_app": AUTHENTICATED, "of_party": AUTHENTICATED}
    parameters = {"of_app": _SPAN, "of_party": _SPAN}
    strict = frozenset(actions)

    def of_app(self, request: Request, **kwargs: object) -> Response:
        """Read an application's events, as its service owner.

        Begin with `from`, and follow the header `next`, which is always there: it goes
        on after the last event of the page. Whoever begins again after the last one
        that he has misses none, in whatever order they were written.
        """
        org, app = self.kwargs["org"], self.kwargs["app"]
        if not self.principal.owns(org):
            raise EventsOfOwnerOnly(org=org, app=app)
        require_scope(self.roles, *_SCOPES)
        app_id = catalogue.definition_of(org, app)
        rows = self._page().filter(resource=app_resource(app_id.org, app_id.app))
        subject = self._subject()
        page = self._cut(rows.filter(subject=subject) if subject else rows)
        return self._answer(page, shown=page)

    def of_party(self, request: Request, **kwargs: object) -> Response:
        """Read a party's events, of instances that one may read as they are now.

        A page may be short, or empty, and more follow: `next` says where.
        """
        rows = self._page()
        subject = self._subject()
        if not subject:
            raise SubjectMissing
        page, shown = self._of_readable_apps(rows.filter(subject=subject), subject)
        return self._answer(page, shown=shown)

    def _page(self) -> CloudEventQuerySet:
        """Return the events that the parameters ask for, from the beginning on."""
        query = self.query
        after, since = query.text("after"), query.text("from")
        if not after and not since:
            raise BeginningMissing
        rows = CloudEvent.objects.told()
        if after:
            rows = rows.filter(sequence__gt=self._place(after))
        if since:
            rows = rows.filter(time__gte=query.time("from", since))
        if until := query.text("to"):
            rows = rows.filter(time__lte=query.time("to", until))
        if types := event_types(query):
            rows = rows.filter(type__in=types)
        return rows

    def _place(self, after: str) -> int:
        """Return the place of an event; raises ParameterInvalid or EventUnknown."""
        try:
            event_id = UUID(after)
        except ValueError:
            raise self.query.refused("after", after, "the id of an event") from None
        place = CloudEvent.objects.place_of(event_id)
        if place is None:
            raise EventUnknown(event_id=event_id)
        return place

    def _subject(self) -> str:
        """Return whose events are asked for, empty for everybody's.

        A number that is nobody's is a party without events.
        """
        party = self.query.party_id("party")
        if party is not None:
            return f"/party/{party}"
        unit = self.query.text("unit")
        person = self.request.headers.get(PERSON_HEADER, "").strip()
        if not unit and not person:
            return ""
        rows = Party.objects.with_org_number(unit) if unit else None
        if rows is None:
            rows = Party.objects.with_ssn(person)
        return f"/party/{rows.values_list('pk', flat=True).first() or 0}"

    def _cut(self, rows: CloudEventQuerySet) -> list[CloudEvent]:
        """Return as many events as a page holds."""
        size = self.query.integer("size", least=1, most=MAX_SIZE) or _SIZE
        return list(rows[:size])

    def _answer(self, page: list[CloudEvent], *, shown: list[CloudEvent]) -> Response:
        """Answer with what is shown of a page, and where the next one is."""
        documents = [document(event.pk, event) for event in shown]
        last = str(page[-1].pk) if page else self.query.text("after")
        answer = Response(documents, content_type=f"{CONTENT_TYPE}; charset=utf-8")
        answer["next"] = self._next(last)
        return answer

    def _of_readable_apps(
        self, rows: CloudEventQuerySet, subject: str
    ) -> tuple[list[CloudEvent], list[CloudEvent]]:
        """Return a page of a party's events, and what is shown of it.

        Where ``next`` leads tells of events on the way: of no application's of which
        the caller reads nothing, so that nobody learns who has anything at all.
        """
        readable = self._readable().filter(owner_party_id=subject.rpartition("/")[2])
        if not readable.exists():
            return [], []
        page = self._cut(rows)
        shown = self._visible(page)
        if _apps(page) != _apps(shown):
            # Which the others are takes a look at all instances of the party.
            page = self._cut(rows.filter(resource__in=_resources(readable)))
            shown = self._visible(page)
        return page, shown

    def _readable(self) -> InstanceQuerySet:
        """Return what the caller may read now, by the lists' predicate."""
        rows = Instance.objects.visible_to(self.principal)
        return rows.shown_by(self.principal, moment=timezone.now())

    def _visible(self, page: list[CloudEvent]) -> list[CloudEvent]:
        """Keep those of instances that the caller may read."""
        guids = {UUID(event.resource_instance.rpartition("/")[2]) for event in page}
        rows = self._readable().filter(pk__in=guids)
        readable = {str(guid) for guid in rows.values_list("pk", flat=True)}
        return [
            event
            for event in page
            if event.resource_instance.rpartition("/")[2] in readable
        ]

    def _next(self, last: str) -> str:
        """Return the address of the next page; without an event, of this one again."""
        plain = self.request._request
        values = [
            (name, text)
            for name, texts in self.query.values.items()
            for text in texts
            if not (last and name in ("after", "from"))
        ]
        if last:
            values.insert(0, ("after", last))
        return f"{self.links.origin(plain)}{plain.path}?{urlencode(values)}"


def _resources(rows: InstanceQuerySet) -> list[str]:
    """Return the applications that the instances are of."""
    app_ids = rows.order_by().values_list("app_id", flat=True).distinct()
    return [app_resource(*app_id.split("/")) for app_id in app_ids]


def _apps(events: Iterable[CloudEvent]) -> set[str]:
    return {event.resource for event in events}
