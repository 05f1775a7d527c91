"""A page of instances: who may ask, what they see, and the link to the next page.

Two statements whatever the size: the page, and the data elements of its instances.
"""

from collections.abc import Collection, Hashable
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from api.criteria import Criterion, criteria_of
from api.filters import ANY_DATA_VALUE, FILTERS, is_filter
from api.list_query import EXACT, LIST_PARAMETERS, ListQuery
from api.list_statements import Asked
from api.pagination import Place, TokenMaker, caller_of, page_links
from api.parameters import Findings
from api.permissions import require_owner, require_scope
from api.reads import elements_of, instance_rows
from api.rows import InstanceRow
from api.serializers.instances import instance_document
from api.serializers.query_plans import plan_document
from api.views import FaceViewSet
from authorization import services as authorization
from common.errors import Invalid
from common.statement_limits import limited
from common.times import parse_time
from instances import counts
from instances.explained import explain
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.identity import PrincipalKind

READ_SCOPE = "altinn:serviceowner/instances.read"
PARAMETERS = (*FILTERS, ANY_DATA_VALUE, *LIST_PARAMETERS)


class CallerCannotList(Invalid):
    """The token is of a kind that has no instances of its own to list."""

    code = "caller-cannot-list"
    detail = "This kind of token lists no instances; use a user's or a service owner's."


