"""What Altinn Studio does with an instance in the name of its service owner."""

import structlog
from django.utils import timezone

from apps_registry.models import Org
from common.errors import DomainError
from common.transactions import atomic
from instances import services as instances
from instances.choices import InstanceEventType
from instances.errors import InstanceNotFound
from instances.history import HistoryEntry
from instances.models import Instance
from parties.identity import Principal, PrincipalKind

log = structlog.get_logger()

_DELETED = HistoryEntry(
    InstanceEventType.DELETED,
    additional_info="Instance soft deleted by app owner via Altinn Studio",
)


class OrgNumberUnknown(DomainError):
    """The register of agencies has no organisation number of the service owner.

    A change is recorded under that number, so nothing was changed. Whoever runs the
    server adds the number to the organisation, in the admin or the register.
    """

    code = "org-number-unknown"
    detail = (
        "Unexpected exception when deleting instance {instance_id}: the organisation"
        " number of {org} is unknown."
    )


@atomic()
def soft_delete(*, instance: Instance, prevent_days: int | None) -> None:
    """Delete the instance restorably, as its service owner; once is enough.

    Raises DeletionPrevented, OrgNumberUnknown, and InstanceNotFound for one that was
    purged meanwhile.
    """
    instances.ensure_not_kept(instance, prevent_days=prevent_days, now=timezone.now())
    # The lock makes two calls delete one after the other, so that one has nothing left.
    rows = Instance.objects.select_for_update(of=("self",))
    locked = rows.filter(pk=instance.pk).first()
    if locked is None:
        raise InstanceNotFound(instance_id=instance.instance_id)
    if locked.soft_deleted_at is not None:
        return
    number = Org.objects.filter(code=locked.org).values_list("org_number", flat=True)
    if not (org_number := number.first()):
        raise OrgNumberUnknown(instance_id=locked.instance_id, org=locked.org)
    owner = Principal(
        PrincipalKind.SERVICE_OWNER, org=locked.org, org_number=org_number
    )
    instances.delete(
        owner, instance=locked, hard=False, prevent_days=prevent_days, entry=_DELETED
    )
