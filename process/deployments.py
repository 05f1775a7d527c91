"""Deploying an application beside its running instances: none is stranded unasked."""

import structlog
from django.db.models import Exists, OuterRef, Q

from apps_registry.bpmn import Task
from apps_registry.definition import AppDefinition
from apps_registry.deployments import Guard
from common.errors import Conflict
from data_elements.models import DataElement
from instances.models import Instance
from instances.querysets import InstanceQuerySet

log = structlog.get_logger()

_MOST_LISTED = 100


class InstancesStranded(Conflict):
    """Running instances stand in a task, or have data of a type, that would be gone.

    ``strandedInstances`` lists the first of them, ``strandedCount`` says how many there
    are. Deploy a process that has the tasks, with metadata that has the data types; or
    say ``force=true``: they stay readable then, and cannot move on until they fit.
    """

    code = "instances-stranded"
    detail = (
        "{count} running instance(s) would be stranded: the deployment has no more"
        " {gone}. Nothing was changed."
    )


def spare_instances(*, force: bool = False) -> Guard:
    """Return the guard of a change of deployment; ``force`` lets everything through.

    It raises InstancesStranded.
    """

    def guard(served: AppDefinition, following: AppDefinition) -> int:
        stranded = stranded_by(served, following)
        if stranded is None:
            return 0
        count = stranded.count()
        if not count:
            return 0
        if force:
            log.warning("instances_stranded", app_id=following.app_id, count=count)
            return count
        first = stranded.order_by("id")[:_MOST_LISTED]
        raise InstancesStranded(
            count=count,
            gone=", ".join(
                _gone_tasks(served, following) + _gone_types(served, following)
            ),
            members={
                "strandedCount": count,
                "strandedInstances": [instance.instance_id for instance in first],
            },
        )

    return guard


def stranded_by(
    served: AppDefinition, following: AppDefinition
) -> InstanceQuerySet | None:
    """Return the running instances that have what the following deployment lost.

    None if it lost nothing, so that nothing needs to be looked for.
    """
    tasks, types = _gone_tasks(served, following), _gone_types(served, following)
    if not (tasks or types):
        return None
    lost = Q(current_task__in=tasks)
    if types:
        elements = DataElement.objects.filter(
            instance=OuterRef("pk"), data_type__in=types, deleted_at__isnull=True
        )
        lost |= Q(Exists(elements))
    return Instance.objects.running(following.app_id).filter(lost)


def _gone_tasks(served: AppDefinition, following: AppDefinition) -> list[str]:
    return sorted(_tasks(served) - _tasks(following))


def _gone_types(served: AppDefinition, following: AppDefinition) -> list[str]:
    return sorted(served.data_types.keys() - following.data_types.keys())


def _tasks(definition: AppDefinition) -> set[str]:
    elements = definition.process.elements.values()
    return {e.id for e in elements if isinstance(e, Task)}
