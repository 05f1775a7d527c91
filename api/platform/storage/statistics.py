"""What happened on each day to an organisation's instances, for its books."""

from datetime import UTC, date, datetime, time

from rest_framework.request import Request
from rest_framework.response import Response

from api.event_types import event_types
from api.pages import page_of
from api.pagination import PARAMETER, Place, TokenMaker, page_links
from api.parameters import Findings
from api.permissions import AUTHENTICATED, require_owner
from api.platform.storage.base import StorageViewSet
from api.queries import InstanceQuery
from api.serializers.statistics import daily_count_document
from common.errors import Phrase
from events.models import DailyCount
from events.querysets import DailyCountQuerySet

_FILTERS = ("firstDay", "lastDay", "appId", "type")


class StatisticsViewSet(StorageViewSet, InstanceQuery):
    """Numbers of the service owner that calls."""

    actions = {"list": AUTHENTICATED}
    parameters = {"list": (*_FILTERS, "size", PARAMETER)}
    strict = frozenset(actions)

    def list(self, request: Request, **kwargs: object) -> Response:
        """Read how often what happened to instances on each day (UTC), by application.

        What happened is named as its event is: `app.instance.created`,
        `app.instance.process.completed` and so on. It is counted when it is told of,
        about a second later, and stays when instances and events are removed. Follow
        `next` until it is null.
        """
        org = self.kwargs["org"]
        require_owner(self.principal, org=org)
        self.require_list_scope()
        rows = self._counts(org).in_order()
        asked = tuple((name, self.query.texts(name)) for name in _FILTERS)
        page, token = page_of(
            rows,
            query=self.query,
            tokens=TokenMaker.bound_to("statistics", org, asked),
            after=lambda place: rows.following(place.last_changed.date(), place.guid),
            place_of=_place,
        )
        plain = request._request
        _, link = page_links(plain, self.links.origin(plain), token)
        documents = [daily_count_document(row) for row in page]
        return Response({"count": len(page), "next": link, "statistics": documents})

    def _counts(self, org: str) -> DailyCountQuerySet:
        """Return what is asked for; raises ParameterInvalid with all that is wrong."""
        findings = Findings(self.query)
        first = findings.of(lambda: self._day("firstDay"), None)
        last = findings.of(lambda: self._day("lastDay"), None)
        app_ids = findings.of(lambda: self._app_ids(org), None)
        types = findings.of(lambda: event_types(self.query), None)
        findings.settle()
        rows = DailyCount.objects.filter(org=org)
        if first:
            rows = rows.filter(day__gte=first)
        if last:
            rows = rows.filter(day__lte=last)
        if app_ids:
            rows = rows.filter(app_id__in=app_ids)
        if types:
            rows = rows.filter(type__in=types)
        return rows

    def _day(self, name: str) -> date | None:
        text = self.query.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            expected = Phrase("a day, as 2026-01-31")
            raise self.query.refused(name, text, expected) from None

    def _app_ids(self, org: str) -> tuple[str, ...] | None:
        given = self.query.texts("appId")
        for app_id in given:
            if app_id.partition("/")[0] != org or app_id.count("/") != 1:
                expected = Phrase("an application of {org}, as {org}/app", org=org)
                raise self.query.refused("appId", app_id, expected)
        return given


def _place(row: DailyCount) -> Place:
    return Place(datetime.combine(row.day, time(), tzinfo=UTC), row.pk)
