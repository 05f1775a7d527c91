"""What a caller may do to instances, said in SQL: one predicate for all their rows.

Made of the same compiled grants, roles and delegations as a single decision.
"""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from authorization import services as authorization
from authorization.compiler import StateKind, StateSelector
from authorization.models import Delegation
from authorization.received import parties_with, usable_in_list
from authorization.services import ListGrant
from parties.identity import Principal


def permitted(
    principal: Principal,
    *,
    action: str,
    app_ids: Collection[str] | None = None,
    moment: datetime | None = None,
) -> Q:
    """Return the condition that the caller may do the action on an instance.

    ``app_ids`` narrows the policies that are looked at; None looks at all.
    """
    moment = moment or timezone.now()
    return _permitted(principal, action, app_ids, moment=moment, anew=False)


def permitted_anew(
    principal: Principal, *, action: str, app_ids: Collection[str] | None = None
) -> Q:
    """Return the condition that the caller may do the action for an instance's owner.

    In its application, and not on the instance: in no state, and by no right that was
    given to that one instance or for one task.
    """
    moment = timezone.now()
    return _permitted(principal, action, app_ids, moment=moment, anew=True)


def _permitted(
    principal: Principal,
    action: str,
    app_ids: Collection[str] | None,
    *,
    moment: datetime,
    anew: bool,
) -> Q:
    found = Q(pk__in=[])
    delegable: list[str] = []
    for grant in authorization.list_grants(principal, action=action, app_ids=app_ids):
        covered = _covered(principal, grant, moment=moment, anew=anew)
        found |= Q(app_id__in=grant.app_ids) & covered
        if grant.by_delegation:
            delegable += grant.app_ids
    if delegable:
        delegated = _delegated_to(principal, action=action, moment=moment, anew=anew)
        found |= Q(app_id__in=delegable) & Q(delegated)
    return found


def _covered(
    principal: Principal, grant: ListGrant, *, moment: datetime, anew: bool
) -> Q:
    """Say in SQL which of the apps' instances the grant covers by itself."""
    covered = Q(pk__in=[])
    for alternative in grant.alternatives:
        if alternative.covers_all:
            return Q()
        if anew and alternative.states:
            continue
        condition = reduce(or_, map(_in_state, alternative.states), Q())
        for predicate in alternative.wanted:
            parties = parties_with(principal, predicate, moment=moment)
            condition &= Q(owner_party_id__in=parties)
        covered |= condition
    return covered


def _delegated_to(
    principal: Principal, *, action: str, moment: datetime, anew: bool
) -> Exists:
    """Say in SQL that the action on the instance is delegated to the caller."""
    rights = (
        Delegation.objects.in_force(moment)
        .filter(usable_in_list(principal), action=action)
        .given_by(OuterRef("owner_party_id"))
    )
    if anew:
        whole = rights.covering(OuterRef("app_id"), instance_guid=None)
        return Exists(whole.filter(task=""))
    return Exists(
        rights.covering(OuterRef("app_id"), instance_guid=OuterRef("pk")).in_task(
            OuterRef("current_task")
        )
    )


def _in_state(selector: StateSelector) -> Q:
    """Say in SQL that the process stands where the grant demands."""
    lookup = "iexact" if selector.ignore_case else "exact"
    if selector.kind is StateKind.TASK:
        return Q(**{f"current_task__{lookup}": selector.id})
    return Q(**{"process_ended__isnull": False, f"end_event__{lookup}": selector.id})
