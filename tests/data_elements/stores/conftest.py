"""Fixtures of tests of blob stores."""

from tests.blob_servers import azurite_port, moto_port
from tests.data_elements.stores.kinds import far_away, kind

__all__ = ["azurite_port", "far_away", "kind", "moto_port"]
