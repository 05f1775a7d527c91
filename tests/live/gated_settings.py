"""Settings of servers and workers that stop at the gates of tests."""

from django.db.backends.signals import connection_created

from altinn.settings import *  # noqa: F403  all of them
from tests.live.gates import stop_at_gates

connection_created.connect(stop_at_gates)
