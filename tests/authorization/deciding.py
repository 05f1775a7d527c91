"""What the tests of rights that are given share: asking both ways."""

from authorization import services as authorization
from authorization.services import RoleLookup
from instances.models import Instance
from parties.identity import Principal


def permitted(instance: Instance, action: str = "read", *, to: Principal) -> bool:
    """Whether the action is permitted; for reading, as the list says too."""
    decision = authorization.decide(
        RoleLookup(to), resource=instance.resource, action=action
    )
    if action == "read":
        listed = Instance.objects.visible_to(to).filter(pk=instance.pk).exists()
        assert listed is decision.permitted
    return decision.permitted