class InstanceQuery(FaceViewSet):
    """A view that lists instances."""

    lists = frozenset({"list", "search"})

    def require_list_scope(self) -> None:
        """Refuse a service owner's token without the scope for lists."""
        is_owner = self.principal.kind is PrincipalKind.SERVICE_OWNER
        if is_owner:
            require_scope(self.roles, READ_SCOPE)

    def page(
        self, *, app_ids: Collection[str] | None = None, party_id: int | None = None
    ) -> dict[str, object]:
        """Return the page that the parameters ask for, of what the caller may see.

        ``app_ids`` limits the apps and ``party_id`` the owner; None stands for all.
        """
        findings = Findings(self.query)
        wanted = ListQuery.read(self.query, findings)
        criteria = findings.of(lambda: criteria_of(self.query), list[Criterion]())
        findings.settle()
        tokens = self._tokens(app_ids, party_id, wanted)
        place = tokens.read(wanted.token) if wanted.token else None
        asked = Asked(self.principal, timezone.now(), party_id, place, criteria)
        with bounded(wanted):
            total = self._total(asked, app_ids, wanted)
            found = self._found(asked, app_ids, wanted)
            plan = self._plan(asked, app_ids, wanted)
        instances = found[: wanted.size]
        next_token = None
        if len(found) > wanted.size:
            last = instances[-1]
            place = Place(parse_time(last.last_changed), UUID(last.id))
            next_token = tokens.make(place)
        return {**self._document(instances, next_token, wanted), **total, **plan}

    def visible(
        self, asked: Asked, app_ids: Collection[str] | None
    ) -> InstanceQuerySet:
        """Return what the caller may see, of these apps or of all."""
        principal, moment = asked.principal, asked.moment
        rows = Instance.objects.visible_to(principal, app_ids=app_ids, moment=moment)
        return rows.shown_by(principal, moment=moment)

    def visible_by(self, app_ids: Collection[str] | None) -> Hashable:
        """Return what decides which statement ``visible`` makes."""
        return authorization.list_grants(self.principal, action="read", app_ids=app_ids)

    def lists_deleted(self) -> bool:
        """Whether the caller's lists have what is deleted for good."""
        return self.principal.kind is PrincipalKind.SERVICE_OWNER

    def _found(
        self, asked: Asked, app_ids: Collection[str] | None, wanted: ListQuery
    ) -> list[InstanceRow]:
        """Return the page's rows, and one more where more follow."""
        if wanted.finds_nothing:
            return []
        apps = None if app_ids is None else tuple(app_ids)
        grants = self.visible_by(apps)
        return instance_rows(
            asked,
            lambda asked: _page(self._rows(asked, apps), asked.place, wanted),
            made_for=(grants, apps, wanted.newest_first, wanted.size),
        )

    def _rows(self, asked: Asked, app_ids: Collection[str] | None) -> InstanceQuerySet:
        rows = self.visible(asked, app_ids)
        if app_ids is not None:
            rows = rows.filter(app_id__in=sorted(app_ids))
        if not self.lists_deleted():
            rows = rows.not_hard_deleted()
        for criterion in asked.criteria:
            rows = criterion.apply(rows)
        if asked.party_id is not None:
            rows = rows.filter(owner_party_id=asked.party_id)
        # The same rows, found by the partial index of what waits for its own org.
        return rows.filter(confirmed=False) if self._is_own_worklist() else rows

    def _is_own_worklist(self) -> bool:
        """Whether an org asks what of its own it has not confirmed."""
        asked = self.query.text("org") or self.query.text("appId").partition("/")[0]
        excluded = self.query.text("excludeConfirmedBy").lower()
        return bool(excluded) and excluded == self.principal.org == asked.lower()

    def _total(
        self, asked: Asked, app_ids: Collection[str] | None, wanted: ListQuery
    ) -> dict[str, object]:
        """Count the whole list, if that is asked for."""
        if not wanted.count:
            return {}
        rows = self._rows(asked, app_ids)
        if wanted.finds_nothing:
            rows = rows.none()
        if wanted.count == EXACT:
            number = counts.exact(rows)
        else:
            number = counts.estimated(rows, app_ids=app_ids)
        return {"totalHits": number, "totalHitsRelation": wanted.count}

    def _plan(
        self, asked: Asked, app_ids: Collection[str] | None, wanted: ListQuery
    ) -> dict[str, object]:
        """Tell how the page is found, if that is asked for; of an owner's own alone."""
        if not wanted.explains:
            return {}
        org = self.query.text("org")
        orgs = {one.partition("/")[0] for one in app_ids or ()} | ({org} - {""})
        for asked_org in sorted(orgs) or [org]:
            require_owner(self.principal, org=asked_org)
        told = explain(_page(self._rows(asked, app_ids), asked.place, wanted))
        return {"plan": plan_document(told)}

    def _tokens(
        self,
        app_ids: Collection[str] | None,
        party_id: int | None,
        wanted: ListQuery,
    ) -> TokenMaker:
        given = self.query.values.items()
        filters = sorted((name, texts) for name, texts in given if is_filter(name))
        apps = None if app_ids is None else sorted(app_ids)
        caller = caller_of(self.principal)
        return TokenMaker.bound_to(
            caller, filters, apps, party_id, wanted.finds_nothing, wanted.newest_first
        )

    def _document(
        self, instances: list[InstanceRow], token: str | None, wanted: ListQuery
    ) -> dict[str, object]:
        request = self.request._request
        links = self.links
        own, following = page_links(request, links.origin(request), token)
        if wanted.with_data:
            _add_elements(instances)
        return {
            "count": len(instances),
            "self": own,
            "next": following,
            "instances": [
                instance_document(row, self.shown_elements(row), links, self.spelling)
                for row in instances
            ],
        }


def _add_elements(instances: list[InstanceRow]) -> None:
    found = elements_of([instance.id for instance in instances])
    for instance in instances:
        instance.elements = found.get(instance.id, [])


def bounded(wanted: ListQuery) -> AbstractContextManager[None]:
    """Stop what no index answers after a while; the others need no such statement."""
    if wanted.is_costly:
        return limited(settings.ALTINN_COSTLY_QUERY_SECONDS)
    return nullcontext()


def _page(
    rows: InstanceQuerySet, place: Place | None, wanted: ListQuery
) -> InstanceQuerySet:
    """Return the page's rows, and one more where more follow."""
    rows = rows.in_order(newest_first=wanted.newest_first)
    if place is not None:
        rows = rows.after(
            place.last_changed, place.guid, newest_first=wanted.newest_first
        )
    return rows[: wanted.size + 1]
