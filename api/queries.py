"""A page of instances: who may ask, what they see, and the link to the next page.

Two statements whatever the size: the page, and the data elements of its instances.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from api.filters import FILTERS, filtered
from api.pagination import (
    DEFAULT_SIZE,
    MAX_SIZE,
    PARAMETER,
    Place,
    TokenMaker,
    page_links,
)
from api.parameters import Parameters
from api.permissions import ScopeMissing
from api.serializers.instances import instance_document
from api.serializers.spelling import Spelling
from api.views import FaceViewSet
from data_elements.models import DataElement
from instances.models import Instance
from instances.querysets import InstanceQuerySet
from parties.identity import Principal, PrincipalKind

READ_SCOPE = "altinn:serviceowner/instances.read"
PARAMETERS = (
    *FILTERS,
    "size",
    "order",
    "sortBy",
    "includeDataElements",
    "mainVersionInclude",
    PARAMETER,
)


class InstanceQuery(FaceViewSet):
    """A view that lists instances."""

    def require_list_scope(self) -> None:
        """Refuse a service owner's token without the scope for lists."""
        is_owner = self.principal.kind is PrincipalKind.SERVICE_OWNER
        if is_owner and READ_SCOPE not in self.principal.scopes:
            raise ScopeMissing(scope=READ_SCOPE)

    def page(
        self, *, app_ids: Collection[str] | None = None, party_id: int | None = None
    ) -> dict[str, object]:
        """Return the page that the parameters ask for, of what the caller may see.

        ``app_ids`` limits the apps and ``party_id`` the owner; None stands for all.
        """
        query = self.query
        size = query.integer("size", least=1, most=MAX_SIZE) or DEFAULT_SIZE
        newest_first = _newest_first(query)
        tokens = _tokens(
            self.principal, query, app_ids, party_id, newest_first=newest_first
        )
        rows = self._rows(app_ids).in_order(newest_first=newest_first)
        if party_id is not None:
            rows = rows.filter(owner_party_id=party_id)
        if token := query.text(PARAMETER):
            place = tokens.read(token)
            rows = rows.after(place.last_changed, place.guid, newest_first=newest_first)
        found = list(rows[: size + 1])
        instances = found[:size]
        next_token = None
        if len(found) > size:
            last = instances[-1]
            next_token = tokens.make(Place(last.last_changed, last.id))
        return self._document(instances, next_token)

    def _rows(self, app_ids: Collection[str] | None) -> InstanceQuerySet:
        rows = Instance.objects.visible_to(self.principal, app_ids=app_ids)
        if app_ids is not None:
            rows = rows.filter(app_id__in=sorted(app_ids))
        if self.principal.kind is not PrincipalKind.SERVICE_OWNER:
            rows = rows.not_hard_deleted()
        if self.query.integer("mainVersionInclude", least=1, most=3) in (1, 2):
            return rows.none()  # instances of earlier generations are not here
        rows = filtered(rows, self.query)
        # The same rows, found by the partial index of what waits for its own org.
        return rows.filter(confirmed=False) if self._is_own_worklist() else rows

    def _is_own_worklist(self) -> bool:
        """Whether an org asks what of its own it has not confirmed."""
        asked = self.query.text("org") or self.query.text("appId").partition("/")[0]
        excluded = self.query.text("excludeConfirmedBy").lower()
        return bool(excluded) and excluded == self.principal.org == asked.lower()

    def _document(
        self, instances: list[Instance], token: str | None
    ) -> dict[str, object]:
        request = self.request._request
        links = self.links
        own, following = page_links(request, links.origin(request), token)
        elements = self._elements(instances)
        return {
            "count": len(instances),
            "self": own,
            "next": following,
            "instances": [
                instance_document(one, elements[one.id], links, Spelling.STORAGE)
                for one in instances
            ],
        }

    def _elements(self, instances: list[Instance]) -> Mapping[UUID, list[DataElement]]:
        grouped: dict[UUID, list[DataElement]] = defaultdict(list)
        wanted = self.query.flag("includeDataElements")
        if not instances or wanted is False:
            return grouped
        by_id = {instance.id: instance for instance in instances}
        for element in DataElement.objects.of(by_id.keys()):
            instance = by_id[element.instance_id]
            if element.deleted_at is None or self.is_owner(instance):
                grouped[element.instance_id].append(element)
        return grouped


def _newest_first(query: Parameters) -> bool:
    """Read ``order``/``sortBy``: newest change first unless another one is named."""
    text = query.text("order", "sortBy").lower()
    if text in ("", "desc", "desc:lastchanged", "lastchanged:desc"):
        return True
    if text in ("asc", "asc:lastchanged", "lastchanged:asc", "lastchanged"):
        return False
    raise query.refused("order", text, "asc:lastChanged or desc:lastChanged")


def _tokens(
    principal: Principal,
    query: Parameters,
    app_ids: Collection[str] | None,
    party_id: int | None,
    *,
    newest_first: bool,
) -> TokenMaker:
    filters = sorted((n, v) for n, v in query.values.items() if n in FILTERS)
    apps = None if app_ids is None else sorted(app_ids)
    caller = (principal.kind.value, principal.id, principal.org)
    return TokenMaker.bound_to(caller, filters, apps, party_id, newest_first)
