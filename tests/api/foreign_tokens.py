"""What the tests of foreign issuers' tokens share."""

from data_elements.models import DataElement
from instances.models import Instance, InstanceEvent

NAVS_NUMBER = "308926281"
OWNERS = "altinn:serviceowner/instances.read altinn:serviceowner/instances.write"
SIGNE = "13838441100"  # user 1337
EXCHANGE = "/authentication/api/v1/exchange"
CREATE = "/app2018/instances?instanceOwnerId=12345"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def stored() -> tuple[int, ...]:
    """Count everything that a call could have made."""
    return tuple(m.objects.count() for m in (Instance, InstanceEvent, DataElement))
