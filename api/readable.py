"""What the worker is told of rights: which instances somebody may read."""

from collections.abc import Sequence
from uuid import UUID

from api.permissions import is_kept_from
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import NotFound
from instances.models import Instance
from parties.identity import Principal


def readable(principal: Principal, instance_ids: Sequence[str]) -> frozenset[str]:
    """Return those that the caller may read as they are now, by their own policies.

    One that is still kept from its owner party is as one forbidden.
    """
    guids = {UUID(one.rpartition("/")[2]) for one in instance_ids}
    roles = RoleLookup(principal)
    found = Instance.objects.filter(pk__in=guids)
    return frozenset(one.instance_id for one in found if _may_read(roles, one))


def _may_read(roles: RoleLookup, instance: Instance) -> bool:
    if is_kept_from(roles.principal, instance):
        return False
    try:
        decision = authorization.decide(
            roles, resource=instance.resource, action="read"
        )
    except NotFound:  # the application is not served any more
        return False
    return decision.permitted
