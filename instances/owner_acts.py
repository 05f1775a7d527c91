"""What a case worker does with an instance in the name of its organisation.

The policy of the application is asked, as for the organisation's own token: what its
API may not do, its desk may not.
"""

from collections.abc import Callable
from dataclasses import dataclass

from apps_registry import catalogue
from apps_registry.models import Org
from authorization import services as authorization
from authorization.services import RoleLookup
from common.errors import Conflict, DomainError, Forbidden
from instances import services as instances
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

_LEVEL = 3  # that of a service owner's own token


class NotForTheOwner(Forbidden):
    """The policy of the application does not let its organisation do this."""

    code = "owner-not-permitted"
    detail = (
        "The policy of {app_id} does not permit {action} to {org}; permit it there,"
        " and deploy the application."
    )


class NothingToDo(Conflict):
    """The instance is in this state already, or cannot come into it."""

    code = "instance-state-unfit"
    detail = "Instance {instance_id} is {state} and not to {verb} now."


@dataclass(frozen=True, slots=True)
class OwnerAct:
    """A use case: its name in the trail, the action of the policy, when it applies."""

    name: str
    offer: str
    verb: str
    done: str
    action: str
    applies: Callable[[Instance], bool]
    run: Callable[[Principal, Instance], object]


def principal_of(org: str) -> Principal:
    """Return the organisation as a caller, for the records of what is done."""
    number = Org.objects.filter(code=org).values_list("org_number", flat=True).first()
    return Principal(
        PrincipalKind.SERVICE_OWNER, level=_LEVEL, org=org, org_number=number or ""
    )


def ensure_permitted(principal: Principal, instance: Instance, action: str) -> None:
    """Raise NotForTheOwner unless the policy permits the organisation the action."""
    roles = RoleLookup(principal)
    asked = authorization.decide(roles, resource=instance.resource, action=action)
    if not asked.permitted:
        raise NotForTheOwner(app_id=instance.app_id, action=action, org=principal.org)


def fits(act: OwnerAct, instance: Instance) -> bool:
    """Whether the state and the policy let it be done now."""
    if not act.applies(instance):
        return False
    try:
        ensure_permitted(principal_of(instance.org), instance, act.action)
    except DomainError:
        return False
    return True


def perform(act: OwnerAct, instance: Instance) -> None:
    """Do it; raises NotForTheOwner, NothingToDo, or what the service raises."""
    principal = principal_of(instance.org)
    ensure_permitted(principal, instance, act.action)
    if not act.applies(instance):
        raise NothingToDo(
            instance_id=instance.instance_id, state=instance.state, verb=act.verb
        )
    act.run(principal, instance)


def _confirm(principal: Principal, instance: Instance) -> None:
    instances.confirm_complete(principal, instance=instance)


def _soft_delete(principal: Principal, instance: Instance) -> None:
    definition = catalogue.definition_of(instance.org, instance.app)
    instances.delete(
        principal,
        instance=instance,
        hard=False,
        prevent_days=definition.prevent_deletion_days,
    )


def _restore(principal: Principal, instance: Instance) -> None:
    instances.restore(principal, instance=instance)


CONFIRM = OwnerAct(
    name="confirm",
    offer="Confirm as received",
    verb="confirm",
    done="confirmed",
    action="complete",
    applies=lambda instance: (
        not instance.confirmed and instance.hard_deleted_at is None
    ),
    run=_confirm,
)
SOFT_DELETE = OwnerAct(
    name="soft-delete",
    offer="Soft delete",
    verb="delete",
    done="soft deleted",
    action="delete",
    applies=lambda instance: instance.soft_deleted_at is None,
    run=_soft_delete,
)
RESTORE = OwnerAct(
    name="restore",
    offer="Restore",
    verb="restore",
    done="restored",
    action="delete",
    applies=lambda instance: instance.state == "soft deleted",
    run=_restore,
)
